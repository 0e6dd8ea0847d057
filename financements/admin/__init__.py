"""Pages of the funding trade in the admin."""

from financements.admin.avenants import AdminAvenant
from financements.admin.bilans import AdminBilan
from financements.admin.campagnes import AdminBareme, AdminCampagne
from financements.admin.chorus import AdminRapprochement
from financements.admin.demandes import AdminDemande
from financements.admin.enveloppes import AdminEnveloppe
from financements.admin.mouvements import AdminMouvement
from financements.admin.reprises import AdminReprise
from financements.admin.scans import AdminDepotScans
from financements.admin.simulations import AdminSimulation

__all__ = [
    "AdminAvenant",
    "AdminBareme",
    "AdminBilan",
    "AdminCampagne",
    "AdminDemande",
    "AdminDepotScans",
    "AdminEnveloppe",
    "AdminMouvement",
    "AdminRapprochement",
    "AdminReprise",
    "AdminSimulation",
]
