"""The app financements."""

from django.apps import AppConfig


class FinancementsConfig(AppConfig):
    """Configuration of the app."""

    name = "financements"
    verbose_name = "Financements"
    default_auto_field = "django.db.models.BigAutoField"
