"""Minutes that the rules do not allow, or allow no longer: find, settle, take out of counts."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import UUIDField
from django.db.models.expressions import RawSQL

from commandes.etats import MACHINE
from commandes.examens import registre_de
from commandes.models import Pointage
from commandes.models.declencheurs import CONTREDITS
from commandes.saisie import noter_le_verdict, verrouiller_les_jeunes
from ecoles.requetes import ecoles_pour

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from django.db.models import QuerySet

    from commandes.examens import Registre
    from commandes.requetes import RequetePointages
    from ecoles.regles import Refus
    from reseau.models import Utilisateur
    from reseau.socle.etats import Contexte

type Examines = list[tuple[Pointage, list[Refus]]]


def a_revoir(utilisateur: Utilisateur) -> RequetePointages[Pointage]:
    """Validated minutes, in the schools where this person settles them, that the rules allow no longer.

    A proof may be corrected or withdrawn after the minutes were counted: the contradiction is shown.
    """
    ecoles = list(ecoles_pour(utilisateur, "pointage.regulariser"))
    contredits = RawSQL(CONTREDITS, [ecoles], output_field=UUIDField())  # noqa: S611 - our own constant
    return Pointage.objects.valides().filter(pk__in=contredits)


def _complets(choix: QuerySet[Pointage]) -> QuerySet[Pointage]:
    """With all that the rules look at."""
    return choix.select_related("apprenant", "travail", "commande", "ligne", "bloc")


def examiner(choix: QuerySet[Pointage]) -> tuple[Examines, Registre | None]:
    """Return each entry with what the rules say of it now, and what they were asked of.

    The number of queries does not depend on how many there are.
    """
    pointages = list(_complets(choix))
    if not pointages:
        return [], None
    registre = registre_de(pointages)
    return [(p, registre.refus(p, compte=p.etat == Pointage.Etat.VALIDE)) for p in pointages], registre


def regulariser(
    choix: QuerySet[Pointage], contexte: Contexte, encadrant: Utilisateur | None = None
) -> Examines:
    """Ask the rules again; what now has every piece is validated. Return each with what is still missing.

    ``encadrant`` names who supervised, for entries where nobody was named who could.
    """
    with transaction.atomic():
        pointages = _verrouiller(choix.filter(etat=Pointage.Etat.A_REGULARISER))
        if not pointages:
            return []
        registre = registre_de(pointages)
        examines: Examines = []
        for pointage in pointages:
            pointage.encadrant = encadrant or pointage.encadrant
            refus = registre.refus(pointage)
            noter_le_verdict(pointage, refus)
            if not refus:
                registre.compter(pointage)
            examines.append((pointage, refus))
        Pointage.objects.bulk_update(pointages, ["etat", "motif", "encadrant"])
        _consigner("regulariser", [p for p, refus in examines if not refus], contexte)
    return examines


def retirer(choix: QuerySet[Pointage], contexte: Contexte) -> Examines:
    """Take out of the counts validated minutes that the rules allow no longer; the others stay."""
    with transaction.atomic():
        pointages = _verrouiller(choix.filter(etat=Pointage.Etat.VALIDE))
        if not pointages:
            return []
        registre = registre_de(pointages)
        examines = [(p, registre.refus(p, compte=True)) for p in pointages]
        contredits = [(p, refus) for p, refus in examines if refus]
        for pointage, refus in contredits:
            noter_le_verdict(pointage, refus)
        Pointage.objects.bulk_update([p for p, _ in contredits], ["etat", "motif"])
        _consigner("retirer_heures", [p for p, _ in contredits], contexte)
    return contredits


def _verrouiller(choix: QuerySet[Pointage]) -> list[Pointage]:
    """Learners first, as whoever records does; then the entries."""
    verrouiller_les_jeunes(set(choix.order_by().values_list("apprenant_id", flat=True)))
    return list(_complets(choix).order_by("jour", "id").select_for_update(of=("self",)))


def _consigner(evenement: str, pointages: Sequence[Pointage], contexte: Contexte) -> None:
    """One line of the journal an order."""
    par_commande: defaultdict[UUID, list[Pointage]] = defaultdict(list)
    for pointage in pointages:
        par_commande[pointage.commande_id].append(pointage)
    for _, groupe in sorted(par_commande.items()):
        commande = groupe[0].commande
        donnees = {"pointages": [str(p.pk) for p in groupe], "minutes": sum(p.minutes for p in groupe)}
        MACHINE.consigner(commande, contexte, evenement, commande.etat, commande.etat, donnees)
