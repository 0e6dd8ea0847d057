"""Rows for the tests of schools and orders. People and firms are invented; addresses end in .invalid.

Reference data (trades, titles, works, communes) come from the test database's template.
"""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import factory
from factory.django import DjangoModelFactory

from commandes.models import Client, Commande, LigneCommande, Pointage
from commandes.naissance import naitre
from ecoles.models import (
    Apprenant,
    AvisAptitude,
    BlocCompetences,
    DeclarationDerogation,
    Ecole,
    Encadrement,
    FormationSecurite,
    Inscription,
    MembreEquipe,
    Offre,
    RepresentantLegal,
)
from reseau.models import Utilisateur
from reseau.nombres import aujourdhui
from reseau.socle.etats import Contexte

if TYPE_CHECKING:
    from collections.abc import Iterable

SAINT_ETIENNE, CAP_METALLIER, TOUR = "42218", "50025439", "machines"


def il_y_a(jours: int) -> date:
    """The day that was so many days ago."""
    return aujourdhui() - timedelta(days=jours)


def ne_il_y_a(annees: int) -> date:
    """A birth day thirty days past that birthday."""
    jour = il_y_a(30)
    return jour.replace(year=jour.year - annees, day=min(jour.day, 28))


class UtilisateurUsine(DjangoModelFactory[Utilisateur]):
    """An account."""

    class Meta:
        model = Utilisateur

    courriel = factory.Sequence(lambda n: f"personne{n}@ecole.invalid")
    prenom = "Marc"
    nom = factory.Sequence(lambda n: f"Démo {n}")

    @classmethod
    def _create(cls, model_class: type[Utilisateur], *args: Any, **kwargs: Any) -> Utilisateur:
        return model_class.objects.create_user(**kwargs)


class EcoleUsine(DjangoModelFactory[Ecole]):
    """A school of the trade « industrie »."""

    class Meta:
        model = Ecole
        skip_postgeneration_save = True

    nom = factory.Sequence(lambda n: f"École fictive {n}")
    slug = factory.Sequence(lambda n: f"ecole-fictive-{n}")
    commune_id = SAINT_ETIENNE
    publication = "publiee"

    @factory.post_generation
    def filieres(self: Ecole, create: bool, codes: Iterable[str] | None, **_: Any) -> None:  # type: ignore[misc]
        """Trades, by code."""
        if create:
            self.filieres.set(codes or ["industrie"])  # type: ignore[arg-type]


class MembreUsine(DjangoModelFactory[MembreEquipe]):
    """A function held in a school since 2020."""

    class Meta:
        model = MembreEquipe

    ecole = factory.SubFactory(EcoleUsine)
    utilisateur = factory.SubFactory(UtilisateurUsine)
    fonction = "maitre"
    du = date(2020, 1, 1)


class OffreUsine(DjangoModelFactory[Offre]):
    """A parcours that a school offers: a title alone, under its own code."""

    class Meta:
        model = Offre

    ecole = factory.SubFactory(EcoleUsine)
    parcours_id = CAP_METALLIER


class BlocUsine(DjangoModelFactory[BlocCompetences]):
    """A fictional bloc of the title."""

    class Meta:
        model = BlocCompetences

    titre_id = CAP_METALLIER
    code = factory.Sequence(lambda n: f"BC{n:02d}")
    intitule = "Usiner"
    fictif = True


class ApprenantUsine(DjangoModelFactory[Apprenant]):
    """A learner of 16, enrolled for two hundred days; ``inscription=False`` leaves that out."""

    class Meta:
        model = Apprenant
        skip_postgeneration_save = True

    ecole = factory.SubFactory(EcoleUsine)
    prenom = "Malo"
    nom = factory.Sequence(lambda n: f"Fictif {n:03d}")
    ne_le = factory.LazyFunction(lambda: ne_il_y_a(16))

    @factory.post_generation
    def inscription(self: Apprenant, create: bool, voulue: bool | None, **options: Any) -> None:  # type: ignore[misc]
        """The enrolment."""
        if create and voulue is not False:
            RepresentantUsine(apprenant=self)
            InscriptionUsine(apprenant=self, **options)


class RepresentantUsine(DjangoModelFactory[RepresentantLegal]):
    """A mother who can be called."""

    class Meta:
        model = RepresentantLegal

    lien = "mere"
    prenom = "Rozenn"
    nom = factory.SelfAttribute("apprenant.nom")
    telephone = "0199000102"


class InscriptionUsine(DjangoModelFactory[Inscription]):
    """An enrolment that holds today, in a title that the school offers."""

    class Meta:
        model = Inscription

    titre_id = CAP_METALLIER
    du = factory.LazyFunction(lambda: il_y_a(200))

    @classmethod
    def _create(cls, model_class: type[Inscription], *args: Any, **kwargs: Any) -> Inscription:
        Offre.objects.get_or_create(ecole=kwargs["apprenant"].ecole, parcours_id=kwargs["titre_id"])
        return model_class.objects.create(**kwargs)


class AvisUsine(DjangoModelFactory[AvisAptitude]):
    """A medical opinion: fit, for two months before and after today."""

    class Meta:
        model = AvisAptitude

    apte = True
    du = factory.LazyFunction(lambda: il_y_a(60))
    au = factory.LazyFunction(lambda: il_y_a(-60))


class FormationUsine(DjangoModelFactory[FormationSecurite]):
    """Safety training for the lathe, assessed."""

    class Meta:
        model = FormationSecurite

    travail_id = TOUR
    donnee_le = factory.LazyFunction(lambda: il_y_a(50))
    evaluee_le = factory.LazyFunction(lambda: il_y_a(40))


class DeclarationUsine(DjangoModelFactory[DeclarationDerogation]):
    """A declaration of the school for the lathe, sent a hundred days ago."""

    class Meta:
        model = DeclarationDerogation
        skip_postgeneration_save = True

    lieu = "Atelier"
    envoyee_le = factory.LazyFunction(lambda: il_y_a(100))

    @factory.post_generation
    def travaux(self: DeclarationDerogation, create: bool, codes: Any, **_: Any) -> None:  # type: ignore[misc]
        """Works covered."""
        if create:
            self.travaux.set(codes if codes is not None else [TOUR])


class EncadrementUsine(DjangoModelFactory[Encadrement]):
    """Somebody of the school named to supervise the lathe since 2020."""

    class Meta:
        model = Encadrement
        skip_postgeneration_save = True

    membre = factory.SubFactory(MembreUsine)
    competence = "CAP usinage, 12 ans de métier"
    du = date(2020, 1, 1)

    @factory.post_generation
    def travaux(self: Encadrement, create: bool, codes: Any, **_: Any) -> None:  # type: ignore[misc]
        """Works supervised."""
        if create:
            self.travaux.set(codes if codes is not None else [TOUR])


class ClientUsine(DjangoModelFactory[Client]):
    """A firm of a school."""

    class Meta:
        model = Client

    ecole = factory.SubFactory(EcoleUsine)
    nom = "Mécanique du Gier SARL"
    ville = "Rive-de-Gier"


class CommandeUsine(DjangoModelFactory[Commande]):
    """An order as it is born, with its number and its journal; ``par`` is who logs it."""

    class Meta:
        model = Commande

    ecole = factory.SubFactory(EcoleUsine)
    client = factory.SubFactory(ClientUsine, ecole=factory.SelfAttribute("..ecole"))
    intitule = "120 axes, 40 bagues"
    filiere_id = "industrie"
    bloc_a_preciser = True
    recue_le = factory.LazyFunction(lambda: il_y_a(10))

    @classmethod
    def _create(cls, model_class: type[Commande], *args: Any, **kwargs: Any) -> Commande:
        par = kwargs.pop("par", None) or UtilisateurUsine()
        commande = model_class(**kwargs)
        naitre(commande, Contexte(par))
        return commande


class LigneUsine(DjangoModelFactory[LigneCommande]):
    """120 axes at 18,45 €."""

    class Meta:
        model = LigneCommande

    commande = factory.SubFactory(CommandeUsine)
    designation = "Axe"
    quantite = Decimal(120)
    prix_unitaire = Decimal("18.45")


class PointageUsine(DjangoModelFactory[Pointage]):
    """One hour of a learner, yesterday."""

    class Meta:
        model = Pointage

    commande = factory.SubFactory(CommandeUsine)
    apprenant = factory.SubFactory(ApprenantUsine, ecole=factory.SelfAttribute("..commande.ecole"))
    jour = factory.LazyFunction(lambda: il_y_a(1))
    minutes = 60
    saisi_par = factory.SubFactory(UtilisateurUsine)
    encadrant = factory.SelfAttribute("saisi_par")
