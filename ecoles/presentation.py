"""Schools as plain words for the screens: every text is made once, here, never in a template."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db import connection
from django.db.models import OuterRef, QuerySet
from django.db.models.functions import JSONObject
from django.urls import reverse

from ecoles.diplomes import INSECABLE, parcours_en_mots, parcours_lus, places_en_mots
from ecoles.models import Ecole, EtapeParcours, Filiere
from ecoles.reconnaissances import statuts_du_jour

if TYPE_CHECKING:
    from datetime import date

PAS_INDIQUE = "pas indiqué"
_LOGEMENT = {"oui": "oui", "non": "non", "": PAS_INDIQUE}


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


def distance_en_mots(km: float | None) -> str:
    """Return whole kilometres, "moins de 1 km" for the same town, nothing when unknown."""
    if km is None:
        return ""
    if km < 1:
        return f"moins de 1{INSECABLE}km"
    return f"{km:,.0f}".replace(",", "\N{NARROW NO-BREAK SPACE}") + f"{INSECABLE}km"


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


def avec_details(ecoles: QuerySet[Ecole], jour: date) -> QuerySet[Ecole]:
    """Add ``noms_metiers``, ``lignes_parcours`` and the statuses of the day, still in one query."""
    metiers = (
        Filiere.objects.filter(ecoles=OuterRef("pk")).order_by("rang", "nom").values_list("nom", flat=True)
    )
    etapes = (
        EtapeParcours.objects.filter(parcours__offres__ecole=OuterRef("pk"))
        .order_by("parcours__niveau_vise", "parcours__nom", "parcours_id", "rang")
        .values(
            ligne=JSONObject(
                parcours="parcours_id",
                type="titre__type",
                intitule="titre__intitule",
                niveau="titre__niveau",
                mois="mois",
                ferme_le="titre__ferme_le",
                remplace_par="titre__remplace_par__intitule",
                capacite="parcours__offres__capacite",
                places="parcours__offres__places",
                places_le="parcours__offres__places_le",
                mois_entree="parcours__offres__mois_entree",
                en_cours="parcours__offres__entree_en_cours_d_annee",
            )
        )
    )
    return ecoles.select_related("commune").annotate(
        noms_metiers=ArraySubquery(metiers),
        lignes_parcours=ArraySubquery(etapes),
        **statuts_du_jour(jour),
    )


def ville_de(ecole: Ecole) -> str:
    """Return the town with its departement, "Dole (39)"."""
    return f"{ecole.commune.nom} ({ecole.commune.departement_id})"


@cache
def _chemin(nom: str) -> str:
    """Address of a page of the schools, with a mark where the slug goes: resolved once a process."""
    return reverse(f"ecoles:{nom}", args=["SLUG"])


def _carte(ligne: dict[str, Any], km: float | None, jour: date) -> CarteEcole:
    liste = parcours_lus(ligne["offres"])
    telephone, lien = telephone_en_mots(ligne["telephone"])
    return CarteEcole(
        nom=ligne["nom"],
        adresse=_chemin("fiche").replace("SLUG", ligne["slug"]),
        ville=f"{ligne['commune']} ({ligne['departement']})",
        degres=(ligne["latitude"], ligne["longitude"]),
        km=distance_en_mots(km),
        metiers=enumerer(ligne["metiers"]),
        diplomes=parcours_en_mots(liste, jour) or PAS_INDIQUE,
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
    ARRAY(SELECT jsonb_build_object('parcours', p.code, 'type', t.type, 'intitule', t.intitule,
              'niveau', t.niveau, 'mois', s.mois, 'ferme_le', t.ferme_le, 'remplace_par', '',
              'capacite', o.capacite, 'places', o.places, 'places_le', o.places_le)
          FROM ecoles_offre o JOIN ecoles_parcours p ON p.code = o.parcours_id
          JOIN ecoles_etapeparcours s ON s.parcours_id = p.code
          JOIN ecoles_titre t ON t.code_cfd = s.titre_id
          WHERE o.ecole_id = e.id ORDER BY p.niveau_vise, p.nom, p.code, s.rang) AS offres
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
