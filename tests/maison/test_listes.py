"""A list costs the same number of queries with one row and with twenty, and few of them."""

from __future__ import annotations

import re
from copy import copy
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest
from django.contrib import admin
from django.db import connection, models
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from reseau.champs import uuid7
from reseau.roles import Role
from tests.maison.test_acces import TABLE
from tests.monde import poser_le_monde

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.test import Client

    from tests.monde import Cote

REQUETES_MAXIMUM = 14
NB_COPIES = 19

# What a copy must change to be another row; a model that is not here has one row a territory.
_SANS_DEPENSE = {"ae_engagees": 0, "cp_payes": 0}
DIFFERENCES: dict[str, Callable[[int], dict[str, Any]]] = {
    "ecole": lambda n: {"nom": f"Atelier {n}", "slug": f"copie-{n}", "uai": "", "siret": ""},
    "apprenant": lambda n: {"nom": f"Copie {n}"},
    "candidature": lambda n: {"nom": f"Candidat {n}"},
    "groupe": lambda n: {"nom": f"Groupe {n}"},
    "site": lambda n: {"nom": f"Site {n}", "principal": False},
    "machine": lambda n: {"repere": f"M{n}"},
    "label": lambda n: {
        "evaluee_le": date(1900, 1, 1),
        "du": date(1900 + n, 1, 1),
        "au": date(1900 + n, 12, 31),
    },
    "coordonneesbancaires": lambda n: {"du": date(1900 + n, 1, 1), "au": date(1900 + n, 12, 31)},
    "agrement": lambda n: {"du": date(1900 + n, 1, 1), "au": date(1900 + n, 12, 31)},
    "client": lambda n: {"nom": f"Client {n}", "siret": ""},
    "commande": lambda n: {"numero": f"CMD-2026-{n + 100:04d}"},
    "demandecontact": lambda n: {"code": f"{n + 100}-ZZ"},
    "declarationderogation": lambda n: {"lieu": f"Lieu {n}"},
    "courriel": lambda n: {"cle": f"copie:{n}"},
    "encadrement": lambda n: {"competence": f"Métier {n}"},
    "mouvementenveloppe": lambda n: {"reference": f"Mouvement {n}"},
    "simulation": lambda n: {"nom": f"Simulation {n}"},
    "enveloppe": lambda n: {"exercice": 2030 + n, "ae_ouvertes": 0, "cp_ouverts": 0, **_SANS_DEPENSE},
}


def _copier(ligne: Any, differences: dict[str, Any]) -> None:
    """Write another row like this one."""
    autre = copy(ligne)
    autre._state = models.base.ModelState()
    autre.pk = uuid7()
    for champ, valeur in differences.items():
        setattr(autre, champ, valeur)
    autre.save(force_insert=True)


def _lecteur(modele: str, ici: Cote, nationaux: dict[Role, Any]) -> Any:
    """Somebody who may read this list."""
    role = next(role for role, lettres in TABLE[modele].items() if "v" in lettres)
    return (nationaux | ici.personnes)[role]


def _compter(client: Client, page: str) -> int:
    with CaptureQueriesContext(connection) as captures:
        assert client.get(page).status_code == 200
    return len([r for r in captures if not re.match(r"(SAVEPOINT|RELEASE|ROLLBACK)", r["sql"])])


@pytest.mark.django_db
@pytest.mark.parametrize("nom", DIFFERENCES)
def test_une_liste_coute_autant_a_vingt_lignes(client: Client, nom: str) -> None:
    modeles = {m._meta.model_name: m for m in admin.site._registry}
    if nom not in modeles:
        pytest.skip("ce modèle n'a pas de page à lui")
    modele = modeles[nom]
    ici, _la_bas, nationaux = poser_le_monde(execution=modele.__module__.startswith("financements."))
    client.force_login(_lecteur(nom, ici, nationaux))
    page = reverse(f"admin:{modele._meta.app_label}_{nom}_changelist")
    _compter(client, page)
    seule = _compter(client, page)
    for n in range(NB_COPIES):
        _copier(modele.objects.get(pk=ici.lignes[modele].pk), DIFFERENCES[nom](n))
    assert _compter(client, page) == seule <= REQUETES_MAXIMUM


@pytest.mark.django_db
@pytest.mark.parametrize("role", [Role.MAITRE, Role.DIRECTION, Role.INSTRUCTEUR, Role.ORDONNATEUR])
def test_l_accueil_coute_autant_a_vingt_lignes(client: Client, role: Role) -> None:
    ici, _la_bas, _ = poser_le_monde()
    client.force_login(ici.personnes[role])
    page = reverse("admin:index")
    _compter(client, page)
    seule = _compter(client, page)
    for modele, ligne in list(ici.lignes.items()):
        nom = modele._meta.model_name
        if nom in {"demandecontact", "commande", "candidature"}:
            for n in range(NB_COPIES):
                _copier(modele.objects.get(pk=ligne.pk), DIFFERENCES[nom](n))
    assert _compter(client, page) == seule
