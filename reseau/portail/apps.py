"""The configuration that puts the portal's own site in place of Django's admin site."""

from django.contrib.admin.apps import AdminConfig


class PortailAdminConfig(AdminConfig):
    """Django's admin, with one home per role."""

    default_site = "reseau.portail.site.Portail"
