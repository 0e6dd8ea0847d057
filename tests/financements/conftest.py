"""What the tests of money share: a region ready to work, and what the database refuses."""

from __future__ import annotations

from contextlib import contextmanager
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest
from django.db import DatabaseError, connection, transaction

from financements.etats import Etat
from reseau.models import AffectationNationale, Utilisateur
from reseau.roles import Role
from tests.usines_financements import FONDEUR, Territoire, personne, preparer_avenant, territoire
from tests.usines_scans import acte_imprime

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.test import Client

    from financements.models import Acte, Demande


@pytest.fixture
def lieu() -> Territoire:
    return territoire()


@pytest.fixture
def demande(lieu: Territoire) -> Demande:
    """A granted request, above the threshold of the convention."""
    return lieu.demande(Etat.ACCORDEE)


@pytest.fixture
def convention(demande: Demande) -> Acte:
    """Its convention, really printed."""
    return acte_imprime(demande)


@pytest.fixture
def region_vivante(lieu: Territoire) -> Territoire:
    """Every kind of file on one envelope: paid and amended, proposed, asked, ended, refused."""
    en_cours = lieu.demande(Etat.EN_EXECUTION, ecole=lieu.ecole("École payée"))
    preparer_avenant(en_cours)
    lieu.avancer(en_cours, "proposer_avenant", "viser_avenant", "accorder_avenant")
    lieu.demande(Etat.VISEE)
    lieu.demande(Etat.DEPOSEE, titre_id=FONDEUR, effectif_demande=10, majorations_demandees=0)
    for etat in (Etat.RESILIEE, Etat.RETIREE, Etat.REFUSEE, Etat.BROUILLON, Etat.CONVENTIONNEE):
        lieu.demande(etat)
    return lieu


@pytest.fixture
def lecteur() -> Utilisateur:
    compte = personne("lecteur")
    AffectationNationale.objects.create(utilisateur=compte, role=Role.LECTEUR_NATIONAL, du=date(2020, 1, 1))
    return compte


@contextmanager
def refuse(phrase: str) -> Iterator[None]:
    """The database says no with this sentence, and the test goes on; deferred checks are asked now."""
    with pytest.raises(DatabaseError, match=phrase), transaction.atomic():
        yield
        connection.check_constraints()


@contextmanager
def a_la_porte(demande: Demande) -> Iterator[None]:
    """As a transition of this file would write."""
    with connection.cursor() as curseur:
        curseur.execute("SELECT set_config('edp.porte', %s, true)", [f"financements_demande:{demande.pk}"])
    yield
    with connection.cursor() as curseur:
        curseur.execute("SELECT set_config('edp.porte', '', true)")


def codes_des_pages(pdf: bytes) -> list[list[str]]:
    """What a scanner reads on each page, 150 dots an inch."""
    import pypdfium2
    import zxingcpp

    pages = pypdfium2.PdfDocument(pdf)
    return [
        [code.text for code in zxingcpp.read_barcodes(pages[rang].render(scale=150 / 72).to_pil())]
        for rang in range(len(pages))
    ]


def page_remplie(client: Client, adresse: str, **valeurs: str) -> dict[str, Any]:
    """What a page with rows sends back, as it was filled, with some of its fields changed."""
    contexte = client.get(adresse).context
    formulaires = [contexte["adminform"].form]
    donnees: dict[str, Any] = {}
    for lot in contexte["inline_admin_formsets"]:
        formulaires += [lot.formset.management_form, *lot.formset.forms]
    for formulaire in formulaires:
        for champ in formulaire:
            valeur = champ.value()
            donnees[champ.html_name] = "" if valeur is None else champ.field.prepare_value(valeur)
    assert set(valeurs) <= set(donnees), set(valeurs) - set(donnees)
    return donnees | valeurs
