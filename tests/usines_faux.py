"""What a forger writes who would call a row taken over, past Python and past the import."""

from __future__ import annotations

from contextlib import contextmanager
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from django.db import connection

from financements.etats import Etat
from financements.models import Allocation, Demande, Engagement, Paiement, Reprise
from reseau.nombres import aujourdhui, maintenant
from reseau.roles import Role

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reseau.models import LotImport
    from tests.usines_financements import Territoire

HORS = "hors de l'import de reprise"


def gestionnaire(lieu: Territoire) -> Any:
    return lieu.agents[Role.GESTIONNAIRE]


@contextmanager
def porte(lot: LotImport) -> Iterator[None]:
    """As the import of this batch would write."""
    with connection.cursor() as curseur:
        curseur.execute("SELECT set_config('edp.porte', %s, true)", [f"reprise:{lot.pk}"])
    yield
    with connection.cursor() as curseur:
        curseur.execute("SELECT set_config('edp.porte', '', true)")


def fausse(lieu: Territoire, **valeurs: Any) -> Demande:
    """A file that calls itself taken over, past Python."""
    defaut = {
        "numero": f"{aujourdhui().year}-84-9999", "ecole": lieu.ecole(), "region_id": "84",
        "campagne": lieu.campagne, "enveloppe": lieu.enveloppe, "voie": "reprise", "etat": Etat.NOTIFIEE,
        "montant_propose": Decimal(1000), "numero_ej": "2100000077",
    }  # fmt: skip
    return Demande(**(defaut | valeurs))


def decidee(demande: Demande, **valeurs: Any) -> Allocation:
    defaut = {
        "demande": demande, "region_id": "84", "montant": Decimal(1000), "accordee_le": maintenant(),
        "origine": "reprise",
    }  # fmt: skip
    return Allocation(**(defaut | valeurs))


def poser(lieu: Territoire, lot: LotImport, demande: Demande) -> Demande:
    """The file and its proof, by the door."""
    demande.save(force_insert=True)
    Reprise.objects.create(
        demande=demande, lot=lot, ligne=9, numero_ej=demande.numero_ej, contenu={},
        reprise_par=gestionnaire(lieu),
    )  # fmt: skip
    return demande


def engager(lieu: Territoire, decision: Allocation, **valeurs: Any) -> None:
    defaut = {
        "allocation": decision, "enveloppe": lieu.enveloppe, "nature": "initial", "montant": Decimal(1000),
        "origine": "reprise", "saisi_par": gestionnaire(lieu),
    }  # fmt: skip
    Engagement(**(defaut | valeurs)).save(force_insert=True)


def payer(lieu: Territoire, demande: Demande, **valeurs: Any) -> None:
    defaut = {
        "cle": uuid4(), "allocation": demande.allocation, "enveloppe": lieu.enveloppe, "montant": Decimal(1),
        "paye_le": aujourdhui(), "numero_ej": demande.numero_ej, "origine": "reprise",
        "saisi_par": gestionnaire(lieu),
    }  # fmt: skip
    Paiement(**(defaut | valeurs)).save(force_insert=True)
