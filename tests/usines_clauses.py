"""What a forger writes against each clause of each formula, one at a time: the others still hold.

The world: a file in execution, amended and paid; one granted; one that must give back. Keys that lead
nowhere are asked at commit, which never comes.
"""

from __future__ import annotations

from typing import Final

_ORDRE: Final = "allocation_id, date_acte, motif, origine, saisi_par_id, saisi_le"
_RENDRE: Final = (
    f"INSERT INTO financements_reversement (id, nature, montant, {_ORDRE})"
    f" SELECT gen_random_uuid(), '{{}}', {{}}, {_ORDRE} FROM financements_reversement WHERE nature = 'ordre'"
)
_PAYE: Final = "(SELECT sum(montant) FROM financements_paiement p WHERE p.allocation_id = {}.allocation_id)"
_DEMANDE_SOLDEE: Final = (
    "UPDATE financements_demande d SET etat = 'soldee', montant_final = (SELECT sum(p.montant) - {}"
    " FROM financements_paiement p JOIN financements_allocation a ON a.id = p.allocation_id"
    " WHERE a.demande_id = d.id) WHERE etat = 'reversement_en_cours'"
)
_COMPTEURS: Final = "ae_ouvertes, ae_engagees, ae_deleguees, cp_ouverts, cp_payes, cp_delegues"


def _enveloppes(service: str, exercice: str, parent: str, nombre: str = "(VALUES (0)) AS v (n)") -> str:
    return (
        f"INSERT INTO financements_enveloppe (id, service_id, exercice, programme, action, parent_id,"
        f" {_COMPTEURS}) SELECT gen_random_uuid(), {service}, {exercice}, programme, 'faux' || v.n, {parent},"
        f" 0, 0, 0, 0, 0, 0 FROM financements_enveloppe, {nombre}"
    )


_AILLEURS: Final = _enveloppes("'32'", "exercice", "NULL::uuid")
_L_AUTRE: Final = "(SELECT id FROM financements_enveloppe WHERE service_id = '32')"
_REPRISE: Final = (
    "INSERT INTO financements_reprise (id, demande_id, lot_id, ligne, numero_ej, contenu, reprise_par_id,"
    " reprise_le) SELECT gen_random_uuid(), d.id, gen_random_uuid(), 2, '210000' || right(numero, 4), '{}',"
    " instruite_par_id, now() FROM financements_demande d"
)
_AFFECTER: Final = (
    "INSERT INTO reseau_affectationdreets (id, utilisateur_id, service_id, role, du, acte, delegue_par_id)"
    " SELECT {}, utilisateur_id, service_id, {}, du, '', {} FROM reseau_affectationdreets LIMIT 1"
)
_COPIE_DE_CONVENTION: Final = (
    "allocation_id, montant, signataire_ecole, signee_ecole_le, signataire_etat, signee_etat_le, origine,"
    " saisie_par_id, saisie_le"
)

CLAUSES: Final[dict[str, str]] = {
    "F1 cp": "UPDATE financements_enveloppe SET cp_ouverts = cp_ouverts + 1",
    "F3 engagées": "UPDATE financements_enveloppe SET ae_engagees = -1",
    "F3 déléguées": "UPDATE financements_enveloppe SET ae_deleguees = -1",
    "F4 payés": "UPDATE financements_paiement SET montant = -1; UPDATE financements_enveloppe e SET cp_payes"
    " = (SELECT sum(montant) FROM financements_paiement WHERE enveloppe_id = e.id)",
    "F4 délégués": "UPDATE financements_enveloppe SET cp_delegues = -1",
    "F4 ouverts": "UPDATE financements_enveloppe SET cp_ouverts = 0",
    "F5 cp": "UPDATE financements_enveloppe SET cp_delegues = 1",
    "F5 avant": _enveloppes("service_id", "exercice + v.n", "id", "(VALUES (0), (-1)) AS v (n)"),
    "F5 après": _enveloppes("service_id", "exercice + v.n", "id", "(VALUES (0), (1)) AS v (n)"),
    "F6 rendu": _RENDRE.format("recouvrement", _PAYE.format("financements_reversement") + " + 1")
    + "; UPDATE financements_reversement SET montant = 99999999 WHERE nature = 'ordre'",
    "F6 réclamé": _RENDRE.format("remise", "montant + 1"),
    "F7 instruit": "UPDATE financements_allocation SET instruite_par_id = NULL",
    "F7 visé": "UPDATE financements_allocation SET visee_par_id = NULL",
    "F7 accordé": "UPDATE financements_allocation SET accordee_par_id = NULL",
    "F7 instruit et accordé": "UPDATE financements_allocation SET accordee_par_id = instruite_par_id",
    "F7 visé et accordé": "UPDATE financements_allocation SET accordee_par_id = visee_par_id",
    "F7c retenu et accordé": "UPDATE financements_journaldemande SET acteur_id = (SELECT accordee_par_id"
    " FROM financements_allocation a WHERE a.demande_id = financements_journaldemande.demande_id)"
    " WHERE evenement = 'proposer'",
    "F7c avenant visé": "UPDATE financements_journaldemande SET acteur_id = (SELECT vise_par_id"
    " FROM financements_avenant) WHERE evenement = 'proposer_avenant'",
    "F7c avenant accordé": "UPDATE financements_journaldemande SET acteur_id = (SELECT accorde_par_id"
    " FROM financements_avenant) WHERE evenement = 'proposer_avenant'",
    "F7b décision": "UPDATE financements_allocation SET origine = 'reprise'",
    "F7b engagement": "UPDATE financements_engagement SET origine = 'reprise'",
    "F7b convention": "UPDATE financements_convention SET origine = 'reprise'",
    "F7b reversement": "UPDATE financements_reversement SET origine = 'reprise'",
    "F7b demande": "UPDATE financements_demande SET voie = 'reprise'",
    "F7b sans preuve": "UPDATE financements_demande SET voie = 'reprise';"
    " UPDATE financements_allocation SET origine = 'reprise'",
    "F7b sans voie": f"{_REPRISE}; UPDATE financements_allocation SET origine = 'reprise'",
    "F7b sans origine": f"{_REPRISE}; UPDATE financements_demande SET voie = 'reprise'",
    "F7b rendu": f"{_REPRISE}; UPDATE financements_demande SET voie = 'reprise';"
    " UPDATE financements_allocation SET origine = 'reprise';"
    " UPDATE financements_reversement SET origine = 'reprise'",
    "F8 ej": "UPDATE financements_paiement SET numero_ej = '9999999999'",
    "F9 au-dessus": "UPDATE financements_tranche SET montant = montant + 1;"
    " UPDATE financements_paiement SET montant = montant + 1",
    "F9 au-dessous": "UPDATE financements_tranche SET montant = montant - 1;"
    " UPDATE financements_paiement SET montant = montant - 1",
    "F9 sans tranche": "DELETE FROM financements_tranche",
    "F9 sans tranche ni paiement": "UPDATE financements_demande SET etat = 'notifiee' WHERE etat ="
    " 'en_execution'; DELETE FROM financements_paiement; DELETE FROM financements_tranche",
    "F9 d'une autre": "UPDATE financements_paiement p SET tranche_id = (SELECT id FROM financements_tranche t"
    " WHERE t.allocation_id <> p.allocation_id AND t.montant = p.montant LIMIT 1)",
    "F9 montant": "UPDATE financements_paiement SET montant = montant - 1",
    "F10 demandé": "UPDATE financements_demande SET montant_demande = montant_demande + 1",
    "F10 arrondi": "ALTER TABLE financements_ligneeffectif ALTER COLUMN montant_retenu DROP EXPRESSION;"
    " UPDATE financements_ligneeffectif SET montant_retenu = montant_retenu + 1;"
    " UPDATE financements_demande SET montant_retenu = montant_retenu + 1",
    "F13 sans final": "UPDATE financements_demande SET montant_final = NULL"
    " WHERE etat = 'reversement_en_cours'",
    "F13 réclamé": "UPDATE financements_reversement SET montant = montant + 1",
    "F13b personne": "UPDATE financements_bilan SET certifie_par_id = NULL",
    "F13b déposant": "UPDATE financements_bilan SET certifie_par_id = depose_par_id",
    "F13b ordonnateur": "UPDATE financements_bilan b SET certifie_par_id = (SELECT accordee_par_id"
    " FROM financements_allocation a WHERE a.id = b.allocation_id)",
    "F14 payé": _DEMANDE_SOLDEE.format(1),
    "F14 engagé": _DEMANDE_SOLDEE.format(0)
    + "; UPDATE financements_engagement SET montant = montant + 1 WHERE nature = 'initial'",
    "F15 déposée par": "UPDATE financements_demande SET deposee_par_id = NULL",
    "F15 proposé": "UPDATE financements_demande SET montant_propose = NULL",
    "F15 enveloppe": "UPDATE financements_demande SET enveloppe_id = NULL",
    "F15 instruite par": "UPDATE financements_demande SET instruite_par_id = NULL",
    "F15 proposée le": "UPDATE financements_demande SET proposee_le = NULL",
    "F15 visée par": "UPDATE financements_demande SET visee_par_id = NULL",
    "F15 visée le": "UPDATE financements_demande SET visee_le = NULL",
    "F15 visée par la même": "UPDATE financements_demande SET visee_par_id = instruite_par_id",
    "F15 reprise nommée": "UPDATE financements_demande SET voie = 'reprise'",
    "F15 décision avant l'accord": "UPDATE financements_demande SET etat = 'visee' WHERE etat = 'accordee'",
    "F15 accord sans décision": "DELETE FROM financements_allocation WHERE demande_id ="
    " (SELECT id FROM financements_demande WHERE etat = 'accordee')",
    "F15 montant": "UPDATE financements_allocation SET montant = montant + 1",
    "F15 sans convention": "UPDATE financements_demande SET etat = 'conventionnee' WHERE etat = 'accordee'",
    "F15 sans EJ": "UPDATE financements_demande SET etat = 'notifiee' WHERE etat = 'accordee'",
    "F15 EJ d'avance": "UPDATE financements_demande SET numero_ej = '2100012399' WHERE etat = 'accordee'",
    "F15 sans paiement": "UPDATE financements_demande SET etat = 'en_execution', numero_ej = '2100012399'"
    " WHERE etat = 'accordee'",
    "F15 payée d'avance": "UPDATE financements_demande SET etat = 'notifiee' WHERE etat = 'en_execution'",
    "F15 payée accordée": "UPDATE financements_demande SET etat = 'accordee', numero_ej = ''"
    " WHERE etat = 'en_execution'",
    "F15 payée conventionnée": "UPDATE financements_demande SET etat = 'conventionnee', numero_ej = ''"
    " WHERE etat = 'en_execution'",
    "F16 sans journal": "DELETE FROM financements_journaldemande",
    "F16 trou": "DELETE FROM financements_journaldemande WHERE evenement = 'viser'",
    "F16 passage": "DELETE FROM financements_journaldemande WHERE evenement = 'viser';"
    " UPDATE financements_journaldemande SET de = 'proposee' WHERE evenement = 'accorder'",
    "F16 naissance": "DELETE FROM financements_journaldemande WHERE evenement = 'creer';"
    " UPDATE financements_journaldemande SET de = '' WHERE evenement = 'deposer'",
    "F16 née notifiée": "DELETE FROM financements_journaldemande"
    " WHERE evenement IN ('creer', 'deposer', 'instruire', 'proposer', 'viser', 'accorder', 'conventionner');"
    " UPDATE financements_journaldemande SET de = '' WHERE evenement = 'notifier'",
    "F19 deux ouverts": "DROP INDEX avenant_un_seul_ouvert; INSERT INTO financements_avenant (id,"
    " allocation_id, rang, etape, motif, renvoi, montant, cree_le) SELECT gen_random_uuid(), allocation_id,"
    " n, 'prepare', '', '', 0, now() FROM financements_avenant, generate_series(8, 9) AS g (n)",
    "F19 non accordé": "UPDATE financements_avenant SET etape = 'abandonne'",
    "F19 d'une autre": "UPDATE financements_avenant v SET allocation_id = (SELECT id"
    " FROM financements_allocation WHERE id <> v.allocation_id LIMIT 1)",
    "F19 sans avenant": "DELETE FROM financements_avenant",
    "F20 décision": "UPDATE financements_acte SET nature = 'note', rang = 9 WHERE nature = 'decision'",
    "F20 annoncé": "DELETE FROM financements_acte WHERE nature = 'notification'",
    "F20 d'un autre": "UPDATE financements_acte c SET demande_id = (SELECT id FROM financements_demande"
    " WHERE id <> c.demande_id LIMIT 1), rang = 9 WHERE nature = 'notification'",
    "F20 perdu": "DELETE FROM reseau_documentfige WHERE id IN"
    " (SELECT document_id FROM financements_acte WHERE nature = 'notification')",
    "F20c empreinte": "UPDATE reseau_documentfige SET empreinte = '' WHERE etat = 'produit'",
    "F20c contenu": "UPDATE reseau_documentfige SET contenu = NULL WHERE etat = 'produit'",
    "F21 absente": "UPDATE financements_campagne SET pieces_obligatoires = '{cer}';"
    " DELETE FROM financements_piece",
    "F22 décision": "UPDATE financements_allocation SET region_id = '32'",
    "F22 enveloppe": f"{_AILLEURS}; UPDATE financements_demande SET enveloppe_id = {_L_AUTRE}",
    "F22 engagement": f"{_AILLEURS}; UPDATE financements_engagement SET enveloppe_id = {_L_AUTRE}",
    "F22 paiement": f"{_AILLEURS}; UPDATE financements_paiement SET enveloppe_id = {_L_AUTRE}",
    "F22 journal": "UPDATE financements_journaldemande SET chaine = 'demande:32'",
    "F22 acte": "UPDATE financements_acte c SET allocation_id = (SELECT id FROM financements_allocation"
    " WHERE id <> c.allocation_id LIMIT 1) WHERE nature = 'notification'",
    "F22 scan": "INSERT INTO financements_depotscans (id, region_id, fichier_id, empreinte, etat, refus,"
    " depose_par_id, depose_le) SELECT gen_random_uuid(), '32', gen_random_uuid(), '', 'lu', '',"
    " gen_random_uuid(), now(); INSERT INTO financements_pagescan (id, depot_id, rang, acte_id, page, motif)"
    " SELECT gen_random_uuid(), s.id, 1, c.id, 1, '' FROM financements_depotscans s, financements_acte c"
    " LIMIT 1",
    "F22 simulation": f"{_AILLEURS}; INSERT INTO financements_simulation (id, enveloppe_id, nom, depart,"
    f" motif, creee_par_id, creee_le, version) SELECT gen_random_uuid(), {_L_AUTRE}, 'faux', 'demande', '',"
    " gen_random_uuid(), now(), 1; INSERT INTO financements_lignesimulee (id, simulation_id, ligne_id,"
    " effectif, nb_majorations, motif) SELECT gen_random_uuid(), s.id, l.id, 1, 0, ''"
    " FROM financements_simulation s, financements_ligneeffectif l LIMIT 1",
    "F22 sous-enveloppe": _enveloppes("'32'", "exercice", "id"),
    "F22 affectation finie": "UPDATE reseau_affectationdreets SET au = du - 1",
    "F22 affectation double": _AFFECTER.format("gen_random_uuid()", "role", "NULL"),
    "F22 délégation": _AFFECTER.format("gen_random_uuid()", "'lecteur'", "utilisateur_id"),
    "F24 service": "UPDATE financements_enveloppe SET service_id = '32'",
    "F24 exercice": "UPDATE financements_enveloppe SET exercice = exercice + 1",
    "F24 enveloppe": "UPDATE financements_demande SET enveloppe_id = gen_random_uuid()",
    "F25 service": "UPDATE reseau_serviceregional SET siret = ''",
    "F25 sans EJ": "UPDATE financements_demande SET numero_ej = ''",
    "F25 reprise": "UPDATE financements_allocation SET origine = 'reprise';"
    " UPDATE financements_demande SET numero_ej = ''",
    "F25 non notifiée": "DELETE FROM financements_journaldemande WHERE vers = 'notifiee'",
    "F25 montant": "UPDATE financements_engagement SET montant = montant + 1 WHERE nature = 'initial'",
    "F25 deux lignes": f"INSERT INTO financements_convention (id, {_COPIE_DE_CONVENTION})"
    f" SELECT gen_random_uuid(), {_COPIE_DE_CONVENTION} FROM financements_convention",
    "F23 courriel": "INSERT INTO reseau_courriel (id, cle, destinataire_id, objet, corps, etat, cree_le,"
    " nb_essais, reprendre_le, erreur) SELECT gen_random_uuid(), 'la même', gen_random_uuid(), '', '',"
    " 'a_envoyer', now(), 0, now(), '' FROM generate_series(1, 2)",
}  # fmt: skip
