"""What ``make demo`` prepares, and the base that it cannot take over."""

from __future__ import annotations

import pytest
from django.core.management import CommandError, call_command
from django.db.migrations.recorder import MigrationRecorder

pytestmark = pytest.mark.django_db


def test_une_base_trop_ancienne_est_refusee_par_une_phrase() -> None:
    appliquees = MigrationRecorder.Migration.objects.filter(app="ecoles")
    appliquees.delete()
    MigrationRecorder.Migration.objects.create(app="ecoles", name="0001_premiere_version")
    with pytest.raises(CommandError, match="version trop ancienne"):
        call_command("preparer_demo")
