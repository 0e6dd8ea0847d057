"""Read, for many learners at once, what the safety rule asks of each: three queries whatever their number."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from ecoles.models import AvisAptitude, DeclarationDerogation, FormationSecurite
from ecoles.regles import Avis, Formation, Jeune

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable
    from datetime import date
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


def charger_declarations(ecoles: Collection[UUID]) -> dict[tuple[UUID, str], list[date]]:
    """Return the sending dates of the declarations, by school and code of work."""
    envois: defaultdict[tuple[UUID, str], list[date]] = defaultdict(list)
    lignes = DeclarationDerogation.objects.filter(ecole__in=ecoles, travaux__isnull=False)
    for ecole, travail, envoyee_le in lignes.values_list("ecole_id", "travaux", "envoyee_le"):
        envois[ecole, travail].append(envoyee_le)
    return envois
