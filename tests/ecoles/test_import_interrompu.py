"""kill -9 in the middle of reading or accepting: everything or nothing, and then it can be done again."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest
from django.conf import settings
from django.core.files.base import ContentFile
from django.db import connection, transaction

from ecoles.models import Ecole, Offre
from reseau.models import LigneImport, LotImport
from reseau.socle.attente import lire_le_lot
from reseau.socle.lots import accepter, deposer
from tests.bases import en_parallele
from tests.ecoles.imports import DONNEES, OPTIONS
from tests.ecoles.interruption import Fin

pytestmark = pytest.mark.course


def _tuer(base: str, geste: str, lot: LotImport, rang: int) -> int:
    variables = {
        "DATABASE_URL": base,
        "EDP_DONNEES": str(settings.DONNEES),
        "DJANGO_SETTINGS_MODULE": "reseau.settings",
    }
    commande = [sys.executable, "-m", "tests.ecoles.interruption", geste, str(lot.pk), str(rang)]
    return subprocess.run(commande, env=os.environ | variables, cwd=settings.RACINE, check=False).returncode


def _deposer() -> LotImport:
    octets = (DONNEES / "recensement_messy.csv").read_bytes()
    return deposer("ecoles", ContentFile(octets, name="recensement.csv"), OPTIONS, par=None, territoire=None)


def _compter(lot: LotImport) -> int:
    """Statements of an acceptance, that is taken back."""
    compteur = Fin(0)
    with transaction.atomic(), connection.execute_wrapper(compteur):
        accepter(lot, None)
        transaction.set_rollback(True)
    return compteur.nombre


def test_tue_pendant_l_acceptation_tout_ou_rien(base_jetable: str) -> None:
    lot = _deposer()
    lire_le_lot(lot)
    nombre = _compter(LotImport.objects.get(pk=lot.pk))
    for rang in (3, nombre // 2, nombre - 2):  # two of them only opened and closed the savepoint
        assert _tuer(base_jetable, "accepter", lot, rang) == -9
        lot.refresh_from_db()
        assert (lot.etat, Ecole.objects.count(), Offre.objects.count()) == ("a_verifier", 0, 0)
    assert accepter(lot, None)
    assert Ecole.objects.count() == 63


def test_tuee_une_longue_lecture_dit_ou_elle_en_etait_et_reprend(base_jetable: str) -> None:
    octets = b"Nom;Commune\n" + b"".join(b"Atelier %d;Lyon\n" % n for n in range(12_000))
    lot = deposer("ecoles", ContentFile(octets, name="long.csv"), OPTIONS, par=None, territoire=None)
    assert _tuer(base_jetable, "lire", lot, 45) == -9
    lot.refresh_from_db()
    assert (lot.etat, lot.nb_lues, LigneImport.objects.count()) == ("lecture", 10_000, 0)
    lire_le_lot(lot)
    assert (lot.etat, lot.bilan) == ("a_verifier", {"creer": 12_000})


def test_accepter_deux_fois_au_meme_instant_ne_cree_qu_une_fois(base_jetable: str) -> None:
    lots = [_deposer(), _deposer()]
    for lot in lots:
        lire_le_lot(lot)
    gestes = [lambda lot=lot: accepter(LotImport.objects.get(pk=lot.pk), None) for lot in lots]
    assert sorted(en_parallele(*gestes)) == [False, True]
    assert Ecole.objects.count() == 63
