"""A journal forged from inside, triggers asleep: the command finds the line and names it.

Alone in its file: the owner's database of these tests must not be seen by any other.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction

from tests.bases import viser
from tests.reseau.test_journal import ecrire, une_commande

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_django import DjangoDbBlocker

    from tests.bases import Bases

J, T = "commandes_journalcommande", "reseau_tetechaine"


@pytest.fixture(scope="module")
def journal_du_proprietaire(
    bases: Bases, django_db_setup: None, django_db_blocker: DjangoDbBlocker
) -> Iterator[None]:
    """A journal that the owner of the tables can reach: the worst that can happen from inside."""
    with (
        bases.clone() as nom,
        django_db_blocker.unblock(),
        viser(bases.url(nom, proprietaire=True)),
    ):
        commande = une_commande()
        ecrire(commande)
        ecrire(commande, 2, "essai:2")
        yield


@pytest.fixture
def faussaire(journal_du_proprietaire: None) -> Iterator[Any]:
    """A cursor that writes with every trigger put to sleep; what it did is taken back afterwards."""
    with transaction.atomic(), connection.cursor() as curseur:
        for table in (J, T):
            curseur.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        yield curseur
        transaction.set_rollback(True)


def test_vider_le_journal_est_refuse_meme_au_proprietaire(journal_du_proprietaire: None) -> None:
    with pytest.raises(IntegrityError, match="qu'en ajout"), transaction.atomic():
        connection.cursor().execute(f"TRUNCATE {J}")


REFAIRE = (
    "empreinte = edp_empreinte_journal("
    "precedente, chaine, rang, le, acteur_id, pour_id, 'faux', de, vers, donnees)"
)


@pytest.mark.parametrize(
    ("sabotage", "attendue"),
    [
        (f"UPDATE {J} SET evenement = 'faux' WHERE chaine = 'essai:1' AND rang = 2", "essai:1, ligne 2"),
        (f"UPDATE {J} SET donnees = '{{}}' WHERE chaine = 'essai:1' AND rang = 1", "essai:1, ligne 1"),
        (
            f"UPDATE {J} SET le = le - interval '1 microsecond' WHERE chaine = 'essai:1' AND rang = 3",
            "essai:1, ligne 3 : son contenu a changé",
        ),
        (
            f"UPDATE {J} SET evenement = 'faux', {REFAIRE} WHERE chaine = 'essai:1' AND rang = 2",
            "essai:1, ligne 3 : elle ne suit pas la ligne précédente",
        ),
        (
            f"UPDATE {J} SET evenement = 'faux', {REFAIRE} WHERE chaine = 'essai:1' AND rang = 4",
            "essai:1, ligne 4 : la fin de la chaîne manque ou a changé",
        ),
        (f"DELETE FROM {J} WHERE chaine = 'essai:1' AND rang = 2", "essai:1, ligne 3 : il manque une ligne"),
        (f"DELETE FROM {J} WHERE chaine = 'essai:1' AND rang = 4", "essai:1, ligne 4 : la fin de la chaîne"),
        (f"DELETE FROM {J} WHERE chaine = 'essai:2'", "essai:2, ligne 2 : la fin de la chaîne"),
        (f"DELETE FROM {T} WHERE chaine = 'essai:2'", "essai:2, ligne 2 : la chaîne dépasse sa tête"),
        (f"UPDATE {T} SET rang = 1 WHERE chaine = 'essai:2'", "essai:2, ligne 2 : la chaîne dépasse sa tête"),
    ],
    ids=[
        "événement", "données", "heure", "hash refait", "dernier hash refait", "ligne ôtée",
        "dernière ôtée", "chaîne ôtée", "tête ôtée", "tête reculée",
    ],
)  # fmt: skip
def test_une_falsification_est_trouvee_et_nommee(
    faussaire: Any, sabotage: str, attendue: str, capsys: pytest.CaptureFixture[str]
) -> None:
    call_command("verifier_journal")
    assert "Journal intact : 6 ligne(s)." in capsys.readouterr().out
    faussaire.execute(sabotage)
    with pytest.raises(CommandError, match="rupture"):
        call_command("verifier_journal")
    assert attendue in capsys.readouterr().err
