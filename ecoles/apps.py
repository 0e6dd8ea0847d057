"""The app ecoles."""

from django.apps import AppConfig


class EcolesConfig(AppConfig):
    """Configuration of the app."""

    name = "ecoles"
    verbose_name = "Écoles"
    default_auto_field = "django.db.models.BigAutoField"
