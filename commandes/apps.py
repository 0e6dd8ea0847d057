"""The app commandes."""

from django.apps import AppConfig


class CommandesConfig(AppConfig):
    """Configuration of the app."""

    name = "commandes"
    verbose_name = "Commandes"
    default_auto_field = "django.db.models.BigAutoField"
