"""The files for the labour inspectorate go with the names that they print."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
import time_machine

from ecoles.models import DossierInspection, Inscription
from reseau.nombres import aujourdhui, maintenant
from reseau.roles import Role
from tests.ecoles.test_effacement import (
    NOM,
    PRENOM,
    dans_les_documents,
    dossier_d_inspection,
    inscrire,
    ou_se_lit,
    partir,
    purger,
)
from tests.monde import Cote, poser_le_monde

if TYPE_CHECKING:
    from django.test import Client


@pytest.fixture
def ici(db: None) -> Cote:
    return poser_le_monde()[0]


def test_un_depart_saisi_tard_emporte_aussi_le_dossier_d_hier(client: Client, ici: Cote) -> None:
    """The file is a day old; she had left a year ago, and nobody had written it."""
    jeune = inscrire(client, ici)
    avant = aujourdhui() - timedelta(days=400)
    Inscription.objects.filter(apprenant=jeune).update(du=avant, au=None, motif_sortie="")
    dossier = dossier_d_inspection(ici)
    temoin = ici.lignes[DossierInspection]
    partir(jeune, avant)
    purger("--effacer")
    for mot in (PRENOM, NOM):
        assert ou_se_lit(mot) == []
        assert dans_les_documents(mot) == 0
    temoin.refresh_from_db()
    assert temoin.document is not None  # it names nobody who left
    dossier.refresh_from_db()
    assert dossier.efface_le == aujourdhui()


def test_un_dossier_pour_l_inspection_s_efface_apres_douze_mois(client: Client, ici: Cote) -> None:
    dossier = dossier_d_inspection(ici)
    with time_machine.travel(maintenant() + timedelta(days=364)):
        purger("--effacer")
        dossier.refresh_from_db()
        assert dossier.document is not None
    with time_machine.travel(maintenant() + timedelta(days=367)):
        purger("--effacer")
        client.force_login(ici.personnes[Role.DIRECTION])
        page = client.get(f"/admin/ecoles/dossierinspection/{dossier.pk}/pdf/")
    dossier.refresh_from_db()
    assert dossier.document is None
    assert page.status_code == 410
    assert "Il nommait des mineurs" in page.content.decode()
