"""Parcours, offers and groups: one test for each thing that the database refuses."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction

from ecoles.models import (
    BlocCompetences,
    Competence,
    EtapeParcours,
    Groupe,
    MaitreDeGroupe,
    Offre,
    Parcours,
    Titre,
)
from ecoles.regles_parcours import Etape, refus_de_parcours
from reseau.nombres import aujourdhui
from tests.usines import EcoleUsine, MembreUsine, OffreUsine

pytestmark = pytest.mark.django_db

METALLIER, METALLERIE, MENUISIER = "50025439", "40025406", "50023447"


def parcours(*etapes: tuple[str, int], code: str = "metallerie", **valeurs: Any) -> Parcours:
    """Create a parcours of these (title, months); its months and level follow unless given."""
    titres = Titre.objects.in_bulk([titre for titre, _ in etapes])
    defauts = {
        "nom": "CAP Métallier puis bac pro",
        "duree_mois": sum(mois for _, mois in etapes),
        "niveau_vise": titres[etapes[-1][0]].niveau,
    }
    cree = Parcours.objects.create(code=code, **(defauts | valeurs))
    EtapeParcours.objects.bulk_create(
        EtapeParcours(parcours=cree, rang=rang, titre_id=titre, mois=mois)
        for rang, (titre, mois) in enumerate(etapes, 1)
    )
    return cree


def _fin_de_transaction() -> None:
    with connection.cursor() as curseur:
        curseur.execute("SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED")


def test_un_parcours_mene_au_bac_pro_en_36_mois_si_l_on_ne_dit_rien() -> None:
    nouveau = Parcours(code="x", nom="X")
    assert (nouveau.niveau_vise, nouveau.duree_mois) == (4, 36)


def test_cap_en_deux_ans_puis_bac_pro_en_un_an() -> None:
    cree = parcours((METALLIER, 24), (METALLERIE, 12))
    _fin_de_transaction()
    assert [(e.rang, e.titre_id, e.mois) for e in cree.etapes.all()] == [
        (1, METALLIER, 24), (2, METALLERIE, 12),
    ]  # fmt: skip


def test_un_diplome_seul_est_un_parcours_des_qu_il_existe() -> None:
    Titre.objects.create(
        code_cfd="50099999", intitule="Tourneur", type="CAP", niveau=3, filiere_id="industrie", duree_mois=24
    )
    seul = Parcours.objects.get(pk="50099999")
    assert (seul.nom, seul.niveau_vise, seul.duree_mois) == ("CAP Tourneur", 3, 24)
    assert [(e.rang, e.titre_id, e.mois) for e in seul.etapes.all()] == [(1, "50099999", 24)]
    assert Parcours.objects.count() == Titre.objects.count()


@pytest.mark.parametrize(
    ("etapes", "valeurs", "refus"),
    [
        (((METALLERIE, 12), (METALLIER, 24)), {}, "Le CAP vient avant le bac pro"),
        (((METALLIER, 24), (METALLERIE, 12)), {"niveau_vise": 3}, "donne le diplôme visé"),
        (((METALLIER, 24), (METALLERIE, 12)), {"duree_mois": 35}, "la somme de celles de ses étapes"),
    ],
)
def test_les_etapes_font_le_parcours(etapes: Any, valeurs: dict[str, int], refus: str) -> None:
    with pytest.raises(IntegrityError, match=refus), transaction.atomic():
        parcours(*etapes, **valeurs)
        _fin_de_transaction()
    niveaux = {METALLIER: 3, METALLERIE: 4}
    suite = [Etape(rang, niveaux[titre], mois) for rang, (titre, mois) in enumerate(etapes, 1)]
    vise = valeurs.get("niveau_vise", niveaux[etapes[-1][0]])
    assert refus in " ".join(refus_de_parcours(vise, valeurs.get("duree_mois", 36), suite))


def test_les_rangs_se_suivent() -> None:
    cree = parcours((METALLIER, 24), (METALLERIE, 12))
    with pytest.raises(IntegrityError, match="Les étapes se suivent"), transaction.atomic():
        cree.etapes.filter(rang=2).update(rang=3)
        _fin_de_transaction()


def test_un_parcours_garde_une_etape() -> None:
    cree = parcours((METALLIER, 24))
    with pytest.raises(IntegrityError, match="au moins une étape"), transaction.atomic():
        cree.etapes.all().delete()
        _fin_de_transaction()


def test_un_parcours_ne_change_pas_sans_ses_etapes() -> None:
    cree = parcours((METALLIER, 24), (METALLERIE, 12))
    _fin_de_transaction()
    with pytest.raises(IntegrityError, match="somme"), transaction.atomic():
        Parcours.objects.filter(pk=cree.pk).update(duree_mois=48)
        _fin_de_transaction()


def test_un_parcours_se_retire_avec_ses_etapes() -> None:
    parcours((METALLIER, 24)).delete()
    _fin_de_transaction()


@pytest.mark.parametrize(
    ("champ", "valeur"), [("rang", 1), ("titre_id", METALLIER), ("mois", 0), ("rang", 0)]
)
def test_deux_etapes_different_et_durent(champ: str, valeur: Any) -> None:
    cree = parcours((METALLIER, 24), (METALLERIE, 12))
    with pytest.raises(IntegrityError), transaction.atomic():
        cree.etapes.filter(rang=2).update(**{champ: valeur})
        _fin_de_transaction()


@pytest.mark.parametrize(("champ", "valeur"), [("niveau_vise", 5), ("duree_mois", 0)])
def test_un_parcours_a_un_niveau_et_une_duree(champ: str, valeur: int) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Parcours.objects.create(code="x", nom="X", **{champ: valeur})


def test_une_ecole_ne_propose_qu_un_parcours_qui_a_des_etapes() -> None:
    Parcours.objects.create(code="vide", nom="Vide")
    with pytest.raises(IntegrityError, match="pas encore d'étape"), transaction.atomic():
        OffreUsine(parcours_id="vide")


def test_une_ecole_propose_une_fois_le_meme_parcours() -> None:
    offre = OffreUsine()
    with pytest.raises(IntegrityError), transaction.atomic():
        OffreUsine(ecole=offre.ecole)


@pytest.mark.parametrize(
    ("valeurs", "refus"),
    [
        ({"places": 3}, "à quelle date"),
        ({"places": 13, "capacite": 12, "places_le": date(2026, 10, 1)}, "plus de places que la capacité"),
        ({"mois_entree": [9, 13]}, "janvier à décembre"),
        ({"mois_entree": [0]}, "janvier à décembre"),
    ],
)
def test_ce_qu_une_offre_refuse(valeurs: dict[str, Any], refus: str) -> None:
    offre = Offre(ecole=EcoleUsine(), parcours_id=METALLIER, **valeurs)
    with pytest.raises(ValidationError, match=refus):
        offre.validate_constraints()
    with pytest.raises(IntegrityError), transaction.atomic():
        offre.save()


def test_une_offre_dit_ses_mois_d_entree() -> None:
    offre = OffreUsine(mois_entree=[9, 1])
    offre.full_clean()
    assert Offre.objects.get().mois_entree == [9, 1]


def groupe(**valeurs: Any) -> Groupe:
    """Make a group, not stored yet, of the metal workers of a school."""
    offre = valeurs.pop("offre", None) or OffreUsine()
    etape = valeurs.pop("etape", None) or offre.parcours.etapes.get()
    return Groupe(offre=offre, etape=etape, annee=2026, nom="Première année", **valeurs)


@pytest.mark.parametrize(
    ("valeurs", "refus"),
    [
        ({"nb_jeunes": 15}, "14 jeunes au plus"),
        ({"nb_jeunes": 4, "nb_debutants": 5}, "plus de débutants que de jeunes"),
    ],
)
def test_ce_qu_un_groupe_refuse(valeurs: dict[str, int], refus: str) -> None:
    nouveau = groupe(**valeurs)
    with pytest.raises(ValidationError, match=refus):
        nouveau.validate_constraints()
    with pytest.raises(IntegrityError), transaction.atomic():
        nouveau.save()


def test_quinze_jeunes_avec_leur_raison() -> None:
    groupe(nb_jeunes=14).save()
    autre = groupe(nb_jeunes=15, motif_exception="Un jeune arrivé d'une école fermée.")
    autre.save()


def test_un_groupe_a_une_annee_de_quatre_chiffres() -> None:
    nouveau = groupe()
    nouveau.annee = 26
    with pytest.raises(IntegrityError), transaction.atomic():
        nouveau.save()


def test_un_groupe_suit_une_etape_de_son_parcours() -> None:
    ailleurs = Parcours.objects.get(pk=MENUISIER).etapes.get()
    with pytest.raises(IntegrityError, match="n'est pas du parcours"), transaction.atomic():
        groupe(etape=ailleurs).save()


def test_le_parcours_d_une_offre_ne_change_plus_quand_un_groupe_le_suit() -> None:
    nouveau = groupe()
    nouveau.save()
    with pytest.raises(IntegrityError, match="ne change plus"), transaction.atomic():
        Offre.objects.update(parcours_id=MENUISIER)
    nouveau.delete()
    Offre.objects.update(parcours_id=MENUISIER)


def test_le_maitre_d_un_groupe_est_de_l_ecole() -> None:
    nouveau = groupe()
    nouveau.save()
    nouveau.maitres.add(MembreUsine(ecole=nouveau.offre.ecole))
    with pytest.raises(IntegrityError, match="n'est pas de l'équipe"), transaction.atomic():
        nouveau.maitres.add(MembreUsine())
    assert MaitreDeGroupe.objects.count() == 1


def test_un_diplome_s_ouvre_et_se_ferme() -> None:
    jour = aujourdhui()
    titre = Titre(ouvre_le=jour, ferme_le=jour)
    assert [titre.ouvert_le(jour + timedelta(n)) for n in (-1, 0, 1)] == [False, True, False]
    assert Titre().ouvert_le(jour)


@pytest.mark.parametrize(
    "valeurs",
    [
        {"ouvre_le": date(2026, 9, 1), "ferme_le": date(2026, 8, 31)},
        {"remplace_par_id": MENUISIER},
        {"remplace_par_id": METALLIER, "ferme_le": date(2027, 8, 31)},
    ],
)
def test_les_dates_d_un_diplome_se_tiennent(valeurs: dict[str, Any]) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Titre.objects.filter(pk=METALLIER).update(**valeurs)


def test_les_competences_d_un_bloc_ont_chacune_leur_rang() -> None:
    bloc = BlocCompetences.objects.create(titre_id=METALLIER, code="BC90", intitule="Usiner", fictif=True)
    Competence.objects.create(bloc=bloc, rang=1, intitule="Régler le tour")
    with pytest.raises(IntegrityError), transaction.atomic():
        Competence.objects.create(bloc=bloc, rang=1, intitule="Contrôler")
