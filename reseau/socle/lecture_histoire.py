"""A history in words: who, when, what changed, from what to what. Names are looked up as they are now."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from django.db import connection, models
from django.utils.timezone import localdate
from psycopg import sql

from reseau.models import LotImport, Utilisateur, histoire_de
from reseau.models.histoire import Ajout, Modification, Retrait, colonnes_suivies
from reseau.nombres import montrer_date_courte

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime
    from uuid import UUID

    from reseau.models import Histoire
    from reseau.socle.histoire import Suivi

PAR_PAGE = 50
VIDE, INCONNU, SUPPRIME, PORTAIL = "(vide)", "(pas connu)", "compte supprimé", "le portail"
_GESTES = {Ajout.label: "Ajout", Modification.label: "Modification", Retrait.label: "Retrait"}

type Image = dict[str, Any]


@dataclass(frozen=True)
class Difference:
    """A field that changed; ``avant`` is empty for what came in, ``apres`` for what went."""

    libelle: str
    avant: str
    apres: str


@dataclass(frozen=True)
class Geste:
    """What happened to one row."""

    geste: str
    quoi: str
    differences: tuple[Difference, ...]


@dataclass(frozen=True)
class Moment:
    """Everything that one person, or one import, wrote at once."""

    le: datetime
    par: str
    gestes: list[Geste]


@dataclass(frozen=True)
class Evenement:
    """A line of a history, with the row before it (``None`` when nothing is known of it)."""

    suivi: Suivi
    le: datetime
    label: str
    par: UUID | None
    lot: UUID | None
    annulation: bool
    apres: Image
    avant: Image | None


def _conditions(suivi: Suivi, histoire: type[Histoire], objet: models.Model) -> dict[str, Any]:
    """Columns and values that choose the lines of the page's object, the indexed one among them."""
    if suivi.lien:
        return {suivi.lien: objet.pk}
    return {"id": objet.pk, histoire.racine: objet.serializable_value(histoire.racine)}


def _requete(suivis: Sequence[Suivi], objet: models.Model) -> tuple[sql.Composable, list[Any]]:
    """One SELECT a table; the row before is that of the line before, for the same row."""
    morceaux: list[sql.Composable] = []
    valeurs: list[Any] = []
    for rang, suivi in enumerate(suivis):
        histoire = histoire_de(suivi.modele)
        if histoire is None:
            raise ValueError(f"{suivi.modele.__name__} n'a pas d'histoire.")
        conditions = _conditions(suivi, histoire, objet)
        ou = [
            sql.SQL("h.{} = %s").format(sql.Identifier(str(champ.column)))
            for champ in histoire._meta.fields
            if champ.name in conditions
        ]
        valeurs += [conditions[c.name] for c in histoire._meta.fields if c.name in conditions]
        morceaux.append(
            sql.SQL(
                "SELECT {} AS rang, h.pgh_id, h.pgh_created_at, h.pgh_label, h.par, h.lot, h.annulation,"
                " to_jsonb(h) AS apres,"
                " lag(to_jsonb(h)) OVER (PARTITION BY h.id ORDER BY h.pgh_id) AS avant FROM {} AS h WHERE {}"
            ).format(sql.Literal(rang), sql.Identifier(histoire._meta.db_table), sql.SQL(" AND ").join(ou))
        )
    return sql.SQL(" UNION ALL ").join(morceaux), valeurs


def evenements(suivis: Sequence[Suivi], objet: models.Model, page: int) -> tuple[list[Evenement], bool]:
    """Return the lines of a page, the latest moment first, and whether there are older ones; one query."""
    if not suivis:
        return [], False
    toutes, valeurs = _requete(suivis, objet)
    requete = sql.SQL(
        "SELECT * FROM ({}) AS t ORDER BY pgh_created_at DESC, rang, pgh_id LIMIT %s OFFSET %s"
    ).format(toutes)
    with connection.cursor() as curseur:
        curseur.execute(requete.as_string(), [*valeurs, PAR_PAGE + 1, (page - 1) * PAR_PAGE])
        lignes = curseur.fetchall()
    lus = [
        Evenement(suivis[rang], le, label, par, lot, annulation, _image(apres), _image(avant) or None)
        for rang, _, le, label, par, lot, annulation, apres, avant in lignes[:PAR_PAGE]
    ]
    return lus, len(lignes) > PAR_PAGE


def _image(texte: Any) -> Image:
    image: Image = json.loads(texte) if isinstance(texte, str) else texte or {}
    return image


def raconter(lus: Sequence[Evenement]) -> list[Moment]:
    """Put lines in words; as many queries as there are kinds of things to name, whatever their number."""
    mots = _Mots(lus)
    moments: list[Moment] = []
    precedent: tuple[Any, ...] | None = None
    for lu in lus:
        geste = mots.geste(lu)
        if geste is None:
            continue
        moment = (lu.le, lu.par, lu.lot, lu.annulation)
        if moment != precedent:
            moments.append(Moment(lu.le, mots.auteur(lu), []))
            precedent = moment
        moments[-1].gestes.append(geste)
    return moments


class _Mots:
    """The words of these lines: names of accounts, of imports, and of what the keys point to."""

    def __init__(self, lus: Sequence[Evenement]) -> None:
        comptes = {str(lu.par) for lu in lus if lu.par}
        cles: dict[type[models.Model], set[str]] = {Utilisateur: comptes}
        for lu in lus:
            for champ in _champs(lu.suivi):
                if champ.is_relation:
                    valeurs = {str(i[champ.column]) for i in (lu.apres, lu.avant) if i and i[champ.column]}
                    cles.setdefault(champ.related_model, set()).update(valeurs)
        self.noms = {modele: _nommer(modele, siennes) for modele, siennes in cles.items() if siennes}
        self.lots = LotImport.objects.in_bulk({lu.lot for lu in lus if lu.lot})

    def auteur(self, lu: Evenement) -> str:
        """Who, and by which import."""
        qui = self.noms.get(Utilisateur, {}).get(str(lu.par), SUPPRIME) if lu.par else ""
        if not lu.lot:
            return qui or PORTAIL
        lot = self.lots.get(lu.lot)
        du = f" du {montrer_date_courte(localdate(lot.depose_le))}" if lot else ""
        quoi = f"annulation de l'import{du}" if lu.annulation else f"import{du}"
        return f"{quoi}, par {qui}" if qui else quoi

    def geste(self, lu: Evenement) -> Geste | None:
        """What happened, or nothing when no field that this person reads has changed."""
        differences = tuple(self._differences(lu))
        if not differences:
            return None
        nom = str(lu.suivi.modele._meta.verbose_name)
        if lu.suivi.modele._meta.proxy:  # a link: what it leads to says it all
            valeurs = ", ".join(d.apres or d.avant for d in differences)
            return Geste(_GESTES[lu.label], f"{nom} : {valeurs}", ())
        reperes = [
            self._montrer(lu.suivi, champ, lu.apres)
            for champ in _champs(lu.suivi)
            if champ.name in lu.suivi.repere
        ]
        quoi = f"{nom} : {', '.join(reperes)}" if reperes else nom
        return Geste(_GESTES[lu.label], quoi, differences)

    def _differences(self, lu: Evenement) -> Iterator[Difference]:
        for champ in _champs(lu.suivi):
            apres = self._montrer(lu.suivi, champ, lu.apres)
            libelle = str(champ.verbose_name)
            if lu.label != Modification.label:
                # What the title already says in full is not said again.
                if apres != VIDE and not (champ.is_relation and champ.name in lu.suivi.repere):
                    ajout = lu.label == Ajout.label
                    yield Difference(libelle, "" if ajout else apres, apres if ajout else "")
            elif lu.avant is None:
                yield Difference(libelle, INCONNU, apres)
            elif lu.avant[champ.column] != lu.apres[champ.column]:
                yield Difference(libelle, self._montrer(lu.suivi, champ, lu.avant), apres)

    def _montrer(self, suivi: Suivi, champ: Any, image: Image) -> str:
        """A value as a page prints it."""
        valeur = image[champ.column]
        if valeur in (None, "", []):
            return VIDE
        if champ.is_relation:
            return self.noms.get(champ.related_model, {}).get(str(valeur), "(effacé)")
        dire = suivi.dire.get(champ.name)
        return dire(valeur) if dire else _dire(champ, valeur)


def _dire(champ: Any, valeur: Any) -> str:
    """A value of a plain field, from its JSON."""
    if champ.choices:
        return str(dict(champ.flatchoices).get(valeur, valeur))
    if isinstance(valeur, bool):
        return "oui" if valeur else "non"
    if isinstance(champ, models.DateField):
        return montrer_date_courte(date.fromisoformat(valeur))
    return ", ".join(map(str, valeur)) if isinstance(valeur, list) else str(valeur)


def _champs(suivi: Suivi) -> list[Any]:
    """Fields of the model that this person reads, in their order; keys of the row aside."""
    histoire = histoire_de(suivi.modele)
    caches = {"id", suivi.lien}
    gardes = {c.name for c in colonnes_suivies(histoire)} - caches if histoire else set()
    if suivi.champs is not None:
        gardes &= suivi.champs
    return [champ for champ in suivi.modele._meta.fields if champ.name in gardes]


def _nommer(modele: type[models.Model], cles: set[str]) -> dict[str, str]:
    """Names of these rows as they are now; one query."""
    lignes = modele._base_manager.filter(pk__in=cles)
    return {str(ligne.pk): _nom(ligne) for ligne in lignes}


def _nom(ligne: models.Model) -> str:
    return SUPPRIME if isinstance(ligne, Utilisateur) and ligne.est_efface else str(ligne)
