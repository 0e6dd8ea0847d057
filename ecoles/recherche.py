"""The list of schools for a family: everything the page shows."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from ecoles.carte import CartePoints, carte_points
from ecoles.criteres import NIVEAUX, RAYONS, Criteres, lire
from ecoles.diplomes import pluriel
from ecoles.facettes import PAR_PAGE, Facette, Selection, Trouvailles, chercher
from ecoles.lieux import Lieu, Resolution, par_code, resoudre
from ecoles.presentation import CarteEcole, charger
from ecoles.toponymes import de_commune
from reseau.requetes import plier

if TYPE_CHECKING:
    from datetime import date

    from django.http import QueryDict


@dataclass(frozen=True, slots=True)
class Choix:
    """A tick box, an option or a link: value, text, number of schools, chosen or not, address."""

    valeur: str
    texte: str
    nb: int = 0
    coche: bool = False
    adresse: str = ""


@dataclass(frozen=True, slots=True)
class Groupe:
    """A group of tick boxes under one parameter."""

    titre: str
    nom: str
    choix: tuple[Choix, ...]


@dataclass(frozen=True, slots=True)
class Avis:
    """A notice: kind ("", "attention", "refus"), title, sentences."""

    phrases: tuple[str, ...]
    genre: str = ""
    titre: str = ""


@dataclass(slots=True)
class PageRecherche:
    """Everything ``ecoles/liste.html`` shows. ``statut`` is 404 past the last page."""

    titre: str = "Toutes les écoles de production"
    lieu: str = ""
    erreur_lieu: str = ""
    filtree: bool = False
    avis: list[Avis] = field(default_factory=list)
    titre_propositions: str = ""
    propositions: list[Choix] = field(default_factory=list)
    groupes: list[Groupe] = field(default_factory=list)
    rayons: list[Choix] = field(default_factory=list)
    puces: list[Choix] = field(default_factory=list)
    cache_filtres: list[tuple[str, str]] = field(default_factory=list)
    cache_lieu: list[tuple[str, str]] = field(default_factory=list)
    phrase_nombre: str = ""
    ecoles: list[CarteEcole] = field(default_factory=list)
    titre_proches: str = ""
    proches: list[CarteEcole] = field(default_factory=list)
    carte: CartePoints | None = None
    page: int = 1
    nb_pages: int = 1
    precedente: str = ""
    suivante: str = ""
    statut: int = 200


def _situer(criteres: Criteres) -> tuple[Criteres, Resolution]:
    """Find the point of departure; an unknown commune code falls back on the text."""
    if criteres.commune:
        lieu = par_code(criteres.commune)
        if lieu:
            return replace(criteres, texte=criteres.texte or lieu.nom), Resolution(lieu)
        ignores = (*criteres.ignores, ("commune", criteres.commune))
        criteres = replace(criteres, commune="", ignores=ignores)
    if not criteres.texte:
        return criteres, Resolution()
    resolution = resoudre(criteres.texte)
    if resolution.lieu:
        criteres = replace(criteres, commune=resolution.lieu.code)
    return criteres, resolution


def _selection(criteres: Criteres, lieu: Lieu | None) -> Selection:
    return Selection(
        latitude=lieu.latitude if lieu else None,
        longitude=lieu.longitude if lieu else None,
        metiers=criteres.metiers,
        niveaux=tuple(NIVEAUX[v][0] for v in criteres.niveaux),
        regions=criteres.regions,
        rayon=criteres.rayon if lieu else None,
        debut=(criteres.page - 1) * PAR_PAGE,
    )


def _sans_inconnus(criteres: Criteres, trouvailles: Trouvailles) -> Criteres:
    """Set aside the trades and regions that do not exist."""
    metiers = {f.code for f in trouvailles.metiers}
    regions = {f.code for f in trouvailles.regions}
    ignores = [("metier", v) for v in criteres.metiers if v not in metiers]
    ignores += [("region", v) for v in criteres.regions if v not in regions]
    if not ignores:
        return criteres
    return replace(
        criteres,
        metiers=tuple(v for v in criteres.metiers if v in metiers),
        regions=tuple(v for v in criteres.regions if v in regions),
        ignores=(*criteres.ignores, *ignores),
    )


def preparer(parametres: QueryDict, jour: date) -> PageRecherche:
    """Return the page asked by ``parametres``: at most five queries, whatever the number of schools."""
    criteres, resolution = _situer(lire(parametres))
    page = PageRecherche(lieu=criteres.texte, filtree=criteres.filtree, page=criteres.page)
    if resolution.lieu is None and criteres.texte:
        _proposer_lieux(page, criteres, resolution)
        return page
    trouvailles = chercher(_selection(criteres, resolution.lieu))
    retenus = _sans_inconnus(criteres, trouvailles)
    if retenus is not criteres:
        criteres = retenus
        trouvailles = chercher(_selection(criteres, resolution.lieu))
    _remplir(page, criteres, resolution.lieu, trouvailles)
    _lister(page, criteres, resolution.lieu, trouvailles, jour)
    return page


def _avis_ignores(criteres: Criteres) -> list[Avis]:
    if not criteres.ignores:
        return []
    phrases = tuple(f"« {nom} = {valeur} » n’existe pas." for nom, valeur in criteres.ignores[:5])
    return [Avis(phrases, "attention", "Une partie de l’adresse a été ignorée")]


def _proposer_lieux(page: PageRecherche, criteres: Criteres, resolution: Resolution) -> None:
    page.titre = "Où habitez-vous ?"
    page.erreur_lieu = resolution.erreur
    page.titre_propositions = resolution.titre
    page.propositions = [
        Choix(code, texte, adresse=criteres.adresse(commune=code)) for code, texte in resolution.choix
    ]
    page.avis = _avis_ignores(criteres)
    page.cache_lieu = _caches(criteres)
    page.carte = None


def _caches(criteres: Criteres) -> list[tuple[str, str]]:
    couples = [("metier", v) for v in criteres.metiers] + [("niveau", v) for v in criteres.niveaux]
    couples += [("region", v) for v in criteres.regions]
    return couples + ([("rayon", str(criteres.rayon))] if criteres.rayon else [])


def _groupe(titre: str, nom: str, facettes: list[Facette], choisis: tuple[str, ...]) -> Groupe:
    choix = (Choix(f.code, f.nom, f.nb, f.code in choisis) for f in facettes if f.nb or f.code in choisis)
    return Groupe(titre, nom, tuple(choix))


def _puces(criteres: Criteres, noms: dict[tuple[str, str], str]) -> list[Choix]:
    puces = []
    for champ, nom in (("metiers", "metier"), ("niveaux", "niveau"), ("regions", "region")):
        valeurs: tuple[str, ...] = getattr(criteres, champ)
        for valeur in valeurs:
            reste = tuple(v for v in valeurs if v != valeur)
            puces.append(
                Choix(valeur, noms.get((nom, valeur), valeur), adresse=criteres.adresse(**{champ: reste}))
            )
    if criteres.rayon:
        adresse = criteres.adresse(rayon=None)
        puces.append(Choix(str(criteres.rayon), f"{criteres.rayon} km au plus", adresse=adresse))
    return puces


def _remplir(page: PageRecherche, criteres: Criteres, lieu: Lieu | None, t: Trouvailles) -> None:
    """Everything around the list: title, notices, filters, chips."""
    niveaux = [
        Facette(code, nom, next((f.nb for f in t.niveaux if f.code == str(niveau)), 0))
        for code, (niveau, nom) in NIVEAUX.items()
    ]
    regions = sorted(t.regions, key=lambda f: plier(f.nom))
    page.groupes = [
        g
        for g in (
            _groupe("Métier", "metier", t.metiers, criteres.metiers),
            _groupe("Diplôme", "niveau", niveaux, criteres.niveaux),
            _groupe("Région", "region", regions, criteres.regions),
        )
        if g.choix
    ]
    noms = {(g.nom, c.valeur): c.texte for g in page.groupes for c in g.choix}
    page.puces = _puces(criteres, noms)
    page.cache_lieu = _caches(criteres)
    page.avis = _avis_ignores(criteres)
    if lieu is None:
        if criteres.rayon:
            page.avis.append(Avis(("La distance sert quand vous indiquez une ville.",), "attention"))
        return
    page.titre = f"Écoles de production près {de_commune(lieu.texte)}"
    if lieu.phrase:
        page.avis.append(Avis((lieu.phrase,)))
    page.cache_filtres = [("lieu", criteres.texte), ("commune", criteres.commune)]
    page.rayons = [Choix("", "Toutes les distances", coche=criteres.rayon is None)] + [
        Choix(str(r), f"{r} km au plus", coche=criteres.rayon == r) for r in RAYONS
    ]


def _phrase_nombre(t: Trouvailles, lieu: Lieu | None) -> str:
    total = t.total
    if not t.publiees:
        return "Aucune école n’est encore publiée"
    if total == 0:
        return "Aucune école ne correspond"
    if lieu is None:
        return f"{pluriel(total, 'école')}, par ordre alphabétique"
    return f"{pluriel(total, 'école')}, de la plus proche à la plus lointaine" if total > 1 else "1 école"


def _lister(page: PageRecherche, criteres: Criteres, lieu: Lieu | None, t: Trouvailles, jour: date) -> None:
    page.nb_pages = max(1, -(-t.total // PAR_PAGE))
    if criteres.page > page.nb_pages:
        _apres_la_fin(page, criteres)
        return
    page.phrase_nombre = _phrase_nombre(t, lieu)
    if criteres.page > 1:
        page.precedente = criteres.adresse(page=criteres.page - 1)
    if criteres.page < page.nb_pages:
        page.suivante = criteres.adresse(page=criteres.page + 1)
    trouvees = t.ecoles
    if t.total == 0:
        page.titre_proches = _titre_proches(t, lieu)
        trouvees = t.proches or t.ailleurs
    cartes = charger(trouvees, jour)
    if t.total == 0:
        page.proches = cartes
    else:
        page.ecoles = cartes
    page.carte = carte_points([c.degres for c in cartes], (lieu.latitude, lieu.longitude) if lieu else None)


def _titre_proches(t: Trouvailles, lieu: Lieu | None) -> str:
    if t.proches:
        return "Les plus proches, un peu plus loin"
    return "Les plus proches, tous métiers confondus" if lieu else "D’autres écoles"


def _apres_la_fin(page: PageRecherche, criteres: Criteres) -> None:
    page.statut = 404
    page.phrase_nombre = "Cette page n’existe pas"
    page.avis.append(Avis((f"La liste s’arrête à la page {page.nb_pages}.",), "refus"))
    page.propositions = [Choix("1", "Revenir à la première page", adresse=criteres.adresse())]
    page.titre_propositions = "La liste est plus courte"
    page.page = page.nb_pages = 1
