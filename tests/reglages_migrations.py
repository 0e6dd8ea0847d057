"""The settings plus the linter of migrations, which is a development tool."""

from reseau.settings import *  # noqa: F403
from reseau.settings import INSTALLED_APPS

INSTALLED_APPS = [*INSTALLED_APPS, "django_migration_linter"]
