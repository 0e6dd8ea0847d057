"""What is kept about orders and the minutes of learners, why, and how long."""

from __future__ import annotations

from reseau.socle.registre import COMMERCE, PREUVE, SCOLARITE, traitement

_COMMANDE = "Fabriquer et livrer une commande"

REGISTRE = {
    "commandes.Client": traitement(
        _COMMANDE,
        COMMERCE,
        personnel="nom adresse code_postal ville courriel telephone recherche",
        interne="id ecole nature siret",
    ),
    "commandes.Commande": traitement(
        _COMMANDE,
        COMMERCE,
        personnel="recue_par saisie_par recherche",
        interne="id ecole numero client intitule filiere bloc_a_preciser etat recue_le a_livrer_le livree_le"
        " motif version",
    ),
    "commandes.LigneCommande": traitement(
        _COMMANDE,
        COMMERCE,
        interne="id commande rang designation quantite prix_unitaire remise taux_tva travail net",
    ),
    "commandes.JournalCommande": traitement(
        "Savoir qui a fait quoi sur une commande ; ni nom ni texte, des identifiants",
        PREUVE,
        personnel="acteur pour",
        interne="id chaine rang le evenement de vers donnees precedente empreinte commande",
    ),
    "commandes.Pointage": traitement(
        "Compter ce que chaque jeune a travaillé et appris, sans danger pour lui",
        SCOLARITE,
        mineur="apprenant bloc travail jour minutes etat motif",
        personnel="encadrant saisi_par saisi_le",
        interne="id cle lot commande ligne",
    ),
}
