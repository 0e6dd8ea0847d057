"""What only a real commit, or another role of the database, can show of the history."""

from __future__ import annotations

from typing import TYPE_CHECKING

import psycopg
import pytest
from django.db import connection, transaction

from ecoles.models import Ecole
from reseau.champs import uuid7
from reseau.models import histoire_de
from reseau.socle.histoire import signer
from tests.bases import viser
from tests.usines import EcoleUsine

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_django import DjangoDbBlocker

    from tests.bases import Bases


@pytest.fixture
def url_du_proprietaire(
    bases: Bases, django_db_setup: None, django_db_blocker: DjangoDbBlocker
) -> Iterator[str]:
    """A database of its own, and the address by which its owner enters it."""
    with bases.clone() as nom, django_db_blocker.unblock(), viser(bases.url(nom)):
        yield bases.url(nom, proprietaire=True)


def test_meme_le_proprietaire_ne_la_vide_pas(url_du_proprietaire: str) -> None:
    with (
        psycopg.connect(url_du_proprietaire) as connexion,
        pytest.raises(psycopg.errors.IntegrityError, match="que par la base"),
    ):
        connexion.execute("TRUNCATE ecoles_histoireecole")


def test_une_signature_ne_deborde_pas_de_sa_transaction(base_jetable: str) -> None:
    """A pooled connection never signs for who came before."""
    qui, histoire = uuid7(), histoire_de(Ecole)
    assert histoire is not None
    with signer() as signature, transaction.atomic():
        signature.par = qui
        EcoleUsine(nom="Avec")
    EcoleUsine(nom="Sans")
    auteurs = dict(histoire.objects.filter(pgh_label="ajout").values_list("nom", "par"))
    assert auteurs == {"Avec": qui, "Sans": None}
    with connection.cursor() as curseur:
        curseur.execute("SELECT current_setting('edp.par', true)")
        assert curseur.fetchone()[0] in (None, "")


def test_une_ecriture_annulee_ne_laisse_pas_d_histoire(base_jetable: str) -> None:
    histoire = histoire_de(Ecole)
    assert histoire is not None
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        EcoleUsine(nom="Jamais")
        raise ZeroDivisionError
    assert not histoire.objects.filter(nom="Jamais").exists()
