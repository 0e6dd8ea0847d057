"""Each formula notices its own violation: the accounts are forged from inside, triggers and checks asleep.

Alone in its file: the owner's database of these tests must not be seen by any other.
"""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction

from financements.etats import Etat
from financements.invariants import INVARIANTS, violations
from tests.bases import viser
from tests.usines_financements import preparer_avenant, territoire

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_django import DjangoDbBlocker

    from tests.bases import Bases

# What the forger does; the first row of each table is the only one of its kind, or one among equals.
FAUX = {
    "F1": "UPDATE financements_enveloppe SET ae_ouvertes = ae_ouvertes + 1",
    "F2": "UPDATE financements_enveloppe SET ae_engagees = ae_engagees - 1",
    "F3": "UPDATE financements_mouvementenveloppe SET ae = 1, cp = ae;"
    " UPDATE financements_enveloppe SET ae_ouvertes = 1",
    "F4": "UPDATE financements_enveloppe SET cp_payes = cp_payes - 1",
    "F5": "UPDATE financements_enveloppe SET ae_deleguees = 1",
    "F6": "UPDATE financements_paiement SET montant = montant * 3;"
    " UPDATE financements_enveloppe SET cp_payes = cp_payes * 3",
    "F7": "UPDATE financements_allocation SET visee_par_id = instruite_par_id",
    "F7b": "UPDATE financements_paiement SET origine = 'reprise'",
    "F8": "UPDATE financements_paiement SET saisi_par_id = (SELECT accordee_par_id"
    " FROM financements_allocation WHERE id = allocation_id)",
    "F9": "UPDATE financements_tranche SET montant = montant - 1",
    "F10": "UPDATE financements_demande SET montant_retenu = montant_retenu + 1",
    "F11": "UPDATE financements_ligneeffectif SET effectif_retenu = effectif_demande + 1",
    "F13": "UPDATE financements_demande SET montant_final = montant_propose * 2 WHERE etat = 'en_execution'",
    "F13b": "UPDATE financements_lignerealisee SET mois_retenus = mois_retenus - 1, majores_retenus = 0",
    "F14": "UPDATE financements_demande SET etat = 'soldee', montant_final = 1 WHERE etat = 'en_execution'",
    "F15": "UPDATE financements_demande SET deposee_le = NULL",
    "F16": "UPDATE financements_demande SET etat = 'notifiee' WHERE etat = 'en_execution'",
    "F12": "ALTER TABLE financements_apprenantcompte DISABLE TRIGGER USER;"
    " ALTER TABLE financements_apprenantcompte DROP CONSTRAINT compte_une_fois_par_mois;"
    " INSERT INTO financements_apprenantcompte (id, ligne_id, personne, periode, retenu)"
    " SELECT gen_random_uuid(), id, '01900000-0000-7000-8000-000000000000',"
    " daterange('2026-01-01', '2026-03-01'), true FROM financements_ligneeffectif LIMIT 2",
    "F17": "ALTER TABLE financements_avis DISABLE TRIGGER USER",
    "F20": "DELETE FROM financements_acte WHERE nature = 'decision'",
    "F20b": "ALTER TABLE reseau_documentfige DISABLE TRIGGER USER;"
    " UPDATE reseau_documentfige SET contenu = 'autre'::bytea WHERE etat = 'produit'",
    "F21": "ALTER TABLE reseau_fichierdepose DISABLE TRIGGER USER;"
    " UPDATE financements_campagne SET pieces_obligatoires = '{cer}';"
    " UPDATE reseau_fichierdepose SET \"analyse\" = 'refuse'",
    "F23": "ALTER TABLE reseau_rappelecheance DROP CONSTRAINT rappel_une_seule_fois;"
    " INSERT INTO reseau_rappelecheance (id, nature, objet, finit_le, palier, pose_le)"
    " SELECT gen_random_uuid(), 'essai', '01900000-0000-7000-8000-000000000000', '2026-01-01', 30, now()"
    " FROM generate_series(1, 2)",
    "F18": "DELETE FROM financements_convention",
    "F19": "UPDATE financements_avenant SET montant = montant + 1",
    "F25": "UPDATE ecoles_ecole SET siret = ''",
    "F24": "UPDATE financements_allocation SET region_id = '32'",
}
TABLES = (
    "enveloppe", "mouvementenveloppe", "demande", "ligneeffectif", "allocation", "engagement", "convention",
    "tranche", "paiement", "reversement", "avenant", "bilan", "lignerealisee", "acte",
)  # fmt: skip


@pytest.fixture(scope="module")
def comptes_du_proprietaire(
    bases: Bases, django_db_setup: None, django_db_blocker: DjangoDbBlocker
) -> Iterator[None]:
    """One paid file and one granted, in a database that the owner of the tables can reach."""
    with bases.clone() as nom, django_db_blocker.unblock(), viser(bases.url(nom, proprietaire=True)):
        lieu = territoire()
        payee = lieu.demande(Etat.EN_EXECUTION)
        preparer_avenant(payee)
        lieu.avancer(payee, "proposer_avenant", "viser_avenant", "accorder_avenant")
        lieu.demande(Etat.ACCORDEE)
        lieu.demande(Etat.REVERSEMENT)
        yield


@pytest.fixture
def faussaire(comptes_du_proprietaire: None) -> Iterator[Any]:
    """A cursor that writes with every trigger and every check put to sleep; all is taken back afterwards."""
    with transaction.atomic(), connection.cursor() as curseur:
        for table in TABLES:
            curseur.execute(f"ALTER TABLE financements_{table} DISABLE TRIGGER USER")
            curseur.execute(
                "SELECT conname FROM pg_constraint WHERE contype = 'c' AND conrelid = %s::regclass",
                [f"financements_{table}"],
            )
            for (contrainte,) in curseur.fetchall():
                curseur.execute(f'ALTER TABLE financements_{table} DROP CONSTRAINT "{contrainte}"')
        yield curseur
        transaction.set_rollback(True)


def test_tout_tient_avant(comptes_du_proprietaire: None) -> None:
    assert [(i.code, exemples) for i, exemples in violations(lourds=True) if exemples] == []


def test_chaque_formule_a_son_faux() -> None:
    assert {invariant.code for invariant in INVARIANTS} == set(FAUX)


@pytest.mark.parametrize("code", FAUX)
def test_chaque_formule_voit_son_faux(faussaire: Any, code: str) -> None:
    for ordre in FAUX[code].split(";"):
        faussaire.execute(ordre)
    assert code in {invariant.code for invariant, exemples in violations(lourds=True) if exemples}


def test_une_seule_garde_retiree_se_voit(comptes_du_proprietaire: None) -> None:
    """F17, alone: the forger above puts every guard to sleep."""
    with transaction.atomic(), connection.cursor() as curseur:
        curseur.execute("ALTER TABLE financements_avis DISABLE TRIGGER USER")
        vues = [(i.code, exemples) for i, exemples in violations() if exemples]
        transaction.set_rollback(True)
    avis = "financements_avis"
    assert [(code, sorted(exemples)) for code, exemples in vues] == [
        ("F17", [(avis, "ajout_seul"), (avis, "jamais_vide")])
    ]


def test_la_commande_echoue_et_nomme_le_dossier(faussaire: Any) -> None:
    faussaire.execute(FAUX["F9"])
    with pytest.raises(CommandError, match=r"F9 ne tient plus.*Contre-exemples : \d{4}-84-0001"):
        call_command("verifier_invariants", stdout=io.StringIO())
