"""Schools as plain words for the screens: every text is made once, here, never in a template."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db import connection
from django.db.models import OuterRef, QuerySet
from django.db.models.functions import JSONObject
from django.urls import reverse

from ecoles.models import Ecole, EtapeParcours, Filiere

INSECABLE = "\N{NO-BREAK SPACE}"
PAS_INDIQUE = "pas indiqué"
# After this many days a number of places is no longer given as true.
PLACES_VALABLES = timedelta(days=30)
NB_DIPLOMES_CARTE = 2

_TYPES = {"CAP": "CAP", "CAPA": "CAP agricole", "BAC_PRO": "bac pro"}
_LOGEMENT = {"oui": "oui", "non": "non", "": PAS_INDIQUE}


@dataclass(frozen=True, slots=True)
class Diplome:
    """A title in a school, in words. ``ferme`` says it has closed for new pupils."""

    code: str
    texte: str
    duree: str
    niveau: int
    ferme_le: date | None
    remplace_par: str
    capacite: int | None
    places: int | None
    places_le: date | None


@dataclass(frozen=True, slots=True)
class CarteEcole:
    """The seven lines of ``composants/carte_ecole.html``, and where the town is."""

    nom: str
    adresse: str
    ville: str
    degres: tuple[float, float]
    km: str
    metiers: str
    diplomes: str
    logement: str
    places: str
    telephone: str
    telephone_lien: str
    contact: str
    a_confirmer: bool


def jour_court(jour: date) -> str:
    """Return "12/10/2026"."""
    return f"{jour:%d/%m/%Y}"


def duree_en_mots(mois: int) -> str:
    """Return "2 ans", or "18 mois" when it is not a whole number of years."""
    ans, reste = divmod(mois, 12)
    if reste or not ans:
        return f"{mois}{INSECABLE}mois"
    return f"{ans}{INSECABLE}an{'s' if ans > 1 else ''}"


def distance_en_mots(km: float | None) -> str:
    """Return whole kilometres, "moins de 1 km" for the same town, nothing when unknown."""
    if km is None:
        return ""
    if km < 1:
        return f"moins de 1{INSECABLE}km"
    return f"{km:,.0f}".replace(",", "\N{NARROW NO-BREAK SPACE}") + f"{INSECABLE}km"


def pluriel(nombre: int, mot: str) -> str:
    """Return "1 école", "3 écoles" (French: zero is singular)."""
    return f"{nombre}{INSECABLE}{mot}{'s' if nombre > 1 else ''}"


def enumerer(noms: list[str]) -> str:
    """Return "Industrie, métiers du bois": one capital for the whole list."""
    minuscules = [nom[:1].lower() + nom[1:] for nom in noms]
    texte = ", ".join(minuscules)
    return texte[:1].upper() + texte[1:] if texte else PAS_INDIQUE


def telephone_en_mots(numero: str) -> tuple[str, str]:
    """Return the number by pairs and its ``tel:`` link, or two empty texts."""
    chiffres = "".join(c for c in numero if c.isdigit() or c == "+").replace("+33", "0", 1)
    if not chiffres:
        return "", ""
    par_deux = INSECABLE.join(chiffres[i : i + 2] for i in range(0, len(chiffres), 2))
    lien = f"+33{chiffres[1:]}" if chiffres.startswith("0") else chiffres
    return (par_deux if chiffres.startswith("0") else chiffres), f"tel:{lien}"


def avec_details(ecoles: QuerySet[Ecole]) -> QuerySet[Ecole]:
    """Add ``noms_metiers`` and ``lignes_offres`` to each row, still in one query."""
    metiers = (
        Filiere.objects.filter(ecoles=OuterRef("pk")).order_by("rang", "nom").values_list("nom", flat=True)
    )
    offres = (
        EtapeParcours.objects.filter(parcours__offres__ecole=OuterRef("pk"))
        .order_by("titre__niveau", "titre__intitule", "titre__code_cfd")
        .values(
            ligne=JSONObject(
                code="titre_id",
                type="titre__type",
                intitule="titre__intitule",
                niveau="titre__niveau",
                duree="mois",
                ferme_le="titre__ferme_le",
                remplace_par="titre__remplace_par__intitule",
                capacite="parcours__offres__capacite",
                places="parcours__offres__places",
                places_le="parcours__offres__places_le",
            )
        )
    )
    return ecoles.select_related("commune").annotate(
        noms_metiers=ArraySubquery(metiers), lignes_offres=ArraySubquery(offres)
    )


def _jour(texte: str | None) -> date | None:
    return date.fromisoformat(texte) if texte else None


def diplomes(ecole: Any) -> list[Diplome]:
    """Return the titles of a school loaded by ``avec_details``."""
    return diplomes_lus(ecole.lignes_offres)


def diplomes_lus(lignes: list[dict[str, Any]]) -> list[Diplome]:
    """Return the titles described by these rows."""
    return [
        Diplome(
            code=ligne["code"],
            texte=f"{_TYPES[ligne['type']]} {ligne['intitule']}",
            duree=duree_en_mots(ligne["duree"]),
            niveau=ligne["niveau"],
            ferme_le=_jour(ligne["ferme_le"]),
            remplace_par=ligne["remplace_par"] or "",
            capacite=ligne["capacite"],
            places=ligne["places"],
            places_le=_jour(ligne["places_le"]),
        )
        for ligne in lignes
    ]


def diplomes_en_mots(liste: list[Diplome], jour: date) -> str:
    """Return the first titles with their length, and how many more there are."""
    ouverts = [d for d in liste if d.ferme_le is None or d.ferme_le >= jour]
    textes = [f"{d.texte}, {d.duree}" for d in ouverts or liste]
    if not textes:
        return PAS_INDIQUE
    reste = len(textes) - NB_DIPLOMES_CARTE
    debut = f"{INSECABLE}; ".join(textes[:NB_DIPLOMES_CARTE])
    return debut if reste <= 0 else f"{debut}{INSECABLE}; et {pluriel(reste, 'autre')}"


def places_en_mots(liste: list[Diplome], jour: date) -> str:
    """Answer "prend encore des jeunes ?" with the day it was said; old answers are to be checked."""
    datees = [d for d in liste if d.places_le is not None]
    if not datees:
        return "demandez à l’école"
    dit_le = max(d.places_le for d in datees if d.places_le)
    if jour - dit_le > PLACES_VALABLES:
        return f"à vérifier (dernière réponse le {jour_court(dit_le)})"
    places = sum(d.places or 0 for d in datees if d.places_le == dit_le)
    return f"{'oui' if places else 'non'}, dit le {jour_court(dit_le)}"


def ville_de(ecole: Ecole) -> str:
    """Return the town with its departement, "Dole (39)"."""
    return f"{ecole.commune.nom} ({ecole.commune.departement_id})"


@cache
def _chemin(nom: str) -> str:
    """Address of a page of the schools, with a mark where the slug goes: resolved once a process."""
    return reverse(f"ecoles:{nom}", args=["SLUG"])


def _carte(ligne: dict[str, Any], km: float | None, jour: date) -> CarteEcole:
    liste = diplomes_lus(ligne["offres"])
    telephone, lien = telephone_en_mots(ligne["telephone"])
    return CarteEcole(
        nom=ligne["nom"],
        adresse=_chemin("fiche").replace("SLUG", ligne["slug"]),
        ville=f"{ligne['commune']} ({ligne['departement']})",
        degres=(ligne["latitude"], ligne["longitude"]),
        km=distance_en_mots(km),
        metiers=enumerer(ligne["metiers"]),
        diplomes=diplomes_en_mots(liste, jour),
        logement=_LOGEMENT[ligne["internat"]],
        places=places_en_mots(liste, jour),
        telephone=telephone,
        telephone_lien=lien,
        contact=_chemin("contact").replace("SLUG", ligne["slug"]),
        a_confirmer=ligne["verification"] != Ecole.Verification.OUI,
    )


# Written out: half of the time of a list went into building this text again for each request.
_SQL_CARTES = """
SELECT e.id::text AS cle, e.nom, e.slug, e.telephone, e.internat, e.verification,
    c.nom AS commune, c.departement_id AS departement,
    coalesce(c.latitude, 0)::float8 AS latitude, coalesce(c.longitude, 0)::float8 AS longitude,
    ARRAY(SELECT f.nom FROM ecoles_ecole_filieres ef JOIN ecoles_filiere f ON f.code = ef.filiere_id
          WHERE ef.ecole_id = e.id ORDER BY f.rang, f.nom) AS metiers,
    ARRAY(SELECT jsonb_build_object('code', t.code_cfd, 'type', t.type, 'intitule', t.intitule,
              'niveau', t.niveau, 'duree', s.mois, 'ferme_le', t.ferme_le, 'remplace_par', '',
              'capacite', o.capacite, 'places', o.places, 'places_le', o.places_le)
          FROM ecoles_offre o JOIN ecoles_etapeparcours s ON s.parcours_id = o.parcours_id
          JOIN ecoles_titre t ON t.code_cfd = s.titre_id
          WHERE o.ecole_id = e.id ORDER BY t.niveau, t.intitule, t.code_cfd) AS offres
FROM ecoles_ecole e JOIN reseau_commune c ON c.code = e.commune_id
WHERE e.id = ANY(%s::uuid[])
"""


def charger(trouvees: list[tuple[str, float | None]], jour: date) -> list[CarteEcole]:
    """Return the cards of these schools (key, kilometres), in the order given: one query."""
    with connection.cursor() as curseur:
        curseur.execute(_SQL_CARTES, [[cle for cle, _ in trouvees]])
        colonnes = [colonne.name for colonne in curseur.description or ()]
        lignes = {ligne[0]: dict(zip(colonnes, ligne, strict=True)) for ligne in curseur.fetchall()}
    return [_carte(_lisible(lignes[cle]), km, jour) for cle, km in trouvees if cle in lignes]


def _lisible(ligne: dict[str, Any]) -> dict[str, Any]:
    """Django leaves jsonb as text in a bare cursor."""
    offres = [json.loads(o) if isinstance(o, str) else o for o in ligne["offres"]]
    return ligne | {"offres": offres}
