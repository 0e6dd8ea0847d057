"""The door of changes of school: the one proposes, the other answers, one person is counted once."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db.models import Q

from ecoles.etats_transfert import PASSAGES_TRANSFERT
from ecoles.models import Apprenant, Inscription, Titre
from ecoles.places import refus_de_place, verrouiller_les_places
from reseau.socle.etats import Contexte, Machine, Transition, TransitionRefusee

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from django.db.models import QuerySet

    from ecoles.models import Transfert

NON_INSCRIT = "Ce jeune n'est plus inscrit la veille de cette date : il n'y a rien à arrêter."
A_LA_MAIN = "Choisissez le diplôme que le jeune prépare dans votre école."


def inscription_a_fermer(transfert: Transfert) -> Inscription | None:
    """The enrolment that stops on the eve: begun before, and not over by then."""
    veille = transfert.le - timedelta(days=1)
    siennes = Inscription.objects.filter(apprenant=transfert.apprenant_id, du__lte=veille)
    return siennes.filter(Q(au__isnull=True) | Q(au__gte=veille)).select_related("titre").first()


def titres_proposes(transfert: Transfert) -> QuerySet[Titre]:
    """Titles open on the day in the new school."""
    offerts = Titre.objects.proposes_par(transfert.vers_id)
    ouverts: QuerySet[Titre] = offerts.filter(Q(ferme_le__isnull=True) | Q(ferme_le__gte=transfert.le))
    return ouverts.order_by("niveau", "intitule", "code_cfd")


def encore_inscrit(transfert: Transfert, _contexte: Contexte) -> Iterable[str]:
    """The school that is left still teaches this learner."""
    if inscription_a_fermer(transfert) is None:
        yield NON_INSCRIT


def titre_et_place(transfert: Transfert, contexte: Contexte) -> Iterable[str]:
    """A title that the new school offers, and a place in it."""
    code = str(contexte.donnees.get("titre", ""))
    if code == "?":  # nothing typed yet
        return
    if not titres_proposes(transfert).filter(pk=code).exists():
        yield A_LA_MAIN
        return
    yield from refus_de_place(transfert.vers_id, code, transfert.le)


def refus_dit(_transfert: Transfert, contexte: Contexte) -> Iterable[str]:
    """A refusal has its reason."""
    if not contexte.donnees.get("motif_refus"):
        yield "Indiquez la raison du refus."


def verrouiller(transfert: Transfert) -> None:
    """The learner, what is stopped, then the places of the new school."""
    list(Apprenant.objects.select_for_update(of=("self",)).filter(pk=transfert.apprenant_id))
    siennes = Inscription.objects.select_for_update(of=("self",)).order_by("pk")
    list(siennes.filter(apprenant=transfert.apprenant_id))
    verrouiller_les_places(transfert.vers_id)


def accueillir(transfert: Transfert, contexte: Contexte) -> Mapping[str, Any]:
    """Stop here, begin there: the same person, her parents copied, nothing else of the file.

    Raises :class:`TransitionRefusee` when the new enrolment breaks a rule; then nothing was written.
    """
    quittee = inscription_a_fermer(transfert)
    assert quittee is not None  # the guard said so  # noqa: S101
    quittee.au = transfert.le - timedelta(days=1)
    quittee.motif_sortie = Inscription.Sortie.TRANSFERT
    quittee.save(update_fields=["au", "motif_sortie"])
    depart = transfert.apprenant
    jeune = _sa_fiche_la_bas(transfert) or Apprenant(
        ecole_id=transfert.vers_id, prenom=depart.prenom, nom=depart.nom, ne_le=depart.ne_le,
        personne=depart.personne,
    )  # fmt: skip
    titre = Titre.objects.get(pk=contexte.donnees["titre"])
    arrivee = Inscription(apprenant=jeune, titre=titre, du=transfert.le)
    try:
        arrivee.clean()
        arrivee.validate_constraints(exclude=["personne"])
    except ValidationError as refus:
        raise TransitionRefusee(refus.messages) from refus
    if jeune._state.adding:
        jeune.save(force_insert=True)
    _copier_les_representants(depart, jeune)
    arrivee.save(force_insert=True)
    transfert.arrivee = jeune
    return {"de": str(depart.pk), "vers": str(jeune.pk), "titre": titre.pk}


def _sa_fiche_la_bas(transfert: Transfert) -> Apprenant | None:
    """Somebody who comes back to a school that she left has her record there."""
    siennes = Apprenant.objects.filter(
        ecole=transfert.vers_id, personne=transfert.apprenant.personne, anonyme_le__isnull=True
    )
    return siennes.first()


def _copier_les_representants(depart: Apprenant, arrivee: Apprenant) -> None:
    if arrivee.representants.exists():
        return
    for parent in depart.representants.order_by("id"):
        arrivee.representants.create(
            lien=parent.lien,
            prenom=parent.prenom,
            nom=parent.nom,
            telephone=parent.telephone,
            courriel=parent.courriel,
        )


def noter_le_refus(transfert: Transfert, contexte: Contexte) -> Mapping[str, Any]:
    """Why, by its code."""
    transfert.motif_refus = str(contexte.donnees["motif_refus"])
    return {"motif": transfert.motif_refus}


TRANSITIONS: tuple[Transition, ...] = (
    Transition(
        "accepter", *PASSAGES_TRANSFERT["accepter"], "repondre", "Accueillir ce jeune",
        gardes=(encore_inscrit, titre_et_place), effet=accueillir, verrou=verrouiller, champs=("titre",),
    ),
    Transition(
        "refuser", *PASSAGES_TRANSFERT["refuser"], "repondre", "Refuser",
        gardes=(refus_dit,), effet=noter_le_refus, champs=("motif_refus",),
    ),
    Transition("annuler", *PASSAGES_TRANSFERT["annuler"], "annuler", "Annuler la proposition"),
)  # fmt: skip

MACHINE = Machine(
    TRANSITIONS,
    chaine=lambda transfert: f"transfert:{transfert.ecole_id}",
    evenements={"creer": "Changement d'école proposé"},
)
