"""kill -9 at every SQL statement of a deposit, a grant and a payment: nothing is written, then all of it."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from django.apps import apps
from django.conf import settings
from django.db import connection

from financements.etats import Etat
from financements.models import Demande, Paiement
from tests.financements.test_course_enveloppe import tout_se_tient
from tests.usines_financements import territoire

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reseau.models import Utilisateur

pytestmark = pytest.mark.course
# Referentials: no gesture writes there, and communes are many.
_IMMUABLES = {"reseau_region", "reseau_departement", "reseau_commune", "reseau_anciennecommune"}
# Every table is compared after each death; every formula, once in so many.
_AUDIT_TOUS_LES = 20


def photo() -> dict[str, str]:
    """A digest of every row of every table that a gesture of funding may write."""
    tables = sorted(
        modele._meta.db_table
        for app in ("financements", "reseau")
        for modele in apps.get_app_config(app).get_models(include_auto_created=True)
        if modele._meta.managed and modele._meta.db_table not in _IMMUABLES
    )
    vues = {}
    with connection.cursor() as curseur:
        for table in tables:
            curseur.execute(
                f"SELECT md5(coalesce(string_agg(t::text, '|' ORDER BY t::text), '')) FROM {table} t"
            )
            vues[table] = curseur.fetchone()[0]
    return vues


def morts(base: str, nom: str, demande: Demande, qui: Utilisateur) -> Iterator[str]:
    """Yield how each try died; the next one begins when the caller has looked."""
    variables = {
        "DATABASE_URL": base,
        "EDP_DONNEES": str(settings.DONNEES),
        "DJANGO_SETTINGS_MODULE": "reseau.settings",
    }
    commande = [sys.executable, "-m", "tests.financements.interruption", nom, str(demande.pk), str(qui.pk)]
    with subprocess.Popen(
        commande,
        env=os.environ | variables,
        cwd=settings.RACINE,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as balayage:
        assert balayage.stdin is not None
        assert balayage.stdout is not None
        for ligne in balayage.stdout:
            yield ligne.split()[1]
            if not ligne.endswith("commit\n"):
                balayage.stdin.write("suite\n")
                balayage.stdin.flush()
    assert balayage.returncode == 0


@pytest.mark.parametrize(
    ("nom", "depart", "arrivee"),
    [
        ("deposer", Etat.BROUILLON, Etat.DEPOSEE),
        ("accorder", Etat.VISEE, Etat.ACCORDEE),
        ("payer", Etat.NOTIFIEE, Etat.EN_EXECUTION),
    ],
)
def test_tue_a_chaque_instruction_tout_ou_rien(
    base_jetable: str, nom: str, depart: str, arrivee: str
) -> None:
    lieu = territoire()
    demande = lieu.demande(depart)
    avant, fins = photo(), []
    for rang, fin in enumerate(morts(base_jetable, nom, demande, lieu.qui(nom, demande.ecole)), 1):
        fins.append(fin)
        assert photo() == avant, f"mort à l'instruction {rang}"
        if rang % _AUDIT_TOUS_LES == 0:
            tout_se_tient()
    assert fins[-1] == "commit"
    assert len(fins) > 10
    tout_se_tient()
    assert lieu.avancer(Demande.objects.get(pk=demande.pk), nom).etat == arrivee
    assert Paiement.objects.count() == (nom == "payer")
    assert photo() != avant
    tout_se_tient()
