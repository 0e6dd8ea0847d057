"""Each formula notices its own violation: the accounts are forged from inside, triggers and checks asleep.

Alone in its file: the owner's database of these tests must not be seen by any other.
"""

from __future__ import annotations

import io
import re
from typing import TYPE_CHECKING

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command
from django.db import connection, transaction

from financements.etats import Etat
from financements.invariants import ETATS, INVARIANTS, violations
from financements.invariants_preuves import REGISTRES
from reseau.socle.postgres import RACINE
from tests.bases import viser
from tests.usines_clauses import CLAUSES
from tests.usines_financements import preparer_avenant, territoire

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from pytest_django import DjangoDbBlocker

    from tests.bases import Bases

_AUTRES_OCTETS = "UPDATE reseau_documentfige SET contenu = 'autre'::bytea WHERE etat = 'produit'"
# What the forger does to each formula, then to each of its clauses.
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
    "F7c": "UPDATE financements_journaldemande SET acteur_id = (SELECT visee_par_id FROM financements_demande"
    " WHERE id = demande_id) WHERE evenement = 'instruire'",
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
    "F12": "INSERT INTO financements_apprenantcompte (id, ligne_id, personne, periode, retenu)"
    " SELECT gen_random_uuid(), id, '01900000-0000-7000-8000-000000000000',"
    " daterange('2026-01-01', '2026-03-01'), true FROM financements_ligneeffectif LIMIT 2",
    "F17": "ALTER TABLE financements_avis DISABLE TRIGGER USER",
    "F20": "DELETE FROM financements_acte WHERE nature = 'decision'",
    "F20b": _AUTRES_OCTETS,
    "F20c": _AUTRES_OCTETS,
    "F21": "UPDATE financements_campagne SET pieces_obligatoires = '{cer}';"
    " UPDATE reseau_fichierdepose SET \"analyse\" = 'refuse'",
    "F22": "UPDATE financements_allocation SET region_id = '32'",
    "F23": "INSERT INTO reseau_rappelecheance (id, nature, objet, finit_le, palier, pose_le)"
    " SELECT gen_random_uuid(), 'essai', '01900000-0000-7000-8000-000000000000', '2026-01-01', 30, now()"
    " FROM generate_series(1, 2)",
    "F18": "DELETE FROM financements_convention",
    "F19": "UPDATE financements_avenant SET montant = montant + 1",
    "F25": "UPDATE ecoles_ecole SET siret = ''",
    "F24": "UPDATE financements_allocation SET region_id = '32'",
}
TOUS = FAUX | CLAUSES


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
def faussaire(comptes_du_proprietaire: None) -> Iterator[Callable[[str], None]]:
    """Write with the triggers and constraints of what is written put to sleep; all is taken back after."""
    with transaction.atomic(), connection.cursor() as curseur:

        def ecrire(ordres: str) -> None:
            for table in sorted(
                set(re.findall(r"(?:UPDATE|INTO|FROM) ((?:financements|reseau|ecoles)_[a-z]+)", ordres))
            ):
                curseur.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
                curseur.execute(
                    "SELECT conname FROM pg_constraint WHERE contype IN ('c', 'u', 'x')"
                    " AND conrelid = %s::regclass",
                    [table],
                )
                for (contrainte,) in curseur.fetchall():
                    curseur.execute(f'ALTER TABLE {table} DROP CONSTRAINT "{contrainte}"')
            for ordre in ordres.split(";"):
                curseur.execute(ordre)

        yield ecrire
        transaction.set_rollback(True)


def vues(*, lourds: bool = False) -> dict[str, list[tuple[str, str]]]:
    """What the audit says, by formula."""
    return {invariant.code: exemples for invariant, exemples in violations(lourds=lourds) if exemples}


def test_tout_tient_avant(comptes_du_proprietaire: None) -> None:
    assert vues(lourds=True) == {}


def test_chaque_formule_a_son_faux() -> None:
    assert {invariant.code for invariant in INVARIANTS} == set(FAUX)
    assert {nom.split()[0] for nom in CLAUSES} <= set(FAUX)


@pytest.mark.parametrize("nom", TOUS)
def test_chaque_clause_voit_son_faux(faussaire: Callable[[str], None], nom: str) -> None:
    faussaire(TOUS[nom])
    code = nom.split(maxsplit=1)[0]
    with connection.cursor() as curseur:
        curseur.execute(next(i.requete for i in INVARIANTS if i.code == code), ETATS)
        assert curseur.fetchone() is not None


def test_chaque_table_ecrite_une_fois_est_un_registre() -> None:
    """F17 looks at every append-only table: one that is added is added to the formula."""
    seules = {
        modele._meta.db_table
        for modele in apps.get_app_config("financements").get_models()
        if any(garde.name == "ajout_seul" for garde in getattr(modele._meta, "triggers", ()))
    }
    assert seules == set(REGISTRES)


@pytest.mark.parametrize("table", REGISTRES)
def test_une_seule_garde_retiree_se_voit(comptes_du_proprietaire: None, table: str) -> None:
    """F17, alone: the forger above puts every guard to sleep."""
    with transaction.atomic(), connection.cursor() as curseur:
        curseur.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        trouvees = vues()
        transaction.set_rollback(True)
    assert {code: sorted(exemples) for code, exemples in trouvees.items()} == {
        "F17": [(table, "ajout_seul"), (table, "jamais_vide")]
    }


@pytest.mark.parametrize("garde", ["document_fige", "jamais_vide"])
def test_la_garde_d_un_document_fige_retiree_se_voit(comptes_du_proprietaire: None, garde: str) -> None:
    with transaction.atomic(), connection.cursor() as curseur:
        curseur.execute(
            "SELECT tgname FROM pg_trigger WHERE tgrelid = 'reseau_documentfige'::regclass"
            " AND starts_with(tgname, %s)",
            [f"pgtrigger_{garde}_"],
        )
        [(nom,)] = curseur.fetchall()
        curseur.execute(f"ALTER TABLE reseau_documentfige DISABLE TRIGGER {nom}")
        trouvees = vues()
        transaction.set_rollback(True)
    assert trouvees == {"F17": [("reseau_documentfige", garde)]}


def test_la_commande_echoue_et_nomme_le_dossier(faussaire: Callable[[str], None]) -> None:
    faussaire(FAUX["F9"])
    with pytest.raises(CommandError, match=r"F9 ne tient plus.*Contre-exemples : \d{4}-84-0001"):
        call_command("verifier_invariants", stdout=io.StringIO())


def test_la_commande_relit_un_echantillon_et_tout_sur_demande(faussaire: Callable[[str], None]) -> None:
    """Without asking, some documents are read again, byte by byte; the night reads them all."""
    dits = [io.StringIO(), io.StringIO()]
    call_command("verifier_invariants", stdout=dits[0])
    call_command("verifier_invariants", "--documents", stdout=dits[1])
    assert ["F20b" in dit.getvalue() for dit in dits] == [True, True]
    assert ["F20c" in dit.getvalue() for dit in dits] == [False, True]
    faussaire(_AUTRES_OCTETS)
    assert set(vues()) == {"F17", "F20b"}
    assert set(vues(lourds=True)) == {"F17", "F20b", "F20c"}


def test_la_nuit_relit_chaque_acte() -> None:
    nuit = (RACINE / "deploy" / "edp-nuit.service").read_text()
    assert "manage.py verifier_invariants --documents\n" in nuit
