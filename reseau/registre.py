"""What the ground floor and the libraries keep about people, why, and how long."""

from __future__ import annotations

from reseau.socle.registre import (
    COMPTE,
    IMPORT,
    PREUVE,
    SANS_LIMITE,
    SESSION,
    TRACE,
    VIE_DE_L_ECOLE,
    traitement,
)

_GEO = "Situer les écoles et dire qui suit quelle région"
_ENTRER = "Ouvrir le portail aux personnes qui y ont une fonction, et à elles seules"
_IMPORT = "Reprendre un tableau, le vérifier, le corriger, pouvoir l'annuler"

REGISTRE = {
    "reseau.Region": traitement(_GEO, SANS_LIMITE, public="code nom slug zone"),
    "reseau.ServiceRegional": traitement(_GEO, SANS_LIMITE, public="region sigle nom siret"),
    "reseau.Departement": traitement(_GEO, SANS_LIMITE, public="code nom region academie_code academie"),
    "reseau.Commune": traitement(
        _GEO,
        SANS_LIMITE,
        public="code nom departement codes_postaux population latitude longitude precision recherche"
        " code_bassin nom_bassin",
    ),
    "reseau.AncienneCommune": traitement(_GEO, SANS_LIMITE, public="code nom departement commune recherche"),
    "reseau.Utilisateur": traitement(
        _ENTRER,
        COMPTE,
        personnel="password last_login courriel prenom nom cree_le prevenu_le",
        interne="id is_superuser is_active",
    ),
    "reseau.AffectationDreets": traitement(
        _ENTRER, COMPTE, personnel="utilisateur service role delegue_par acte du au", interne="id"
    ),
    "reseau.AffectationNationale": traitement(
        _ENTRER, COMPTE, personnel="utilisateur role du au", interne="id"
    ),
    "reseau.Compteur": traitement("Numéroter sans trou", VIE_DE_L_ECOLE, interne="serie dernier"),
    "reseau.DocumentFige": traitement(
        "Garder un acte tel qu'il a été signé",
        PREUVE,
        personnel="contexte contenu",
        interne="id gabarit version_gabarit titre nom_fichier etat empreinte cree_le produit_le nb_essais"
        " effacable",
    ),
    "reseau.Courriel": traitement(
        "Prévenir une personne du portail, une fois, même après une panne",
        TRACE,
        personnel="destinataire envoye_le",
        interne="id cle objet corps etat cree_le nb_essais reprendre_le erreur",
    ),
    "reseau.RappelEcheance": traitement(
        "Ne rappeler une échéance qu'une fois", TRACE, interne="id nature objet finit_le palier pose_le"
    ),
    "reseau.FichierDepose": traitement(
        "Garder une pièce jointe, vérifiée avant d'être servie",
        PREUVE,
        personnel="fichier nom_origine depose_par",
        interne="id type_mime taille empreinte analyse depose_le",
    ),
    "reseau.ActionEnLot": traitement(
        "Suivre un geste fait sur plusieurs dossiers",
        TRACE,
        personnel="demandee_par demandee_le",
        interne="id liste transition",
    ),
    "reseau.LigneActionEnLot": traitement(
        "Suivre un geste fait sur plusieurs dossiers",
        TRACE,
        interne="id action rang objet etat texte traitee_le",
    ),
    "reseau.FiltreGarde": traitement(
        "Retrouver d'un clic ce qu'une personne suit dans une liste",
        COMPTE,
        personnel="utilisateur",
        interne="id liste nom parametres",
    ),
    "reseau.TraceExport": traitement(
        "Savoir qui a emporté des données",
        TRACE,
        personnel="par le",
        interne="id nature format nb_lignes personnel",
    ),
    "reseau.LotImport": traitement(
        _IMPORT,
        IMPORT,
        personnel="nom_fichier fichier depose_par accepte_par annule_par",
        interne="id nature etat empreinte regions organisme droit options forme annonces refus nb_lues"
        " depose_le accepte_le annule_le purge_le bilan",
    ),
    "reseau.LigneImport": traitement(
        _IMPORT,
        IMPORT,
        mineur="brut originales corrections lu differences messages avant",
        interne="id lot numero verdict cible empreinte",
    ),
    "reseau.CorrespondanceColonne": traitement(
        _IMPORT, SANS_LIMITE, personnel="indiquee_par indiquee_le", interne="id nature bureau entete champ"
    ),
    "reseau.TeteChaine": traitement(
        "Prouver que le journal est entier", PREUVE, interne="chaine rang empreinte"
    ),
    "admin.LogEntry": traitement(
        "Savoir qui a modifié quoi dans l'espace professionnel",
        TRACE,
        personnel="user action_time change_message",
        interne="id content_type object_id object_repr action_flag",
    ),
    "auth.Permission": traitement(
        "Table d'une bibliothèque, vide", SANS_LIMITE, interne="id name content_type codename"
    ),
    "auth.Group": traitement("Table d'une bibliothèque, vide", SANS_LIMITE, interne="id name"),
    "contenttypes.ContentType": traitement(
        "Table d'une bibliothèque : le nom des tables", SANS_LIMITE, interne="id app_label model"
    ),
    "pghistory.Context": traitement(
        "Table d'une bibliothèque, vide", SANS_LIMITE, interne="id created_at updated_at metadata"
    ),
    "sessions.Session": traitement(_ENTRER, SESSION, personnel="session_key session_data expire_date"),
    "account.EmailAddress": traitement(
        _ENTRER, COMPTE, personnel="user email", interne="id verified primary"
    ),
    "account.EmailConfirmation": traitement(
        _ENTRER, TRACE, personnel="email_address key", interne="id created sent"
    ),
    "mfa.Authenticator": traitement(
        "Vérifier le second facteur", COMPTE, personnel="user data", interne="id type created_at last_used_at"
    ),
    "django_tasks_database.DBTaskResult": traitement(
        "Faire les travaux de fond ; ils ne portent que des identifiants",
        TRACE,
        interne="id status enqueued_at started_at finished_at args_kwargs priority task_path worker_ids"
        " queue_name backend_name run_after return_value exception_class_path traceback",
    ),
}
