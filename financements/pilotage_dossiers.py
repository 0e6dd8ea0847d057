"""Files of a year, read for the dashboards: learners and amounts by title and place, states, delays.

Everything is grouped by the database; no file, no learner is loaded.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db import connection
from django.db.models import Count, Q, Sum

from ecoles.models import Titre
from financements.etats import A_ECRIRE, ACCORDEES, EN_COURS, INSTRUITES, Etat
from financements.models import Demande
from financements.situations import AVANT_DEPOT
from financements.tableau import ENVISAGE_EN_SQL
from reseau.nombres import aujourdhui

if TYPE_CHECKING:
    from collections.abc import Sequence
    from decimal import Decimal

# Counted by somebody else than the school: what is asked goes down to what is retained.
_RETENUES = [etat.value for etat in (*INSTRUITES, *ACCORDEES)]
_ACCORDEES = [etat.value for etat in ACCORDEES]
_JAMAIS_DEPOSEES = [etat.value for etat in AVANT_DEPOT]
TYPES = dict(Titre.Type.choices)


@dataclass(frozen=True, slots=True)
class Part:
    """A title or a place: learners, learner-months, EUR. ``titre`` is empty for a place.

    ``accorde`` includes amendments; ``mois_realises`` comes from the reports that were handed in.
    """

    metier: str
    titre: str
    lieu: str
    nb_demandes: int
    nb_retenus: int
    mois_demandes: int
    mois_retenus: int
    mois_realises: int
    demande: Decimal
    retenu: Decimal
    accorde: Decimal


@dataclass(frozen=True, slots=True)
class Ventilation:
    """The same files, cut by title, by departement, by basin, by region, and in one piece."""

    titres: list[Part]
    departements: list[Part]
    bassins: list[Part]
    regions: list[Part]
    total: Part | None


# What was taken over from before the tool may have no lines, or lines at a rounded rate: what its commitment
# has more (or less) than its lines is counted without a title.
_VENTILATION = """
WITH dossiers AS (
    SELECT d.id, d.etat, d.voie, d.region_id, v.departement_id,
           COALESCE(v.nom_bassin, '') AS bassin, a.id AS allocation_id,
           d.etat = ANY(%(retenues)s) AS retenue, d.etat = ANY(%(accordees)s) AS accordee
      FROM financements_demande d
      JOIN financements_campagne c ON c.id = d.campagne_id
      JOIN ecoles_ecole s ON s.id = d.ecole_id
      LEFT JOIN reseau_commune v ON v.code = s.commune_id
      LEFT JOIN financements_allocation a ON a.demande_id = d.id
     WHERE c.exercice = %(exercice)s AND d.region_id = ANY(%(regions)s) AND NOT d.etat = ANY(%(avant)s)
), ecarts AS (
    SELECT allocation_id, montant FROM financements_engagement WHERE nature <> 'desengagement'
     UNION ALL
    SELECT d.allocation_id, -l.montant_retenu
      FROM dossiers d JOIN financements_ligneeffectif l ON l.demande_id = d.id
     UNION ALL
    SELECT allocation_id, -montant FROM financements_avenant WHERE etape = 'accorde'
), parts AS (
    SELECT d.region_id, d.departement_id, d.bassin, l.titre_id, l.effectif_demande AS nb_demandes,
           CASE WHEN d.retenue THEN l.effectif_retenu END AS nb_retenus,
           l.effectif_demande::int * l.mois AS mois_demandes,
           CASE WHEN d.retenue THEN l.effectif_retenu::int * l.mois END AS mois_retenus,
           NULL::int AS mois_realises,
           CASE WHEN d.voie <> 'reprise' THEN l.montant_demande END AS demande,
           CASE WHEN d.retenue THEN l.montant_retenu END AS retenu,
           CASE WHEN d.accordee THEN l.montant_retenu END AS accorde
      FROM dossiers d JOIN financements_ligneeffectif l ON l.demande_id = d.id
     UNION ALL
    SELECT d.region_id, d.departement_id, d.bassin, l.titre_id, NULL, NULL, NULL, l.mois, NULL,
           NULL, l.montant, l.montant
      FROM dossiers d
      JOIN financements_avenant v ON v.allocation_id = d.allocation_id AND v.etape = 'accorde'
      JOIN financements_ligneavenant l ON l.avenant_id = v.id
     UNION ALL
    SELECT d.region_id, d.departement_id, d.bassin, l.titre_id, NULL, NULL, NULL, NULL,
           COALESCE(l.mois_retenus, l.mois_realises), NULL, NULL, NULL
      FROM dossiers d
      JOIN financements_bilan b ON b.allocation_id = d.allocation_id AND b.depose_le IS NOT NULL
      JOIN financements_lignerealisee l ON l.bilan_id = b.id
     UNION ALL
    SELECT d.region_id, d.departement_id, d.bassin, NULL, NULL, NULL, NULL, NULL, NULL, NULL,
           e.montant, e.montant
      FROM dossiers d JOIN ecarts e ON e.allocation_id = d.allocation_id
     WHERE d.accordee
), sommes AS (
    SELECT grouping(titre_id, departement_id, bassin, region_id) AS coupe,
           titre_id, departement_id, bassin, region_id,
           sum(nb_demandes) AS nb_demandes, sum(nb_retenus) AS nb_retenus,
           sum(mois_demandes) AS mois_demandes, sum(mois_retenus) AS mois_retenus,
           sum(mois_realises) AS mois_realises,
           sum(demande) AS demande, sum(retenu) AS retenu, sum(accorde) AS accorde
      FROM parts GROUP BY GROUPING SETS ((titre_id), (departement_id), (bassin), (region_id), ())
)
SELECT s.coupe, COALESCE(f.nom, ''), COALESCE(t.type, ''), COALESCE(t.intitule, ''),
       COALESCE(p.nom || ' (' || p.code || ')', s.bassin, r.nom, ''),
       COALESCE(s.nb_demandes, 0), COALESCE(s.nb_retenus, 0), COALESCE(s.mois_demandes, 0),
       COALESCE(s.mois_retenus, 0), COALESCE(s.mois_realises, 0),
       COALESCE(s.demande, 0), COALESCE(s.retenu, 0), COALESCE(s.accorde, 0)
  FROM sommes s
  LEFT JOIN ecoles_titre t ON t.code_cfd = s.titre_id
  LEFT JOIN ecoles_filiere f ON f.code = t.filiere_id
  LEFT JOIN reseau_departement p ON p.code = s.departement_id
  LEFT JOIN reseau_region r ON r.code = s.region_id
 ORDER BY s.coupe, f.rang NULLS LAST, f.nom, t.niveau, t.intitule, t.code_cfd, p.code,
          s.bassin = '', s.bassin, r.nom
"""
# GROUPING() counts in binary the columns that a row does not group by: title 8, departement 4, basin 2,
# region 1.
_PAR_TITRE, _PAR_DEPARTEMENT, _PAR_BASSIN, _PAR_REGION, _EN_ENTIER = 0b0111, 0b1011, 0b1101, 0b1110, 0b1111


def ventilation(regions: Sequence[str], exercice: int) -> Ventilation:
    """Return learners and amounts of the files handed in for this year, cut four ways; one query."""
    valeurs: dict[str, Any] = {
        "regions": list(regions),
        "exercice": exercice,
        "retenues": _RETENUES,
        "accordees": _ACCORDEES,
        "avant": _JAMAIS_DEPOSEES,
    }
    with connection.cursor() as curseur:
        curseur.execute(_VENTILATION, valeurs)
        lignes = curseur.fetchall()
    coupes: dict[int, list[Part]] = {}
    for coupe, metier, genre, intitule, *reste in lignes:
        titre = f"{TYPES.get(genre, genre)} {intitule}".strip()
        if coupe == _PAR_TITRE and not titre and not any(reste[1:]):
            continue  # every commitment is the sum of its lines
        coupes.setdefault(coupe, []).append(Part(metier, titre, *reste))
    entier = coupes.get(_EN_ENTIER, [])
    return Ventilation(
        titres=coupes.get(_PAR_TITRE, []),
        departements=coupes.get(_PAR_DEPARTEMENT, []),
        bassins=coupes.get(_PAR_BASSIN, []),
        regions=coupes.get(_PAR_REGION, []),
        total=entier[0] if entier and len(coupes) > 1 else None,
    )


@dataclass(frozen=True, slots=True)
class Etape:
    """Files of a region in a state: how many, EUR, past two months of silence, with a report handed in."""

    region: str
    etat: Etat
    nombre: int
    montant: Decimal
    nb_silences: int
    nb_bilans: int


def etapes(regions: Sequence[str], exercice: int) -> list[Etape]:
    """Return the files of the year by region and state, drafts left out; one query.

    Two months without an answer are a rejection: CRPA L231-4, 1°. What waits for the school does not count.
    """
    attendent = [etat for etat in EN_COURS if etat not in A_ECRIRE]
    silence = Q(echeance_le__lt=aujourdhui(), etat__in=attendent)
    lignes = (
        Demande.objects.filter(region__in=regions, campagne__exercice=exercice)
        .exclude(etat__in=AVANT_DEPOT)
        .order_by("region", "etat")
        .values_list("region", "etat")
        .annotate(
            nombre=Count("pk"),
            montant=Sum(ENVISAGE_EN_SQL),
            silences=Count("pk", filter=silence),
            bilans=Count("pk", filter=Q(allocation__bilan__depose_le__isnull=False)),
        )
    )
    return [Etape(region, Etat(etat), *reste) for region, etat, *reste in lignes]


@dataclass(frozen=True, slots=True)
class Delai:
    """Days between two steps, in Paris: files measured, what half of them took at most, the longest."""

    rang: int
    nombre: int
    mediane: int
    plus_long: int


# A file taken over has one line of journal and no day of deposit: it says nothing of delays.
_DELAIS = """
WITH pas_du_journal AS (
    SELECT demande_id, (min(le) FILTER (WHERE evenement = 'instruire') AT TIME ZONE 'Europe/Paris')::date
               AS instruction,
           (min(le) FILTER (WHERE evenement = 'notifier') AT TIME ZONE 'Europe/Paris')::date AS notification
      FROM financements_journaldemande
      JOIN financements_demande d ON d.id = demande_id
      JOIN financements_campagne c ON c.id = d.campagne_id
     WHERE evenement IN ('instruire', 'notifier')
       AND c.exercice = %(exercice)s AND d.region_id = ANY(%(regions)s)
     GROUP BY demande_id
), premiers AS (
    SELECT p.allocation_id, min(p.paye_le) AS paiement FROM financements_paiement p GROUP BY p.allocation_id
), jalons AS (
    SELECT (d.deposee_le AT TIME ZONE 'Europe/Paris')::date AS depot, j.instruction,
           (d.proposee_le AT TIME ZONE 'Europe/Paris')::date AS proposition,
           (d.visee_le AT TIME ZONE 'Europe/Paris')::date AS visa,
           (a.accordee_le AT TIME ZONE 'Europe/Paris')::date AS accord, j.notification,
           p.paiement
      FROM financements_demande d
      JOIN financements_campagne c ON c.id = d.campagne_id
      LEFT JOIN financements_allocation a ON a.demande_id = d.id
      LEFT JOIN pas_du_journal j ON j.demande_id = d.id
      LEFT JOIN premiers p ON p.allocation_id = a.id
     WHERE c.exercice = %(exercice)s AND d.region_id = ANY(%(regions)s) AND NOT d.etat = ANY(%(avant)s)
)
SELECT rang, count(*), percentile_disc(0.5) WITHIN GROUP (ORDER BY jours), max(jours)
  FROM jalons CROSS JOIN LATERAL (VALUES
       (1, instruction - depot), (2, proposition - instruction), (3, visa - proposition), (4, accord - visa),
       (5, notification - accord), (6, paiement - notification), (7, accord - depot)) AS pas (rang, jours)
 WHERE jours >= 0 GROUP BY rang ORDER BY rang
"""


def delais(regions: Sequence[str], exercice: int) -> list[Delai]:
    """Return the median and the longest delay of each step of the files of the year; one query."""
    valeurs: dict[str, Any] = {"regions": list(regions), "exercice": exercice, "avant": _JAMAIS_DEPOSEES}
    with connection.cursor() as curseur:
        curseur.execute(_DELAIS, valeurs)
        return [Delai(*ligne) for ligne in curseur.fetchall()]
