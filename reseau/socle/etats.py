"""The one door through which a state changes.

A machine is data: a tuple of :class:`Transition`. :meth:`Machine.franchir` opens a transaction,
locks the aggregate (then what the transition asks: the envelope), checks role, territory, state and
guards, returns **all** refusals as sentences, writes the journal, and leaves documents and mails to
``on_commit``. Every path uses it: page, list action, command, import. The database refuses the others.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from django.db import connection, transaction
from django.db.models import Exists

from reseau.nombres import maintenant

if TYPE_CHECKING:
    from datetime import datetime

    from django.db import models

    from reseau.models import EntreeJournal, Utilisateur


class TransitionRefusee(Exception):
    """A transition that cannot be crossed; ``refus`` holds every reason, as French sentences."""

    def __init__(self, refus: list[str]) -> None:
        super().__init__(" ".join(refus))
        self.refus = refus


@dataclass(frozen=True)
class Contexte:
    """Who crosses, and what was typed on the confirmation page.

    ``enchaine_depuis``: when several transitions are crossed as one, the instant the first began.
    """

    utilisateur: Utilisateur
    donnees: Mapping[str, Any] = field(default_factory=dict)
    enchaine_depuis: datetime | None = None


# A guard yields one sentence per refusal; an effect writes what the transition implies and returns
# what the journal keeps of it (ids and codes). Both run inside the transaction, after the locks.
type Garde = Callable[[Any, Contexte], Iterable[str]]
type Effet = Callable[[Any, Contexte], Mapping[str, Any]]
type Verrou = Callable[[Any], None]
type Delegation = tuple[Utilisateur | None, str]  # in whose name, by which act; nobody, nothing


def sans_delegation(_objet: Any, _contexte: Contexte, _permission: str) -> Delegation:
    """Everybody acts in her own name."""
    return None, ""


def _sans_effet(_objet: Any, _contexte: Contexte) -> Mapping[str, Any]:
    return {}


@dataclass(frozen=True)
class Transition:
    """A row of a state table: from where to where, who, under which guards, with which effect.

    ``libelle`` is the button; ``champs`` names the inputs that its confirmation page asks for. An empty
    ``cible`` leaves the state as it is: an act that is only recorded, through the same door.
    """

    nom: str
    sources: tuple[str, ...]
    cible: str
    permission: str
    libelle: str
    gardes: tuple[Garde, ...] = ()
    effet: Effet = _sans_effet
    verrou: Verrou | None = None
    champs: tuple[str, ...] = ()

    def passages(self) -> Iterable[tuple[str, str]]:
        """Yield the legal (from, to) pairs, for the database trigger."""
        return ((source, self.cible) for source in self.sources if self.cible)

    def vers(self, depart: str) -> str:
        """Return the state that this leads to from ``depart``."""
        return self.cible or depart


def passages(transitions: Iterable[Transition]) -> list[tuple[str, str]]:
    """Return every legal (from, to) pair of a table, once, in its order."""
    return list(dict.fromkeys(paire for transition in transitions for paire in transition.passages()))


@contextmanager
def _porte_ouverte(objet: models.Model) -> Iterator[None]:
    """Tell the database's triggers, inside this transaction only, which row is at the door."""
    with connection.cursor() as curseur:
        curseur.execute("SELECT set_config('edp.porte', %s, true)", [f"{objet._meta.db_table}:{objet.pk}"])
        yield
        curseur.execute("SELECT set_config('edp.porte', '', true)")


class Machine:
    """A state table bound to what it needs to know of its model.

    ``chaine`` names the journal chain of an object ("demande:84"); ``delegation`` says in whose name a person
    acts, and by which act. The model has ``etat``, a queryset
    with ``visibles_par``, and a reverse relation ``journal`` to its concrete :class:`EntreeJournal`.
    """

    def __init__(
        self,
        transitions: tuple[Transition, ...],
        chaine: Callable[[Any], str],
        evenements: Mapping[str, str] | None = None,
        delegation: Callable[[Any, Contexte, str], Delegation] = sans_delegation,
    ) -> None:
        self.delegation = delegation
        self.transitions = {transition.nom: transition for transition in transitions}
        self.chaine = chaine
        self._libelles = {t.nom: t.libelle for t in transitions} | dict(evenements or {"creer": "Création"})

    def libelle(self, evenement: str) -> str:
        """Return the screen words of a journal event: a transition's button, or what was declared."""
        return self._libelles.get(evenement, evenement)

    def partent_de(self, objet: models.Model) -> list[Transition]:
        """Transitions that leave the present state, whoever may cross them."""
        return [t for t in self.transitions.values() if objet.etat in t.sources]  # type: ignore[attr-defined]

    def ouvertes(self, objet: models.Model, utilisateur: Utilisateur) -> list[Transition]:
        """Transitions that leave the present state and that this person may cross here.

        Guards are not asked: the button is shown, and its refusals are listed when it is pressed.
        """
        possibles = self.partent_de(objet)
        permises = self.permises(objet, {t.permission for t in possibles}, utilisateur)
        return [t for t in possibles if t.permission in permises]

    @staticmethod
    def permises(objet: models.Model, verbes: AbstractSet[str], utilisateur: Utilisateur) -> set[str]:
        """Keep the verbs that this person holds on this object: one query for all."""
        if not verbes:
            return set()
        ensemble: Any = type(objet)._default_manager.get_queryset().filter(pk=objet.pk)
        questions = {v: Exists(ensemble.visibles_par(utilisateur, v).order_by()) for v in verbes}
        reponses: dict[str, bool] = (
            ensemble.order_by().values(**{f"peut_{v}": q for v, q in questions.items()}).first() or {}
        )
        return {verbe for verbe in verbes if reponses.get(f"peut_{verbe}")}

    def refus(self, objet: models.Model, nom: str, contexte: Contexte) -> list[str]:
        """Return every reason why ``nom`` cannot be crossed now; an empty list means it can."""
        transition = self.transitions[nom]
        if not self._dans_le_territoire(objet, transition, contexte.utilisateur):
            return ["Vos rôles ne permettent pas cette action sur ce dossier."]
        if objet.etat not in transition.sources:  # type: ignore[attr-defined]
            actuel = objet.get_etat_display()  # type: ignore[attr-defined]
            return [f"« {transition.libelle} » n'est pas possible : l'étape est « {actuel} »."]
        return [phrase for garde in transition.gardes for phrase in garde(objet, contexte)]

    def franchir[M: models.Model](self, objet: M, nom: str, contexte: Contexte) -> M:
        """Cross ``nom`` and return the fresh object.

        Raises :class:`TransitionRefusee` with all refusals, and then nothing was written.
        """
        transition = self.transitions[nom]
        with transaction.atomic():
            frais = self._verrouiller(objet, transition)
            refus = self.refus(frais, nom, contexte)
            if refus:
                raise TransitionRefusee(refus)
            depart = frais.etat  # type: ignore[attr-defined]
            with _porte_ouverte(frais):
                donnees = transition.effet(frais, contexte)
                frais.etat = transition.vers(depart)  # type: ignore[attr-defined]
                frais.save()
            pour, acte = self.delegation(frais, contexte, transition.permission)
            if acte:
                donnees = {**donnees, "delegation": acte}
            self.consigner(frais, contexte, nom, depart, transition.vers(depart), donnees, pour)
        return frais

    def enchainer[M: models.Model](self, objet: M, noms: Iterable[str], contexte: Contexte) -> M:
        """Cross several transitions in one transaction: each with its own guards and journal line, or none.

        Raises :class:`TransitionRefusee` with the refusals of the first that cannot be crossed.
        """
        debut, etapes = maintenant(), [self.transitions[nom] for nom in noms]
        demandees = {champ for etape in etapes for champ in etape.champs}
        with transaction.atomic():
            for etape in etapes:
                autres = demandees.difference(etape.champs)
                siennes = {nom: valeur for nom, valeur in contexte.donnees.items() if nom not in autres}
                objet = self.franchir(
                    objet, etape.nom, replace(contexte, donnees=siennes, enchaine_depuis=debut)
                )
        return objet

    def consigner(  # noqa: PLR0913, PLR0917 - a journal line has these parts
        self,
        objet: models.Model,
        contexte: Contexte,
        evenement: str,
        de: str,
        vers: str,
        donnees: Mapping[str, Any] | None = None,
        pour: Utilisateur | None = None,
    ) -> EntreeJournal:
        """Write a journal line about ``objet``; ``pour`` is in whose name the actor acted, if not hers."""
        ligne: EntreeJournal = objet.journal.create(  # type: ignore[attr-defined]
            chaine=self.chaine(objet),
            acteur=contexte.utilisateur,
            pour=pour,
            evenement=evenement,
            de=de,
            vers=vers,
            donnees=dict(donnees or {}),
        )
        return ligne

    @staticmethod
    def _dans_le_territoire(objet: models.Model, transition: Transition, utilisateur: Utilisateur) -> bool:
        visibles = type(objet)._default_manager.get_queryset()
        verbe = transition.permission
        return bool(visibles.visibles_par(utilisateur, verbe).filter(pk=objet.pk).exists())  # type: ignore[attr-defined]

    @staticmethod
    def _verrouiller[M: models.Model](objet: M, transition: Transition) -> M:
        """Lock order of the whole house: root, envelope, counter, chain head."""
        gestionnaire = type(objet)._default_manager
        frais = gestionnaire.select_for_update(of=("self",)).get(pk=objet.pk)
        if transition.verrou is not None:
            transition.verrou(frais)
        return frais
