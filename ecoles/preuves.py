"""Read, for many learners at once, what the safety rule asks of each: three queries whatever their number."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from ecoles.models import AvisAptitude, DeclarationDerogation, Encadrement, FormationSecurite
from ecoles.models.securite import FONCTIONS_QUI_ENCADRENT
from ecoles.regles import Avis, Declaration, Designation, Formation, Jeune

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable
    from uuid import UUID

    from ecoles.models import Apprenant


def sans_preuve(apprenant: Apprenant) -> Jeune:
    """Return what the rules of duration need, which ask for no proof."""
    return Jeune(apprenant.prenom, apprenant.ne_le)


def charger_jeunes(apprenants: Iterable[Apprenant]) -> dict[UUID, Jeune]:
    """Return each learner with all her opinions and trainings, by key."""
    liste = list(apprenants)
    avis: defaultdict[UUID, list[Avis]] = defaultdict(list)
    formations: defaultdict[UUID, dict[str, Formation]] = defaultdict(dict)
    for cle, apte, du, au in AvisAptitude.objects.filter(apprenant__in=liste).values_list(
        "apprenant_id", "apte", "du", "au"
    ):
        avis[cle].append(Avis(apte, du, au))
    for cle, travail, donnee, evaluee in FormationSecurite.objects.filter(apprenant__in=liste).values_list(
        "apprenant_id", "travail_id", "donnee_le", "evaluee_le"
    ):
        formations[cle][travail] = Formation(donnee, evaluee)
    return {a.pk: Jeune(a.prenom, a.ne_le, avis[a.pk], formations[a.pk]) for a in liste}


def charger_declarations(ecoles: Collection[UUID]) -> dict[tuple[UUID, str], list[Declaration]]:
    """Return the declarations, by school and code of work."""
    envois: defaultdict[tuple[UUID, str], list[Declaration]] = defaultdict(list)
    lignes = DeclarationDerogation.objects.filter(ecole__in=ecoles, travaux__isnull=False)
    for ecole, travail, envoyee_le, retiree_le in lignes.values_list(
        "ecole_id", "travaux", "envoyee_le", "retiree_le"
    ):
        envois[ecole, travail].append(Declaration(envoyee_le, retiree_le))
    return envois


def charger_designations(ecoles: Collection[UUID]) -> dict[tuple[UUID, str], list[Designation]]:
    """Return who is named to supervise, by school and code of work, while also working there.

    A designation holds as long as the function of teacher or head that it was given to.
    """
    nommes: defaultdict[tuple[UUID, str], list[Designation]] = defaultdict(list)
    lignes = Encadrement.objects.filter(
        membre__ecole__in=ecoles, membre__fonction__in=FONCTIONS_QUI_ENCADRENT, travaux__isnull=False
    )
    for ecole, travail, qui, du, entre, au, parti in lignes.values_list(
        "membre__ecole_id", "travaux", "membre__utilisateur_id", "du", "membre__du", "au", "membre__au"
    ):
        fins = [fin for fin in (au, parti) if fin is not None]
        nommes[ecole, travail].append(Designation(qui, max(du, entre), min(fins, default=None)))
    return nommes
