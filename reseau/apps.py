"""The app of the house: ground floor and roof, one set of tables."""

from django.apps import AppConfig


class ReseauConfig(AppConfig):
    """Ground floor and roof of the portal."""

    name = "reseau"
    verbose_name = "Réseau"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register the system checks; they are looked up by import."""
        import reseau.socle.verifications  # noqa: F401
