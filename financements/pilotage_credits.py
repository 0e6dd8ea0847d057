"""Credits of a year, read for the dashboards: counters of each envelope, months of the ledgers, payments due.

Money is summed by the database and read as Decimal (EUR); no file is loaded. Months are those of Paris.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.db import connection
from django.db.models import DecimalField, OuterRef, Subquery, Sum, Value
from django.db.models.functions import Coalesce

from financements.etats import Etat
from financements.models import Demande, MouvementEnveloppe
from financements.situations import FINIES
from reseau.models import ServiceRegional
from reseau.nombres import aujourdhui

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from django.db.models import QuerySet

    from reseau.models import Utilisateur

ZERO = Decimal(0)
AVANT, APRES = 0, 13
_EUROS: DecimalField[Any, Any] = DecimalField(max_digits=14, decimal_places=2)


@dataclass(frozen=True, slots=True)
class Credit:
    """An envelope, or a service without any (``exercice`` is then ``None``). Frozen sums are positive."""

    service: str
    nom: str
    cle: Any
    exercice: int | None
    programme: str
    action: str
    mere: Any
    ae_ouvertes: Decimal
    ae_deleguees: Decimal
    ae_engagees: Decimal
    ae_gelees: Decimal
    ae_proposees: Decimal
    cp_ouverts: Decimal
    cp_delegues: Decimal
    cp_payes: Decimal
    cp_geles: Decimal

    @property
    def ae_disponibles(self) -> Decimal:
        """As on the page of the envelope: what may still be committed."""
        return self.ae_ouvertes - self.ae_engagees - self.ae_deleguees

    @property
    def cp_disponibles(self) -> Decimal:
        """As on the page of the envelope: what may still be paid this year."""
        return self.cp_ouverts - self.cp_payes - self.cp_delegues


_COMPTEURS = tuple(champ.name for champ in fields(Credit) if champ.name[:3] in {"ae_", "cp_"})


def credits_visibles(utilisateur: Utilisateur) -> list[Credit]:
    """Return every envelope of every year that this person reads, by service then year; one query."""
    services = ServiceRegional.objects.all()
    if not (utilisateur.is_superuser or utilisateur.detient_au_national("enveloppe.voir")):
        services = services.filter(pk__in=utilisateur.regions_pour("enveloppe.voir"))
    lignes = _avec_sommes(services).order_by(
        "nom", "enveloppes__exercice", "enveloppes__programme", "enveloppes__action", "enveloppes__pk"
    )
    colonnes = (
        *("pk", "nom", "enveloppes__pk", "enveloppes__exercice", "enveloppes__programme"),
        *("enveloppes__action", "enveloppes__parent"),
        *(nom if nom in _SOMMES else f"enveloppes__{nom}" for nom in _COMPTEURS),
    )
    lues = [Credit(*_sans_vide(ligne)) for ligne in lignes.values_list(*colonnes)]
    # An envelope comes before those that it feeds.
    return sorted(lues, key=lambda credit: (credit.nom, credit.exercice or 0, credit.mere is not None))


def _sans_vide(ligne: Sequence[Any]) -> Iterable[Any]:
    """A service without envelope has no amounts."""
    debut = len(ligne) - len(_COMPTEURS)
    return (valeur or ZERO if rang >= debut else valeur for rang, valeur in enumerate(ligne))


_SOMMES = ("ae_gelees", "cp_geles", "ae_proposees")


def _avec_sommes(services: QuerySet[ServiceRegional]) -> QuerySet[ServiceRegional]:
    """Add what is frozen and what is proposed on each envelope."""
    gels = MouvementEnveloppe.objects.filter(
        enveloppe=OuterRef("enveloppes__pk"), nature__in=("gel", "degel")
    )
    proposees = Demande.objects.filter(
        enveloppe=OuterRef("enveloppes__pk"), etat__in=(Etat.PROPOSEE, Etat.VISEE)
    )
    return services.annotate(
        ae_gelees=_total(gels, -Sum("ae")),
        cp_geles=_total(gels, -Sum("cp")),
        ae_proposees=_total(proposees, Sum("montant_propose")),
    )


def _total(lignes: QuerySet[Any], somme: Any) -> Coalesce:
    total = lignes.order_by().values("enveloppe").annotate(total=somme).values("total")
    return Coalesce(Subquery(total, output_field=_EUROS), Value(ZERO), output_field=_EUROS)


def additionner(enveloppes: Iterable[Credit], service: str = "", nom: str = "Total") -> Credit:
    """Return the sum of envelopes, what is delegated from one to another being counted once."""
    sommes = dict.fromkeys(_COMPTEURS, ZERO)
    exercice = None
    for credit in enveloppes:
        exercice = credit.exercice
        for compteur in _COMPTEURS:
            sommes[compteur] += getattr(credit, compteur)
    for ouvert, delegue in (("ae_ouvertes", "ae_deleguees"), ("cp_ouverts", "cp_delegues")):
        sommes[ouvert] -= sommes[delegue]
        sommes[delegue] = ZERO
    return Credit(service, nom, None, exercice, "", "", None, **sommes)


@dataclass(frozen=True, slots=True)
class Mois:
    """Committed and paid in a month, 1 to 12; :data:`AVANT` and :data:`APRES` are outside the year."""

    rang: int
    engage: Decimal
    paye: Decimal


@dataclass(frozen=True, slots=True)
class Prevision:
    """What is left to pay, from the month when it may be: year, month; ``None`` without a schedule yet."""

    annee: int | None
    mois: int | None
    attend_le_service_fait: bool
    nombre: int
    montant: Decimal


# A commitment taken over from before the tool has the day of its decision; a part that waits for the report
# is not due before the funded period ends; what is late is due today. Once the final amount is
# certified, what is left is what it exceeds the net payments by, whatever the schedule still says.
_REGISTRES = """
WITH faits AS (
    SELECT (CASE WHEN g.origine = 'reprise' THEN a.accordee_le ELSE g.saisi_le END
             AT TIME ZONE 'Europe/Paris')::date AS jour, g.montant AS engage, 0::numeric AS paye
      FROM financements_engagement g
      JOIN financements_enveloppe e ON e.id = g.enveloppe_id
      JOIN financements_allocation a ON a.id = g.allocation_id
     WHERE e.exercice = %(exercice)s AND e.service_id = ANY(%(regions)s)
     UNION ALL
    SELECT p.paye_le, 0, p.montant
      FROM financements_paiement p JOIN financements_enveloppe e ON e.id = p.enveloppe_id
     WHERE e.exercice = %(exercice)s AND e.service_id = ANY(%(regions)s)
), a_payer AS (
    SELECT a.id, d.montant_final, e.exercice, c.periode_au
      FROM financements_allocation a
      JOIN financements_demande d ON d.id = a.demande_id
      JOIN financements_campagne c ON c.id = d.campagne_id
      JOIN financements_enveloppe e ON e.id = d.enveloppe_id
     WHERE a.region_id = ANY(%(regions)s) AND e.exercice <= %(exercice)s AND NOT d.etat = ANY(%(finies)s)
), tranches AS (
    SELECT t.montant, t.service_fait AS attend,
           greatest(t.prevue_le, %(jour)s, CASE WHEN t.service_fait
               THEN COALESCE(a.periode_au, make_date(a.exercice, 12, 31)) + 1 END) AS jour
      FROM a_payer a JOIN financements_tranche t ON t.allocation_id = a.id
     WHERE a.montant_final IS NULL AND t.montant > 0
       AND NOT EXISTS (SELECT 1 FROM financements_paiement p WHERE p.tranche_id = t.id)
     UNION ALL
    SELECT (SELECT sum(montant) FROM financements_engagement WHERE allocation_id = a.id), false, NULL
      FROM a_payer a WHERE NOT EXISTS (SELECT 1 FROM financements_tranche WHERE allocation_id = a.id)
     UNION ALL
    SELECT * FROM (
        SELECT a.montant_final
               - COALESCE((SELECT sum(montant) FROM financements_paiement WHERE allocation_id = a.id), 0)
               + COALESCE((SELECT sum(montant) FROM financements_reversement
                            WHERE allocation_id = a.id AND nature = 'recouvrement'), 0) AS montant,
               false, %(jour)s::date
          FROM a_payer a WHERE a.montant_final IS NOT NULL
           AND EXISTS (SELECT 1 FROM financements_tranche WHERE allocation_id = a.id)
    ) soldes WHERE montant > 0
)
SELECT 'fait', NULL::int, CASE WHEN extract(year FROM jour) < %(exercice)s THEN 0
            WHEN extract(year FROM jour) > %(exercice)s THEN 13
            ELSE extract(month FROM jour) END::int, false, count(*), sum(engage), sum(paye)
  FROM faits GROUP BY 3
 UNION ALL
SELECT 'prevu', extract(year FROM jour)::int, extract(month FROM jour)::int, attend, count(*), sum(montant), 0
  FROM tranches GROUP BY 2, 3, 4
 ORDER BY 1, 2, 3, 4
"""


def registres(regions: Sequence[str], exercice: int) -> tuple[list[Mois], list[Prevision]]:
    """Return the months of the ledgers of these envelopes, and what their files have left to pay; one query.

    Older files that are still to pay are among the latter: the credits of this year pay them too.
    """
    with connection.cursor() as curseur:
        curseur.execute(
            _REGISTRES,
            {
                "regions": list(regions),
                "exercice": exercice,
                "jour": aujourdhui(),
                "finies": [etat.value for etat in FINIES],
            },
        )
        lignes = curseur.fetchall()
    mois = [Mois(rang, engage, paye) for genre, _, rang, _, _, engage, paye in lignes if genre == "fait"]
    previsions = [Prevision(*ligne[1:6]) for ligne in lignes if ligne[0] == "prevu"]
    return mois, previsions
