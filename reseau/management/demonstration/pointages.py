"""Minutes of learners, within the caps of a day and of a week, and under the safety rule."""

from __future__ import annotations

from collections import defaultdict
from datetime import timedelta
from typing import TYPE_CHECKING

from django.db.models import Sum

from commandes.models import LigneCommande, Pointage
from reseau.champs import uuid7
from reseau.management.demonstration.calendrier import a_midi, jours_ouvres
from reseau.nombres import maintenant

if TYPE_CHECKING:
    import random
    from collections.abc import Iterator
    from datetime import date
    from uuid import UUID

    from reseau.management.demonstration.ateliers import Eleve
    from reseau.management.demonstration.commandes import Dossier

_PAR_JOUR, _PAR_SEMAINE = 360, 1_320  # minutes: two thirds of the caps, under sixteen included
_DUREES = (30, 60, 60, 90, 120, 180)
# The story: what, minutes and rank of the bloc for Inès, Malo and Yanis; the lathe is refused to Malo.
_RECIT = (
    (0, (("machines", 210, 1), ("machines", 165, 1), ("", 60, 2))),
    (1, (("", 135, 0), ("machines", 180, 1), ("", 240, 2))),
    (2, (("machines", 240, 1), ("machines", 180, 1), ("", 75, 2))),
)


class Feuille:
    """What each learner has already worked, so that no day and no week overflows."""

    def __init__(self) -> None:
        self.minutes: defaultdict[tuple[UUID, date], int] = defaultdict(int)
        faits = Pointage.objects.order_by().values_list("apprenant_id", "jour").annotate(total=Sum("minutes"))
        for apprenant, jour, total in faits:
            self._ajouter(apprenant, jour, total)

    def _ajouter(self, apprenant: UUID, jour: date, minutes: int) -> None:
        self.minutes[apprenant, jour] += minutes

    def _de_la_semaine(self, apprenant: UUID, jour: date) -> int:
        lundi = jour - timedelta(days=jour.weekday())
        return sum(self.minutes.get((apprenant, lundi + timedelta(days=n)), 0) for n in range(7))

    def _tient(self, apprenant: UUID, jour: date, minutes: int) -> bool:
        du_jour = self.minutes.get((apprenant, jour), 0) + minutes
        return du_jour <= _PAR_JOUR and self._de_la_semaine(apprenant, jour) + minutes <= _PAR_SEMAINE

    def pointer(self, dossier: Dossier, hasard: random.Random, fin: date) -> Iterator[Pointage]:
        """Yield the minutes of a few learners on a few days between the order and ``fin``."""
        jours = jours_ouvres(dossier.commande.recue_le + timedelta(days=1), fin)
        for jour in hasard.sample(jours, k=min(len(jours), hasard.randint(1, 3))):
            presents = [jeune for jeune in dossier.atelier.eleves if jeune.inscrit(jour)]
            minutes, lot = hasard.choice(_DUREES), uuid7()
            for jeune in hasard.sample(presents, k=min(len(presents), hasard.randint(2, 3))):
                if self._tient(jeune.pk, jour, minutes):
                    pointage = self._noter(dossier, jeune, jour, minutes)
                    pointage.lot = lot
                    self._completer(pointage, dossier, jeune, hasard)
                    yield pointage

    def pointer_le_recit(self, dossier: Dossier, debut: date) -> Iterator[Pointage]:
        """Yield the minutes of the three learners of the story, on the first days of production."""
        jours = jours_ouvres(debut, debut + timedelta(days=14))
        par_prenom = {jeune.preuves.prenom: jeune for jeune in reversed(dossier.atelier.eleves)}
        jeunes = [par_prenom[prenom] for prenom in ("Inès", "Malo", "Yanis") if prenom in par_prenom]
        for jeune, (_rang, seances) in zip(jeunes, _RECIT, strict=False):
            for jour, (travail, minutes, bloc) in zip(jours[2::2], seances, strict=False):
                blocs = dossier.atelier.blocs.get(jeune.titre, [])
                pointage = self._noter(dossier, jeune, jour, minutes)
                pointage.bloc_id = blocs[bloc] if blocs else None
                self._soumettre(pointage, dossier, jeune, dossier.lignes[0] if travail else dossier.lignes[2])
                yield pointage

    def _completer(self, pointage: Pointage, dossier: Dossier, jeune: Eleve, hasard: random.Random) -> None:
        """Choose bloc and line; what the rule refuses mostly becomes another work, as in life."""
        communs = [bloc for bloc in dossier.blocs if bloc in dossier.atelier.blocs.get(jeune.titre, [])]
        pointage.bloc_id = hasard.choice(communs) if communs else None
        self._soumettre(pointage, dossier, jeune, hasard.choice(dossier.lignes))
        if pointage.motif and hasard.random() < 0.9:
            pointage.ligne_id = pointage.travail_id = None
            pointage.etat, pointage.motif = Pointage.Etat.VALIDE, ""

    def _noter(self, dossier: Dossier, jeune: Eleve, jour: date, minutes: int) -> Pointage:
        self._ajouter(jeune.pk, jour, minutes)
        return Pointage(
            commande=dossier.commande,
            apprenant_id=jeune.pk,
            jour=jour,
            minutes=minutes,
            encadrant_id=dossier.atelier.maitre,
            saisi_par_id=dossier.atelier.maitre,
            saisi_le=min(a_midi(jour), maintenant()),  # nothing was recorded later today
        )

    @staticmethod
    def _soumettre(pointage: Pointage, dossier: Dossier, jeune: Eleve, ligne: LigneCommande) -> None:
        """Put the minutes on a line of the order, under the safety rule of its machine."""
        pointage.ligne, pointage.travail_id = ligne, ligne.travail_id
        if ligne.travail_id is None:
            return
        manque = dossier.atelier.manque(jeune, ligne.travail_id, pointage.jour)
        if manque:
            pointage.etat, pointage.motif = Pointage.Etat.A_REGULARISER, manque
