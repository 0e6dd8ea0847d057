"""Schools and services whose SIRET open data repeats: the same tables, guarded from here.

The lower floors do not know that decisions exist; this trade declares what it needs of their rows.
"""

from __future__ import annotations

from ecoles.models import Ecole
from financements.models.declencheurs_execution import siret_publie
from reseau.models import ServiceRegional


class EcolePubliee(Ecole):
    """A school, as the open data on grants names it."""

    class Meta:
        proxy = True
        verbose_name = "école publiée"
        verbose_name_plural = "écoles publiées"
        default_permissions = ()
        triggers = (
            siret_publie(
                "Cette école a une subvention publiée avec son SIRET : il se corrige, il ne s'efface pas.",
                "d.ecole_id = NEW.id",
            ),
        )


class ServicePublie(ServiceRegional):
    """A regional service, as the open data on grants names it."""

    class Meta:
        proxy = True
        verbose_name = "service publié"
        verbose_name_plural = "services publiés"
        default_permissions = ()
        triggers = (
            siret_publie(
                "Ce service a des subventions publiées avec son SIRET : il se corrige, il ne s'efface pas.",
                "a.region_id = NEW.region_id",
            ),
        )
