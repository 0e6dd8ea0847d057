"""Who may be enrolled, when and in what; what the page says, the database refuses too."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from hypothesis import assume, given
from hypothesis import strategies as st

from ecoles.models import Apprenant, Inscription, Offre, RepresentantLegal, Titre
from ecoles.regles import age_le
from ecoles.regles_inscription import (
    AGE_A_MOTIVER,
    SANS_REPRESENTANT,
    TITRE_FERME,
    TITRE_NON_PROPOSE,
    TROP_JEUNE,
    demande_un_representant,
    refus_d_entree,
)
from reseau.champs import uuid7
from reseau.nombres import aujourdhui
from tests.usines import (
    CAP_METALLIER,
    ApprenantUsine,
    EcoleUsine,
    InscriptionUsine,
    OffreUsine,
    RepresentantUsine,
    il_y_a,
    ne_il_y_a,
)

if TYPE_CHECKING:
    from ecoles.models import Ecole

pytestmark = pytest.mark.django_db
NAISSANCES = st.dates(date(1990, 1, 1), date(2020, 12, 31))


@pytest.fixture
def ecole() -> Ecole:
    ecole = EcoleUsine()
    OffreUsine(ecole=ecole)
    return ecole


def jeune(ecole: Ecole, ne_le: date, *, represente: bool = True) -> Apprenant:
    apprenant = ApprenantUsine(ecole=ecole, ne_le=ne_le, inscription=False)
    if represente:
        RepresentantUsine(apprenant=apprenant)
    return apprenant


def inscrire(apprenant: Apprenant, du: date | None = None, **autres: str) -> Inscription:
    return Inscription(
        apprenant=apprenant, **({"titre_id": CAP_METALLIER, "du": du or aujourdhui()} | autres)
    )  # type: ignore[arg-type]


def les_deux_refusent(inscription: Inscription, phrase: str) -> None:
    """The form and the database say the same sentence."""
    with pytest.raises(ValidationError) as refus:
        inscription.full_clean()
    assert any(phrase in m for m in refus.value.messages)
    with pytest.raises(IntegrityError, match=phrase[:40]), transaction.atomic():
        inscription.save(force_insert=True)
        verifier()


def les_deux_acceptent(inscription: Inscription) -> None:
    inscription.full_clean()
    with transaction.atomic():
        inscription.save(force_insert=True)
        verifier()


def verifier() -> None:
    """What the database looks at when all is written."""
    with connection.cursor() as curseur:
        curseur.execute("SET CONSTRAINTS ALL IMMEDIATE")
        curseur.execute("SET CONSTRAINTS ALL DEFERRED")


# --- The age of the entry


@given(NAISSANCES, st.integers(0, 40), st.booleans())
def test_l_age_compte_le_jour_de_l_entree_pas_la_veille(ne_le: date, annees: int, motive: bool) -> None:
    assume((ne_le.month, ne_le.day) != (2, 29))
    anniversaire = ne_le.replace(year=ne_le.year + annees)
    attendu = [TROP_JEUNE] if annees < 14 else []
    if annees == 14 or annees > 18:
        attendu = [] if motive else [AGE_A_MOTIVER]
    assert refus_d_entree(ne_le, anniversaire, "Vient de loin." if motive else " ") == attendu
    veille = anniversaire - timedelta(1)
    assert (refus_d_entree(ne_le, veille, "") == []) is (15 <= annees - 1 <= 18)


@pytest.mark.parametrize(("jour", "age"), [(date(2022, 2, 28), 13), (date(2022, 3, 1), 14)])
def test_ne_un_29_fevrier_on_a_14_ans_le_1er_mars(jour: date, age: int) -> None:
    ne_le = date(2008, 2, 29)
    assert age_le(ne_le, jour) == age
    assert refus_d_entree(ne_le, jour, "") == [TROP_JEUNE if age < 14 else AGE_A_MOTIVER]


@pytest.mark.parametrize("annees", [15, 16, 17, 18])
def test_de_15_a_18_ans_l_entree_ne_demande_rien(ecole: Ecole, annees: int) -> None:
    les_deux_acceptent(inscrire(jeune(ecole, ne_il_y_a(annees))))


def test_avant_14_ans_l_entree_est_refusee_meme_avec_une_raison(ecole: Ecole) -> None:
    les_deux_refusent(inscrire(jeune(ecole, ne_il_y_a(13)), motif_age="Très mûr."), TROP_JEUNE)


@pytest.mark.parametrize("annees", [14, 19, 26])
def test_a_14_ans_ou_apres_18_l_entree_a_une_raison_ecrite(ecole: Ecole, annees: int) -> None:
    apprenant = jeune(ecole, ne_il_y_a(annees))
    les_deux_refusent(inscrire(apprenant), AGE_A_MOTIVER)
    les_deux_refusent(inscrire(apprenant, motif_age="   "), AGE_A_MOTIVER)
    les_deux_acceptent(inscrire(apprenant, motif_age="Reprise après une année de soins."))


def test_l_age_de_maintenant_n_a_pas_de_limite_et_la_suite_ne_demande_rien(ecole: Ecole) -> None:
    apprenant = jeune(ecole, il_y_a(365 * 20 + 5))
    les_deux_acceptent(inscrire(apprenant, il_y_a(800), au=il_y_a(10), motif_sortie="suite"))  # type: ignore[arg-type]
    les_deux_acceptent(inscrire(apprenant, il_y_a(9)))


def test_une_naissance_corrigee_garde_une_entree_possible(ecole: Ecole) -> None:
    apprenant = ApprenantUsine(ecole=ecole)
    for ne_le, phrase in ((ne_il_y_a(12), "14 ans au moins"), (ne_il_y_a(25), "exception")):
        with pytest.raises(IntegrityError, match=phrase), transaction.atomic():
            Apprenant.objects.filter(pk=apprenant.pk).update(ne_le=ne_le)
    Apprenant.objects.filter(pk=apprenant.pk).update(ne_le=ne_il_y_a(17))


# --- Legal representatives


def test_un_mineur_inscrit_a_un_representant(ecole: Ecole) -> None:
    apprenant = jeune(ecole, ne_il_y_a(16), represente=False)
    with pytest.raises(IntegrityError, match="représentant légal"), transaction.atomic():
        inscrire(apprenant).save(force_insert=True)
        verifier()
    with transaction.atomic():  # in any order: it is looked at when all is written
        inscrire(apprenant).save(force_insert=True)
        RepresentantUsine(apprenant=apprenant)
        verifier()


def test_le_dernier_representant_d_un_mineur_ne_s_enleve_pas(ecole: Ecole) -> None:
    apprenant = ApprenantUsine(ecole=ecole)
    with pytest.raises(IntegrityError, match="représentant légal"), transaction.atomic():
        RepresentantLegal.objects.filter(apprenant=apprenant).delete()
        verifier()
    RepresentantUsine(apprenant=apprenant, lien="pere")
    RepresentantLegal.objects.filter(apprenant=apprenant, lien="mere").delete()
    verifier()
    with pytest.raises(IntegrityError, match="représentant légal"), transaction.atomic():
        RepresentantLegal.objects.filter(apprenant=apprenant).update(apprenant=ApprenantUsine(ecole=ecole))
        verifier()


def test_un_adulte_et_un_ancien_s_en_passent(ecole: Ecole) -> None:
    adulte = jeune(ecole, ne_il_y_a(18), represente=False)
    les_deux_acceptent(inscrire(adulte))
    ancien = jeune(ecole, ne_il_y_a(17), represente=False)
    les_deux_acceptent(inscrire(ancien, il_y_a(300), au=il_y_a(1), motif_sortie="abandon"))  # type: ignore[arg-type]


def test_une_naissance_qui_rend_mineur_demande_un_representant(ecole: Ecole) -> None:
    adulte = jeune(ecole, ne_il_y_a(18), represente=False)
    inscrire(adulte).save(force_insert=True)
    with pytest.raises(IntegrityError, match="représentant légal"), transaction.atomic():
        Apprenant.objects.filter(pk=adulte.pk).update(ne_le=ne_il_y_a(17))
        verifier()


@given(NAISSANCES, st.dates(date(2005, 1, 1), date(2045, 1, 1)))
def test_on_repond_d_un_jeune_jusqu_a_la_veille_de_ses_18_ans(ne_le: date, jour: date) -> None:
    assert demande_un_representant(ne_le, jour) is (age_le(ne_le, jour) < 18)


def test_un_representant_se_joint(ecole: Ecole) -> None:
    apprenant = ApprenantUsine(ecole=ecole)
    with pytest.raises(IntegrityError, match="representant_joignable"), transaction.atomic():
        RepresentantUsine(apprenant=apprenant, telephone="")
    RepresentantUsine(apprenant=apprenant, telephone="", courriel="mere@famille.invalid")
    assert SANS_REPRESENTANT.startswith("Un mineur")


# --- The title


def test_un_diplome_ferme_ne_recoit_plus_personne(ecole: Ecole) -> None:
    apprenant = jeune(ecole, ne_il_y_a(16))
    titres = Titre.objects.filter(pk=CAP_METALLIER)
    titres.update(ferme_le=il_y_a(1))
    les_deux_refusent(inscrire(apprenant), TITRE_FERME)
    titres.update(ferme_le=aujourdhui())
    les_deux_acceptent(inscrire(apprenant))


def test_un_diplome_que_l_ecole_ne_propose_pas(ecole: Ecole) -> None:
    autre = Titre.objects.exclude(pk=CAP_METALLIER).filter(ferme_le=None).order_by("pk")[0]
    OffreUsine(ecole=EcoleUsine(), parcours_id=autre.pk)
    les_deux_refusent(inscrire(jeune(ecole, ne_il_y_a(16)), titre_id=autre.pk), TITRE_NON_PROPOSE)


def test_une_offre_retiree_n_arrete_pas_ceux_qui_y_sont(ecole: Ecole) -> None:
    inscription = InscriptionUsine(apprenant=jeune(ecole, ne_il_y_a(16)))
    Offre.objects.filter(ecole=ecole).delete()
    inscription.refresh_from_db()
    inscription.au, inscription.motif_sortie = aujourdhui(), "diplome"
    inscription.full_clean()
    inscription.save()


# --- One at a time, one school


def test_une_seule_inscription_a_la_fois(ecole: Ecole) -> None:
    apprenant = ApprenantUsine(ecole=ecole)
    with pytest.raises(IntegrityError, match="inscription_une_seule"), transaction.atomic():
        inscrire(apprenant, il_y_a(3)).save(force_insert=True)


def test_la_meme_personne_dans_deux_ecoles_n_est_inscrite_qu_une_fois(ecole: Ecole) -> None:
    ici = ApprenantUsine(ecole=ecole)
    la_bas = Apprenant.objects.create(
        ecole=EcoleUsine(), prenom="Malo", nom="B", ne_le=ici.ne_le, personne=ici.pk
    )
    RepresentantUsine(apprenant=la_bas)
    with pytest.raises(IntegrityError, match="inscription_une_personne"), transaction.atomic():
        InscriptionUsine(apprenant=la_bas, du=aujourdhui())
    Inscription.objects.filter(apprenant=ici).update(au=il_y_a(1), motif_sortie="transfert")
    InscriptionUsine(apprenant=la_bas, du=aujourdhui())


def test_un_jeune_ne_change_ni_d_ecole_ni_de_personne(ecole: Ecole) -> None:
    apprenant = ApprenantUsine(ecole=ecole)
    assert Apprenant.objects.get(pk=apprenant.pk).personne == apprenant.pk
    for changement in ({"ecole": EcoleUsine()}, {"personne": uuid7()}, {"personne": None}):
        with pytest.raises(IntegrityError, match="reste à son école"), transaction.atomic():
            Apprenant.objects.filter(pk=apprenant.pk).update(**changement)
