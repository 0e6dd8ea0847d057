"""Reminders of the papers that end: one mail a head of school and night, without the name of any learner."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING, Any

from django.db import transaction

from ecoles.expirations import page_des_papiers
from ecoles.models import Ecole, MembreEquipe
from ecoles.papiers import NATURES, papiers
from reseau.models import en_cours
from reseau.nombres import montrer_date
from reseau.roles import Role
from reseau.socle.courriels import ecrire, lien
from reseau.socle.echeances import palier_du, poser_les_rappels

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date
    from uuid import UUID

    from django.db import models
    from django.db.models import QuerySet

    from ecoles.papiers import Papier
    from reseau.models import Utilisateur

CORPS = """Bonjour,

À {ecole}, des papiers expirent bientôt :

{lignes}

Pour savoir lesquels et les renouveler, ouvrez la page de votre école :

{lien}

Le portail vous demandera d'abord de vous connecter.
"""


def _tout(modele: type[models.Model]) -> QuerySet[Any]:
    """Every row: a command of the night reads for everybody, and shows nothing."""
    return modele._default_manager.all()


def rappeler(jour: date) -> tuple[int, int]:
    """Give the reminders due on ``jour``; return how many papers were told, in how many mails."""
    directions: defaultdict[Any, list[Utilisateur]] = defaultdict(list)
    membres = MembreEquipe.objects.filter(
        en_cours(jour), fonction=Role.DIRECTION, utilisateur__is_active=True
    ).select_related("utilisateur")
    for membre in membres.order_by("ecole", "utilisateur", "id"):
        directions[membre.ecole_id].append(membre.utilisateur)
    par_ecole: defaultdict[Any, list[Papier]] = defaultdict(list)
    for papier in papiers(_tout, list(directions), jour):
        if palier_du(papier.finit_le, jour) is not None:
            par_ecole[papier.ecole].append(papier)
    noms = dict(Ecole.objects.filter(pk__in=par_ecole).values_list("pk", "nom"))
    comptes = [
        _rappeler((cle, noms[cle]), siens, directions[cle], jour) for cle, siens in sorted(par_ecole.items())
    ]
    return sum(nb for nb, _ in comptes), sum(nb for _, nb in comptes)


def _rappeler(
    ecole: tuple[UUID, str], siens: Sequence[Papier], direction: Sequence[Utilisateur], jour: date
) -> tuple[int, int]:
    """One school (key, name), one transaction: the reminders and their mails stay together."""
    cle, nom = ecole
    with transaction.atomic():
        nouveaux, premier = poser_les_rappels(siens, jour)
        if premier is None:
            return 0, 0
        page = lien(page_des_papiers(cle))
        corps = CORPS.format(ecole=nom, lignes="\n".join(phrases(nouveaux)), lien=page)
        ecrits = [
            ecrire(
                cle=f"echeances:{premier}:{personne.pk}",
                destinataire=personne,
                objet="Papiers qui expirent",
                corps=corps,
            )
            for personne in direction
        ]
    return len(nouveaux), sum(ecrits)


def phrases(nouveaux: Sequence[Papier]) -> list[str]:
    """Spell "- 2 avis d'aptitude, le 12 mars 2027", soonest first: counts and days, nobody."""
    comptes = Counter((papier.finit_le, papier.nature) for papier in nouveaux)
    return [
        f"- {nombre} {NATURES[nature][nombre > 1]}, le {montrer_date(jour)}"
        for (jour, nature), nombre in sorted(comptes.items())
    ]
