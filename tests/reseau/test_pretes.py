"""Queries written once: the values change at each reading, the SQL does not."""

from __future__ import annotations

from collections import namedtuple
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

import pytest
import time_machine
from django.contrib.auth import get_user
from django.contrib.postgres.fields import ArrayField
from django.db.models import CharField, F, IntegerField
from django.test import RequestFactory

from ecoles.models import MembreEquipe
from financements import tableau
from financements.models import Demande, Enveloppe
from reseau.models import AffectationNationale, Region, Utilisateur
from reseau.nombres import aujourdhui, maintenant
from reseau.portail.accueil_pro import a_traiter
from reseau.portail.droits import Droits, roles_de
from reseau.roles import Role
from reseau.socle.pretes import Parametre, Parmi, Prete, PreteParPersonne
from tests.monde import Cote, compte, poser_le_monde

if TYPE_CHECKING:
    from django.test import Client
    from pytest_django import DjangoAssertNumQueries

Monde = tuple[Cote, Cote, dict[Role, Utilisateur]]


@pytest.fixture
def monde(db: None) -> Monde:
    return poser_le_monde()


def _tous(monde: Monde) -> list[Utilisateur]:
    ici, la_bas, nationaux = monde
    return [*ici.personnes.values(), *la_bas.personnes.values(), *nationaux.values()]


def _par_nom() -> Prete:
    return Prete(
        lambda: Region.objects.filter(nom=Parametre("nom", CharField())).values_list("code", "nom")[:2]
    )


@pytest.mark.django_db
def test_chaque_lecture_a_ses_valeurs(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    prete = _par_nom()
    with django_assert_num_queries(2):
        assert prete.lire(nom="Bretagne") == [("53", "Bretagne")]
        assert prete.lire(nom="Corse") == [("94", "Corse")]
    assert prete.lire(nom="' OR 1=1 --") == []


@pytest.mark.django_db
def test_le_sql_n_est_ecrit_qu_une_fois() -> None:
    ecrites = []

    def ecrire() -> object:
        ecrites.append(1)
        return Region.objects.filter(nom=Parametre("nom", CharField())).values_list("code")

    prete = Prete(ecrire)  # type: ignore[arg-type]
    prete.lire(nom="Corse")
    prete.lire(nom="Bretagne")
    assert len(ecrites) == 1


@pytest.mark.django_db
def test_une_valeur_qui_manque_n_interroge_rien(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    with django_assert_num_queries(0), pytest.raises(KeyError):
        _par_nom().lire()


@pytest.mark.django_db
@pytest.mark.parametrize("codes", [[], ["53"], ["94", "53", "XX"]])
def test_parmi_prend_un_nombre_quelconque_de_valeurs(codes: list[str]) -> None:
    parmi = Parmi(F("code"), Parametre("codes", ArrayField(CharField())))
    prete = Prete(lambda: Region.objects.filter(parmi).order_by("code").values_list("code"))
    assert prete.lire(codes=codes) == [(code,) for code in sorted(codes) if code != "XX"]


@pytest.mark.django_db
def test_un_parametre_sert_plusieurs_fois() -> None:
    seuil = Parametre("seuil", IntegerField())
    prete = Prete(
        lambda: Enveloppe.objects.filter(exercice__gte=seuil, exercice__lte=seuil).values_list("exercice")
    )
    assert prete.lire(seuil=2020) == []


def test_une_page_privee_lit_le_compte_et_ses_roles_d_un_coup(
    client: Client, monde: Monde, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    qui = monde[0].personnes[Role.INSTRUCTEUR]
    client.force_login(qui)
    requete = RequestFactory().get("/")
    requete.session = client.session
    requete.session.get("lue")
    with django_assert_num_queries(1):
        lu = get_user(requete)
        assert roles_de(lu) == {Role.INSTRUCTEUR}  # type: ignore[arg-type]
    assert vars(lu)["password"] == qui.password
    champs = [champ.attname for champ in qui._meta.concrete_fields]
    qui.refresh_from_db()
    assert {nom: getattr(lu, nom) for nom in champs} == {nom: getattr(qui, nom) for nom in champs}
    assert lu._state.db == qui._state.db
    assert not lu._state.adding


def test_un_compte_ferme_n_est_plus_personne(monde: Monde) -> None:
    qui = monde[0].personnes[Role.INSTRUCTEUR]
    assert Droits().get_user(qui.pk) == qui
    qui.is_active = False
    qui.save()
    assert Droits().get_user(qui.pk) is None
    assert Droits().get_user(UUID(int=0)) is None


def test_le_reste_de_l_enveloppe_ne_se_dit_que_dans_sa_region(monde: Monde) -> None:
    """The sentence above the list, written once, has the territory of ``visibles_par``."""
    ici = monde[0]
    for qui in _tous(monde):
        siennes = Enveloppe.objects.visibles_par(qui).filter(exercice=aujourdhui().year)
        attendus = sorted(set(siennes.values_list("service__nom", flat=True)))
        assert [constat.service for constat in tableau.constats(qui)] == attendus, "row by row"
        roles_de(qui)
        assert [constat.service for constat in tableau.constats(qui)] == attendus, "written once"
    assert tableau.constats(ici.personnes[Role.INSTRUCTEUR])


def test_ce_que_les_roles_excluent_ne_s_interroge_pas(monde: Monde) -> None:
    """What is known of a person only takes territories away: the rows are the same."""
    ici = monde[0]
    for qui in _tous(monde):
        attendues = set(Demande.objects.visibles_par(qui).values_list("pk", flat=True))
        roles_de(qui)
        sachant = Demande.objects.visibles_par(qui)
        assert set(sachant.values_list("pk", flat=True)) == attendues
    officier = str(Demande.objects.visibles_par(ici.personnes[Role.INSTRUCTEUR]).query)
    assert "membreequipe" not in officier
    assert "affectationdreets" in officier
    ecole = str(Demande.objects.visibles_par(ici.personnes[Role.DIRECTION]).query)
    assert "membreequipe" in ecole
    assert "affectationdreets" not in ecole


def test_une_requete_s_ecrit_une_fois_par_jour_et_par_jeu_de_roles(monde: Monde) -> None:
    ici, la_bas, _ = monde
    ecrites = []

    def ecrire(personne: Utilisateur) -> Any:
        ecrites.append(aujourdhui())
        return Demande.objects.visibles_par(personne).values_list("pk", "ecole__nom")

    prete = PreteParPersonne(ecrire)
    for cote in (ici, la_bas, ici):
        qui = cote.personnes[Role.INSTRUCTEUR]
        roles_de(qui)
        assert [lue.ecole__nom for lue in prete.lire(qui)] == [f"Atelier de {cote.nom}"]
    assert len(ecrites) == 1
    direction = ici.personnes[Role.DIRECTION]
    roles_de(direction)
    assert prete.lire(direction)
    assert len(ecrites) == 2
    with time_machine.travel(maintenant() + timedelta(days=1), tick=False):
        assert prete.lire(ici.personnes[Role.INSTRUCTEUR])
    assert ecrites[2] == ecrites[0] + timedelta(days=1)


def test_un_compte_ferme_ne_lit_plus_rien(monde: Monde) -> None:
    """Even in the process that had read its roles."""
    qui = monde[0].personnes[Role.INSTRUCTEUR]
    roles_de(qui)
    assert tableau.constats(qui)
    qui.is_active = False
    assert tableau.constats(qui) == []


def test_des_roles_qui_n_ouvrent_rien_n_interrogent_rien(
    monde: Monde, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    maitre = monde[0].personnes[Role.MAITRE]
    roles_de(maitre)
    prete = PreteParPersonne(lambda personne: Enveloppe.objects.visibles_par(personne).values_list("pk"))
    assert prete.lire(maitre) == []
    with django_assert_num_queries(0):
        assert prete.lire(maitre) == []


def test_une_fonction_finie_ne_lit_plus_rien(monde: Monde) -> None:
    """The territory is asked of the tables at each reading: what was written once does not keep it."""
    qui = monde[0].personnes[Role.INSTRUCTEUR]
    roles_de(qui)
    prete = PreteParPersonne(lambda personne: Demande.objects.visibles_par(personne).values_list("pk"))
    assert prete.lire(qui)
    qui.affectations.update(au=aujourdhui() - timedelta(days=1))
    assert prete.lire(qui) == []


def _cumuls(monde: Monde) -> list[Utilisateur]:
    """One of a school and of a region, one of two regions, one of a region and of the country."""
    ici, la_bas, _ = monde
    ecole, deux, pays = compte("ecole-et-region"), compte("deux-regions"), compte("region-et-pays")
    MembreEquipe.objects.create(
        utilisateur=ecole, ecole=la_bas.ecole, fonction=Role.DIRECTION, du=date(2020, 1, 1)
    )
    AffectationNationale.objects.create(utilisateur=pays, role=Role.LECTEUR_NATIONAL, du=date(2020, 1, 1))
    for qui, cote in ((ecole, ici), (deux, ici), (deux, la_bas), (pays, ici)):
        qui.affectations.create(service_id=cote.region, role=Role.INSTRUCTEUR, du=date(2020, 1, 1))
    return [ecole, deux, pays]


@pytest.mark.parametrize("execution", [False, True])
def test_l_accueil_de_chacun_est_celui_qu_on_lirait_ligne_a_ligne(
    db: None, execution: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each role's home, written once and asked by each person, shows what the ORM would show to her."""
    monde = poser_le_monde(execution=execution)
    tous = _tous(monde)
    racine = Utilisateur.objects.create_superuser("racine@demo.invalid", "motdepasse")
    tous += _cumuls(monde)
    lus = {qui.courriel: a_traiter(qui) for qui in [*tous, racine]}

    def lire(prete: PreteParPersonne, utilisateur: Utilisateur) -> list[Any]:
        # Read anew: nothing that is known of her roles narrows what the ORM asks.
        ensemble: Any = prete.ecrire(Utilisateur.objects.get(pk=utilisateur.pk))
        classe = namedtuple("Lue", ensemble.query.selected)  # noqa: PYI024
        return [classe(*ligne) for ligne in ensemble]

    monkeypatch.setattr(PreteParPersonne, "lire", lire)
    for qui in [*tous, racine]:
        assert a_traiter(qui) == lus[qui.courriel], qui
    assert sum(bool(rubrique.lignes) for rubriques in lus.values() for rubrique in rubriques) > 20
