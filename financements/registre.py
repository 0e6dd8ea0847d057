"""What is kept about the State's funding, why, and how long."""

from __future__ import annotations

from reseau.socle.registre import FINANCEMENT, traitement

_BUDGET = "Tenir l'enveloppe de la région"
_DOSSIER = "Instruire une demande et prouver chaque euro"

REGISTRE = {
    "financements.Campagne": traitement(
        _BUDGET,
        FINANCEMENT,
        public="id exercice ouverte_du ouverte_au mois pieces_obligatoires seuil_convention delai_complement"
        " periode_du periode_au bilan_avant_le delai_amiable delai_contradictoire seuil_reversement"
        " annees_conservation seuil_comptes delai_convention delai_reversement beneficiaire_reversement",
    ),
    "financements.Bareme": traitement(
        _BUDGET, FINANCEMENT, public="id campagne version titre unitaire majoration plafond"
    ),
    "financements.EcheancePrevue": traitement(
        _BUDGET, FINANCEMENT, public="id campagne rang nature part prevue_le service_fait"
    ),
    "financements.Enveloppe": traitement(
        _BUDGET,
        FINANCEMENT,
        financier="ae_ouvertes ae_engagees ae_deleguees cp_ouverts cp_payes cp_delegues",
        interne="id service exercice programme action parent",
    ),
    "financements.MouvementEnveloppe": traitement(
        _BUDGET,
        FINANCEMENT,
        financier="nature ae cp reference date_acte",
        personnel="saisi_par saisi_le",
        interne="id enveloppe origine",
    ),
    "financements.Demande": traitement(
        _DOSSIER,
        FINANCEMENT,
        financier="montant_demande montant_retenu montant_propose montant_final numero_ej",
        personnel="deposee_par instruite_par visee_par",
        interne="id numero ecole region campagne enveloppe voie etat recue_par_courriel_le motif renvoi"
        " note_interne echeance_le deposee_le proposee_le visee_le depuis_le version recherche",
    ),
    "financements.JournalDemande": traitement(
        _DOSSIER,
        FINANCEMENT,
        personnel="acteur pour",
        interne="id chaine rang le evenement de vers donnees precedente empreinte demande",
    ),
    "financements.Allocation": traitement(
        _DOSSIER,
        FINANCEMENT,
        financier="montant",
        personnel="instruite_par visee_par accordee_par accordee_le",
        interne="id demande region origine",
    ),
    "financements.Engagement": traitement(
        _DOSSIER,
        FINANCEMENT,
        financier="nature montant",
        personnel="saisi_par saisi_le",
        interne="id allocation enveloppe origine",
    ),
    "financements.Avenant": traitement(
        _DOSSIER,
        FINANCEMENT,
        financier="montant etape motif",
        personnel="propose_par propose_le vise_par vise_le accorde_par accorde_le cree_le",
        interne="id allocation rang renvoi engagement",
    ),
    "financements.LigneAvenant": traitement(
        _DOSSIER,
        FINANCEMENT,
        financier="unitaire majoration montant",
        interne="id avenant titre annee mois mois_majores",
    ),
    "financements.Bilan": traitement(
        _DOSSIER,
        FINANCEMENT,
        financier="chiffre_affaires commentaire a_corriger reponse",
        personnel="depose_par depose_le certifie_par certifie_le",
        interne="id allocation du au phase reponse_avant_le conserver_jusqu_au version prepare_le",
    ),
    "financements.LigneRealisee": traitement(
        _DOSSIER,
        FINANCEMENT,
        financier="unitaire majoration montant motif_ecole motif_service",
        interne="id bilan titre annee mois_convenus majores_convenus mois_inscrits mois_realises"
        " majores_realises mois_avant majores_avant mois_retenus majores_retenus a_corriger question reponse",
    ),
    "financements.PosteCompteRendu": traitement(
        _DOSSIER, FINANCEMENT, financier="compte prevu realise", interne="id bilan rang"
    ),
    "financements.Convention": traitement(
        _DOSSIER,
        FINANCEMENT,
        financier="montant",
        personnel="signataire_ecole signataire_etat saisie_par saisie_le",
        interne="id allocation signee_ecole_le signee_etat_le scan origine",
    ),
    "financements.Tranche": traitement(
        _DOSSIER,
        FINANCEMENT,
        financier="nature montant prevue_le service_fait",
        interne="id allocation rang",
    ),
    "financements.Paiement": traitement(
        _DOSSIER,
        FINANCEMENT,
        financier="montant paye_le numero_ej numero_dp",
        personnel="saisi_par saisi_le",
        interne="id cle allocation tranche enveloppe origine",
    ),
    "financements.Reversement": traitement(
        _DOSSIER,
        FINANCEMENT,
        financier="nature montant date_acte motif",
        personnel="saisi_par saisi_le",
        interne="id allocation origine",
    ),
    "financements.Acte": traitement(
        _DOSSIER, FINANCEMENT, interne="id demande allocation nature rang document"
    ),
    "financements.ColonneChorus": traitement(
        _BUDGET, FINANCEMENT, interne="id campagne rang titre contenu valeur"
    ),
    "financements.Rapprochement": traitement(
        _DOSSIER,
        FINANCEMENT,
        financier="numero_ej numero_dp paye_le montant",
        interne="id paiement lot rapproche_le",
    ),
    "financements.Reprise": traitement(
        _DOSSIER,
        FINANCEMENT,
        financier="numero_ej contenu",
        personnel="reprise_par reprise_le annulee_par annulee_le",
        interne="id demande lot ligne",
    ),
    "financements.DepotScans": traitement(
        _DOSSIER,
        FINANCEMENT,
        personnel="depose_par depose_le",
        interne="id region fichier empreinte etat refus",
    ),
    "financements.PageScan": traitement(
        _DOSSIER,
        FINANCEMENT,
        personnel="designee_par ecartee_par",
        interne="id depot rang acte page motif scan",
    ),
    "financements.ScanSigne": traitement(
        _DOSSIER, FINANCEMENT, personnel="rattache_par rattache_le", interne="id acte fichier"
    ),
    "financements.ApprenantCompte": traitement(
        "Ne compter un élève qu'une fois par mois dans tout le réseau",
        FINANCEMENT,
        mineur="apprenant personne periode retenu",
        interne="id ligne",
    ),
    "financements.Avis": traitement(
        _DOSSIER,
        FINANCEMENT,
        personnel="saisi_par saisi_le",
        interne="id demande organisme sens rendu_le texte",
    ),
    "financements.LigneBudget": traitement(
        _DOSSIER, FINANCEMENT, financier="poste montant", interne="id demande"
    ),
    "financements.ControleRecevabilite": traitement(
        _DOSSIER,
        FINANCEMENT,
        personnel="derogation_par derogation_le",
        interne="id demande regle bloquante resultat constat derogation controle_le",
    ),
    "financements.Correction": traitement(
        _DOSSIER,
        FINANCEMENT,
        interne="id demande cible libelle raison texte avant reponse demandee_le traitee_le silence",
    ),
    "financements.DepotDemande": traitement(
        _DOSSIER,
        FINANCEMENT,
        financier="contenu empreinte",
        personnel="depose_par depose_le",
        interne="id demande rang",
    ),
    "financements.Simulation": traitement(
        _DOSSIER,
        FINANCEMENT,
        personnel="creee_par creee_le appliquee_par appliquee_le",
        interne="id enveloppe nom depart part motif version",
    ),
    "financements.LigneSimulee": traitement(
        _DOSSIER, FINANCEMENT, interne="id simulation ligne effectif nb_majorations motif"
    ),
    "financements.LigneEffectif": traitement(
        _DOSSIER,
        FINANCEMENT,
        financier="unitaire majoration montant_demande montant_retenu",
        interne="id demande titre annee mois effectif_demande majorations_demandees effectif_retenu"
        " nb_majorations motif bareme",
    ),
    "financements.Piece": traitement(
        _DOSSIER, FINANCEMENT, interne="id demande nature fichier valable_jusqu_au"
    ),
}
