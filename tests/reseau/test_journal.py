"""The journal: written by addition only, chained, and any tampering found and named."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from commandes.models import Commande, JournalCommande
from reseau.models import TeteChaine
from reseau.socle.journal import journaux, verifier
from tests.bases import en_parallele
from tests.monde import poser_le_monde

if TYPE_CHECKING:
    from collections.abc import Callable

CHAINE = "essai:1"


def une_commande() -> Commande:
    ici, _la_bas, _ = poser_le_monde()
    commande: Commande = ici.lignes[Commande]
    return commande


def ecrire(commande: Commande, nombre: int = 4, chaine: str = CHAINE) -> list[JournalCommande]:
    return [
        JournalCommande.objects.create(
            commande=commande, chaine=chaine, evenement=f"e{n}", donnees={"n": n, "é": "ç"}
        )
        for n in range(nombre)
    ]


def test_les_journaux_de_chaque_metier_sont_verifies() -> None:
    assert {j.__name__ for j in journaux()} >= {"JournalCommande", "JournalDemande"}


@pytest.mark.django_db
def test_chaque_ligne_couvre_la_precedente() -> None:
    ids = [ligne.pk for ligne in ecrire(une_commande())]
    lignes = list(JournalCommande.objects.filter(pk__in=ids).order_by("rang"))
    assert [ligne.pk for ligne in lignes] == ids
    assert [ligne.rang for ligne in lignes] == [1, 2, 3, 4]
    assert [ligne.precedente for ligne in lignes] == ["", *(ligne.empreinte for ligne in lignes[:-1])]
    assert len({ligne.empreinte for ligne in lignes}) == 4
    assert verifier() == []


@pytest.mark.django_db
@pytest.mark.parametrize(
    "geste",
    [
        lambda ligne: JournalCommande.objects.filter(pk=ligne.pk).update(evenement="autre"),
        lambda ligne: JournalCommande.objects.filter(pk=ligne.pk)._raw_delete("default"),
        lambda _: TeteChaine.objects.filter(chaine=CHAINE).update(rang=0),
        lambda _: TeteChaine.objects.filter(chaine=CHAINE)._raw_delete("default"),
        lambda _: TeteChaine.objects.create(chaine="autre", rang=3),
    ],
    ids=["modifier", "supprimer", "reculer la tête", "supprimer la tête", "inventer une tête"],
)
def test_le_journal_ne_s_ecrit_qu_en_ajout(geste: Callable[[JournalCommande], Any]) -> None:
    ligne = ecrire(une_commande(), 1)[0]
    with pytest.raises(IntegrityError), transaction.atomic():
        geste(ligne)


@pytest.mark.django_db
def test_le_rang_et_l_heure_viennent_de_la_base() -> None:
    commande = une_commande()
    ecrire(commande, 1)
    JournalCommande.objects.create(
        commande=commande, chaine=CHAINE, evenement="faux", rang=40, empreinte="x", precedente="y"
    )
    assert list(JournalCommande.objects.filter(chaine=CHAINE).values_list("rang", flat=True)) == [1, 2]
    assert verifier() == []


@pytest.mark.course
def test_deux_ecritures_simultanees_ne_fourchent_jamais(base_jetable: str) -> None:
    commande = une_commande()
    resultats = en_parallele(*(lambda: ecrire(commande, 10) for _ in range(6)))
    assert not [r for r in resultats if isinstance(r, Exception)]
    rangs = JournalCommande.objects.filter(chaine=CHAINE).order_by("rang").values_list("rang", flat=True)
    assert list(rangs) == list(range(1, 61))
    assert verifier() == []


@pytest.mark.django_db
def test_le_role_d_execution_ne_peut_pas_endormir_un_declencheur() -> None:
    with pytest.raises(DatabaseError, match=r"owner|denied"), transaction.atomic():
        connection.cursor().execute("ALTER TABLE commandes_journalcommande DISABLE TRIGGER USER")
