"""Sites, dated statuses, agréments, publication and addresses: what the database keeps true."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from hypothesis import given
from hypothesis import strategies as st

from ecoles.models import (
    Agrement,
    AncienSlug,
    Atelier,
    CoordonneesBancaires,
    Ecole,
    Gestionnaire,
    InscriptionListe,
    Label,
    Machine,
    MembreEquipe,
    Reconnaissance,
    Site,
)
from reseau.models import AffectationDreets
from tests.usines import EcoleUsine, MembreUsine, UtilisateurUsine

pytestmark = pytest.mark.django_db

JOUR = date(2026, 9, 1)
NOR = "MENE2612345A"


def label(ecole: Ecole, du: date, au: date | None = None, **valeurs: Any) -> Label:
    """Make a label, not stored."""
    return Label(ecole=ecole, du=du, au=au, **({"evaluee_le": du, "nb_criteres": 30} | valeurs))


def liste(ecole: Ecole, annee: int = 2026, **valeurs: Any) -> InscriptionListe:
    """Make a year on the list, not stored."""
    defauts = {"du": date(annee, 1, 1), "au": date(annee, 12, 31), "nor": NOR}
    return InscriptionListe(ecole=ecole, annee=annee, **(defauts | valeurs))


def _refuse(ligne: Any, phrase: str) -> None:
    """Refused on the form with its sentence, and by the database."""
    with pytest.raises(ValidationError, match=phrase):
        ligne.full_clean()
    with pytest.raises(IntegrityError), transaction.atomic():
        ligne.save()


def test_les_statuts_se_lisent_a_une_date() -> None:
    ecole = EcoleUsine()
    ancien = label(ecole, JOUR - timedelta(800), JOUR - timedelta(70))
    ancien.save()
    reconnue = Reconnaissance.objects.create(
        ecole=ecole, acte="Arrêté du 3 mai 2021", signee_le=JOUR, du=JOUR
    )
    inscrite = liste(ecole)
    inscrite.save()
    avant, pendant = ecole.statuts_le(JOUR - timedelta(100)), ecole.statuts_le(JOUR)
    assert (avant.label, avant.reconnaissance, avant.liste) == (ancien, None, inscrite)
    assert (pendant.label, pendant.reconnaissance, pendant.liste) == (None, reconnue, inscrite)


def test_le_premier_et_le_dernier_jour_comptent() -> None:
    ecole = EcoleUsine()
    ligne = label(ecole, JOUR, JOUR + timedelta(10))
    ligne.save()
    jours = [ecole.statuts_le(JOUR + timedelta(n)).label for n in (-1, 0, 10, 11)]
    assert jours == [None, ligne, ligne, None]
    assert [ligne.vaut_le(JOUR + timedelta(n)) for n in (-1, 0, 10, 11)] == [False, True, True, False]


def test_un_label_ne_chevauche_pas_l_autre() -> None:
    ecole = EcoleUsine()
    label(ecole, JOUR, JOUR + timedelta(10)).save()
    label(ecole, JOUR + timedelta(11), None).save()
    label(EcoleUsine(), JOUR).save()
    _refuse(label(ecole, JOUR - timedelta(5), JOUR), "déjà le label")
    _refuse(label(ecole, JOUR + timedelta(900)), "déjà le label")


def test_deux_reconnaissances_ne_se_chevauchent_pas() -> None:
    ecole = EcoleUsine()
    Reconnaissance.objects.create(ecole=ecole, acte="Arrêté 1", signee_le=JOUR, du=JOUR)
    _refuse(Reconnaissance(ecole=ecole, acte="Arrêté 2", signee_le=JOUR, du=JOUR), "déjà reconnue")


@pytest.mark.parametrize("valeurs", [{}, {"du": date(2027, 1, 1), "au": date(2027, 6, 1)}])
def test_une_annee_une_liste(valeurs: dict[str, Any]) -> None:
    ecole = EcoleUsine()
    liste(ecole).save()
    _refuse(liste(ecole, **valeurs), "déjà sur")


@given(
    st.dates(date(2020, 1, 1), date(2030, 1, 1)),
    st.integers(0, 400),
    st.dates(date(2020, 1, 1), date(2030, 1, 1)),
    st.integers(0, 400),
)
def test_la_base_et_python_comptent_les_memes_chevauchements(
    du: date, duree: int, autre_du: date, autre_duree: int
) -> None:
    """The range of the constraint, both ends included, is what ``vaut_le`` means."""
    un, deux = label(Ecole(), du, du + timedelta(duree)), label(Ecole(), autre_du)
    deux.au = autre_du + timedelta(autre_duree)
    ensemble = un.vaut_le(deux.du) or deux.vaut_le(un.du)
    with connection.cursor() as curseur:
        curseur.execute(
            "SELECT daterange(%s, %s, '[]') && daterange(%s, %s, '[]')", [un.du, un.au, deux.du, deux.au]
        )
        assert curseur.fetchone() == (ensemble,)


@pytest.mark.parametrize(
    ("valeurs", "phrase"),
    [
        ({"au": JOUR - timedelta(1)}, "ne peut pas précéder"),
        ({"nb_criteres": 35}, "34 critères"),
        ({"evaluee_le": JOUR + timedelta(1)}, "précède le label"),
    ],
)
def test_ce_qu_un_label_refuse(valeurs: dict[str, Any], phrase: str) -> None:
    au = valeurs.pop("au", None)
    _refuse(label(EcoleUsine(), JOUR, au, **valeurs), phrase)


def test_une_reconnaissance_a_son_acte() -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Reconnaissance.objects.create(ecole=EcoleUsine(), acte="", signee_le=JOUR, du=JOUR)


@pytest.mark.parametrize(
    "nor", ["MENE261234A", "MENE26123456", "MEN12612345A", "MENE2612345", "ménE2612345A"]
)
def test_un_nor_mal_ecrit_est_refuse(nor: str) -> None:
    ligne = liste(EcoleUsine(), nor=nor)
    _refuse(ligne, "Un NOR a quatre lettres")


def test_un_nor_se_tape_avec_des_espaces() -> None:
    ligne = liste(EcoleUsine(), nor=" mene 26 12345 a ")
    ligne.full_clean()
    assert ligne.nor == NOR


def agrement(**valeurs: Any) -> Agrement:
    """Make the agrément of a head, not stored."""
    membre = valeurs.pop("membre", None) or MembreUsine()
    defauts = {"utilisateur": membre.utilisateur, "ecole": membre.ecole, "du": JOUR, "numero": "2026-12"}
    return Agrement(**(defauts | {"fonction": "direction"} | valeurs))


def test_une_personne_a_un_agrement_par_fonction_et_par_metier() -> None:
    membre = MembreUsine()
    agrement(membre=membre).save()
    agrement(membre=membre, fonction="maitre", filiere_id="bois").save()
    agrement(membre=membre, fonction="maitre", filiere_id="industrie").save()
    agrement(membre=membre, ecole=EcoleUsine()).save()
    agrement(membre=membre, utilisateur=UtilisateurUsine()).save()
    _refuse(agrement(membre=membre, du=JOUR + timedelta(30)), "déjà cet agrément")
    _refuse(agrement(membre=membre, fonction="maitre", filiere_id="bois"), "déjà cet agrément")


@pytest.mark.parametrize(
    ("valeurs", "phrase"),
    [
        ({"au": JOUR - timedelta(1)}, "ne peut pas précéder"),
        ({"fonction": "maitre"}, "nomme son métier"),
        ({"filiere_id": "bois"}, "nomme son métier"),
    ],
)
def test_ce_qu_un_agrement_refuse(valeurs: dict[str, Any], phrase: str) -> None:
    ligne = agrement(**valeurs)
    with pytest.raises(ValidationError, match=phrase):
        ligne.full_clean()
    with pytest.raises(IntegrityError), transaction.atomic():
        ligne.save()


def test_un_agrement_a_un_numero_d_acte() -> None:
    with pytest.raises(ValidationError, match="Indiquez le numéro de l'acte"):
        agrement(numero="").validate_constraints()
    with pytest.raises(IntegrityError), transaction.atomic():
        agrement(numero="").save()


@pytest.mark.parametrize("classe", [MembreEquipe, CoordonneesBancaires, AffectationDreets])
def test_une_fin_avant_le_debut_est_dite_au_champ_de_la_fin(classe: Any) -> None:
    """The exclusion constraint alone would ask the database for an impossible range."""
    with pytest.raises(ValidationError) as refus:
        classe(du=JOUR, au=JOUR - timedelta(1)).full_clean()
    assert refus.value.message_dict["au"] == ["La fin ne peut pas précéder le début."]


def site(ecole: Ecole, nom: str = "Rue des Forges", **valeurs: Any) -> Site:
    """Make a site, not stored."""
    return Site(ecole=ecole, nom=nom, commune_id="42218", **valeurs)


def test_une_ecole_a_un_site_principal_au_plus() -> None:
    ecole = EcoleUsine()
    site(ecole, principal=True).save()
    site(ecole, "Annexe").save()
    site(EcoleUsine(), principal=True).save()
    _refuse(site(ecole, "Autre", principal=True), "déjà un site principal")


@pytest.mark.parametrize(
    ("valeurs", "phrase"),
    [
        ({"nom": "Rue des Forges"}, "site de ce nom"),
        ({"latitude": Decimal("45.4")}, "une latitude, une longitude et une précision"),
        ({"latitude": Decimal("45.4"), "longitude": Decimal("4.4")}, "une précision"),
        ({"precision": "rue"}, "une précision"),
        ({"latitude": Decimal(91), "longitude": Decimal(4), "precision": "rue"}, "de -90 à 90"),
        ({"latitude": Decimal(45), "longitude": Decimal(181), "precision": "rue"}, "-180 à 180"),
    ],
)
def test_ce_qu_un_site_refuse(valeurs: dict[str, Any], phrase: str) -> None:
    ecole = EcoleUsine()
    site(ecole).save()
    _refuse(site(ecole, **({"nom": "Annexe"} | valeurs)), phrase)


def test_un_atelier_et_une_machine_ont_leur_nom() -> None:
    lieu = site(EcoleUsine())
    lieu.save()
    atelier = Atelier.objects.create(site=lieu, nom="Usinage")
    tour = Machine.objects.create(atelier=atelier, designation="Tour", repere="T1")
    tour.travaux.set(["machines"])
    Machine.objects.create(atelier=atelier, designation="Établi")
    Machine.objects.create(atelier=atelier, designation="Établi")
    _refuse(Atelier(site=lieu, nom="Usinage"), "atelier de ce nom")
    _refuse(Machine(atelier=atelier, designation="Fraiseuse", repere="T1"), "ce repère")


def test_un_organisme_est_sans_but_lucratif_et_a_son_rna() -> None:
    Gestionnaire.objects.create(nom="Association A", rna="W421000123")
    _refuse(Gestionnaire(nom="Société B", but_non_lucratif=False), "à but non lucratif")
    _refuse(Gestionnaire(nom="Association C", rna="W421000123"), "déjà ce numéro RNA")


@pytest.mark.parametrize(
    ("valeurs", "phrase"),
    [
        ({"publication": "suspendue"}, "suspendue dit pourquoi"),
        ({"motif_suspension": "Travaux"}, "suspendue dit pourquoi"),
        ({"publication": "fermee"}, "date de fermeture"),
        ({"fermee_le": JOUR}, "date de fermeture"),
    ],
)
def test_une_page_suspendue_ou_fermee_le_dit(valeurs: dict[str, Any], phrase: str) -> None:
    ecole = EcoleUsine()
    for champ, valeur in valeurs.items():
        setattr(ecole, champ, valeur)
    with pytest.raises(ValidationError, match=phrase):
        ecole.validate_constraints()
    with pytest.raises(IntegrityError), transaction.atomic():
        ecole.save()


def test_une_adresse_qui_change_est_gardee_par_la_base() -> None:
    ecole = EcoleUsine(slug="forge")
    Ecole.objects.filter(pk=ecole.pk).update(slug="forge-du-pont")
    Ecole.objects.filter(pk=ecole.pk).update(slug="forge-du-quai")
    assert set(AncienSlug.objects.values_list("slug", "ecole")) == {
        ("forge", ecole.pk), ("forge-du-pont", ecole.pk),
    }  # fmt: skip
    Ecole.objects.filter(pk=ecole.pk).update(slug="forge")
    assert set(AncienSlug.objects.values_list("slug", flat=True)) == {"forge-du-pont", "forge-du-quai"}


def test_une_ancienne_adresse_n_est_jamais_celle_d_une_autre_ecole() -> None:
    ecole = EcoleUsine(slug="forge")
    Ecole.objects.filter(pk=ecole.pk).update(slug="forge-du-pont")
    autre = EcoleUsine(slug="scierie")
    for geste in (
        lambda: EcoleUsine(slug="forge"),
        lambda: Ecole.objects.filter(pk=autre.pk).update(slug="forge"),
        lambda: AncienSlug.objects.create(slug="scierie", ecole=ecole),
        lambda: AncienSlug.objects.update(ecole=autre),
    ):
        with pytest.raises(IntegrityError, match="déjà été celle d'une autre école"), transaction.atomic():
            geste()
