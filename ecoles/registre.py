"""What is kept about schools, learners and families, why, and how long."""

from __future__ import annotations

from reseau.socle.registre import (
    CANDIDATURE,
    COMPTE,
    CONTACT,
    FINANCEMENT,
    INSPECTION,
    PREUVE,
    RESPONSABLES,
    SANS_LIMITE,
    SANTE,
    SCOLARITE,
    VIE_DE_L_ECOLE,
    traitement,
)

_REFERENTIEL = "Nommer les métiers et les diplômes comme tout le monde"
_PRESENTER = "Faire connaître l'école aux familles"
_EQUIPEMENT = "Savoir où l'on travaille et sur quelles machines"
_STATUTS = "Dire à une date si l'école est reconnue et labellisée, par quel acte"
_SECURITE = "Protéger les mineurs à l'atelier (code du travail, R4153-38 à -45)"

REGISTRE = {
    "ecoles.Filiere": traitement(_REFERENTIEL, SANS_LIMITE, public="code nom description part_reseau rang"),
    "ecoles.Titre": traitement(
        _REFERENTIEL,
        SANS_LIMITE,
        public="code_cfd code_rncp intitule type niveau filiere duree_mois ouvre_le ferme_le remplace_par"
        " source",
    ),
    "ecoles.Parcours": traitement(_REFERENTIEL, SANS_LIMITE, public="code nom niveau_vise duree_mois"),
    "ecoles.EtapeParcours": traitement(_REFERENTIEL, SANS_LIMITE, public="id parcours rang titre mois"),
    "ecoles.Competence": traitement(_REFERENTIEL, SANS_LIMITE, public="id bloc rang intitule"),
    "ecoles.BlocCompetences": traitement(_REFERENTIEL, SANS_LIMITE, public="id titre code intitule fictif"),
    "ecoles.Gestionnaire": traitement(
        "Savoir quel organisme porte l'école", VIE_DE_L_ECOLE, public="id nom siren rna but_non_lucratif"
    ),
    "ecoles.Ecole": traitement(
        _PRESENTER,
        VIE_DE_L_ECOLE,
        public="id nom slug uai siret gestionnaire commune adresse telephone courriel site_web"
        " annee_ouverture effectif effectif_annee internat cout taille_groupe publication motif_suspension"
        " fermee_le verification source verifiee_le modifiee_le fictive recherche",
    ),
    "ecoles.AncienSlug": traitement(_PRESENTER, VIE_DE_L_ECOLE, public="slug ecole"),
    "ecoles.Offre": traitement(
        _PRESENTER,
        VIE_DE_L_ECOLE,
        public="id ecole parcours capacite places places_le entree_en_cours_d_annee mois_entree",
    ),
    "ecoles.Groupe": traitement(
        "Organiser l'année : qui suit quelle étape, avec qui",
        VIE_DE_L_ECOLE,
        interne="id offre etape annee nom nb_jeunes nb_debutants motif_exception heures_atelier heures_cours",
    ),
    "ecoles.Site": traitement(
        _PRESENTER,
        VIE_DE_L_ECOLE,
        public="id ecole nom principal adresse commune latitude longitude precision",
    ),
    "ecoles.Atelier": traitement(_EQUIPEMENT, VIE_DE_L_ECOLE, interne="id site nom surface"),
    "ecoles.Machine": traitement(_EQUIPEMENT, VIE_DE_L_ECOLE, interne="id atelier designation repere"),
    "ecoles.Label": traitement(_STATUTS, VIE_DE_L_ECOLE, public="id ecole du au evaluee_le nb_criteres"),
    "ecoles.Reconnaissance": traitement(_STATUTS, VIE_DE_L_ECOLE, public="id ecole du au acte signee_le"),
    "ecoles.InscriptionListe": traitement(_STATUTS, VIE_DE_L_ECOLE, public="id ecole du au annee nor"),
    "ecoles.Agrement": traitement(
        "Savoir qui peut diriger et enseigner, par quel acte",
        COMPTE,
        personnel="utilisateur ecole fonction filiere numero du au",
        interne="id",
    ),
    "ecoles.Evenement": traitement(
        _PRESENTER,
        VIE_DE_L_ECOLE,
        public="id ecole nature debut fin precisions familles annule_le motif",
    ),
    "ecoles.Resultat": traitement(
        "Dire ce que deviennent les jeunes, sans montrer personne",
        VIE_DE_L_ECOLE,
        interne="id ecole indicateur titre annee effectif recus en_emploi en_formation en_recherche inconnus"
        " source declare_le",
    ),
    "ecoles.MembreEquipe": traitement(
        "Savoir qui travaille dans l'école, et ce que cela ouvre",
        COMPTE,
        personnel="utilisateur ecole fonction du au",
        interne="id",
    ),
    "ecoles.CoordonneesBancaires": traitement(
        "Payer l'école sur le bon compte, confirmé par deux personnes",
        FINANCEMENT,
        financier="iban du au saisi_par confirme_par",
        interne="id ecole",
    ),
    "ecoles.Apprenant": traitement(
        "Suivre la formation d'un jeune dans son école",
        SCOLARITE,
        mineur="prenom nom ne_le recherche",
        interne="id ecole personne anonyme_le",
    ),
    "ecoles.Candidature": traitement(
        "Répondre à un jeune qui veut entrer dans l'école, jusqu'à son inscription",
        CANDIDATURE,
        mineur="prenom nom ne_le motivation recherche precision_refus",
        personnel="lien representant_prenom representant_nom telephone courriel",
        interne="id ecole contact parcours etat recue_le visite_le essai_du essai_au motif_refus close_le"
        " apprenant efface_le version",
    ),
    "ecoles.JournalCandidature": traitement(
        "Savoir qui a décidé quoi d'une candidature, et quand",
        PREUVE,
        personnel="acteur pour",
        interne="id candidature chaine rang le evenement de vers donnees precedente empreinte",
    ),
    "ecoles.Transfert": traitement(
        "Changer d'école sans être compté deux fois ; des clés, aucun nom",
        SCOLARITE,
        mineur="apprenant arrivee",
        interne="id ecole vers le etat motif_refus demande_le",
    ),
    "ecoles.JournalTransfert": traitement(
        "Savoir qui a proposé et accepté un changement d'école, et quand",
        PREUVE,
        personnel="acteur pour",
        interne="id transfert chaine rang le evenement de vers donnees precedente empreinte",
    ),
    "ecoles.RepresentantLegal": traitement(
        "Joindre qui répond d'un mineur",
        RESPONSABLES,
        personnel="apprenant lien prenom nom telephone courriel",
        interne="id",
    ),
    "ecoles.Inscription": traitement(
        "Suivre la formation d'un jeune dans son école",
        SCOLARITE,
        mineur="apprenant titre du au motif_sortie motif_age",
        interne="id personne",
    ),
    "ecoles.DemandeContact": traitement(
        "Répondre à une famille",
        CONTACT,
        mineur="qui prenom courriel telephone message",
        interne="id code ecole region motif evenement recue_le repondre_avant_le suite traitee_par"
        " traitee_le",
    ),
    "ecoles.TravailReglemente": traitement(
        _SECURITE, SANS_LIMITE, public="code libelle article derogeable age_minimal"
    ),
    "ecoles.DeclarationDerogation": traitement(
        _SECURITE, VIE_DE_L_ECOLE, interne="id ecole lieu envoyee_le retiree_le"
    ),
    "ecoles.DossierInspection": traitement(
        "Tenir à la disposition de l'inspection du travail ce que demande l'article R4153-45",
        INSPECTION,
        mineur="document",
        personnel="produit_par",
        interne="id ecole jour titre annee nb_jeunes nb_incomplets demande_le efface_le",
    ),
    "ecoles.Encadrement": traitement(
        _SECURITE, VIE_DE_L_ECOLE, personnel="membre competence du au", interne="id"
    ),
    "ecoles.AvisAptitude": traitement(_SECURITE, SANTE, mineur="apprenant apte du au", interne="id"),
    "ecoles.FormationSecurite": traitement(
        _SECURITE, SCOLARITE, mineur="apprenant travail donnee_le evaluee_le", interne="id"
    ),
}
