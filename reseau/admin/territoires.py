"""The State services of the regions: their names are reference data, their SIRET is typed here."""

from __future__ import annotations

from django.contrib import admin

from reseau.admin.refus import AdminRefus
from reseau.models import ServiceRegional


@admin.register(ServiceRegional)
class AdminServiceRegional(AdminRefus):
    """What is published of a service beside the grants that it gives."""

    list_display = ("nom", "sigle", "siret")
    fields = ("nom", "sigle", "siret")
    readonly_fields = ("nom", "sigle")
    search_fields = ("nom",)
