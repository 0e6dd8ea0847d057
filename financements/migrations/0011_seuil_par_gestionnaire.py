from django.db import migrations

from financements.migrations import _convention_manque


class Migration(migrations.Migration):

    dependencies = [
        ('financements', '0010_reprises'),
    ]

    operations = [
        migrations.RunSQL(_convention_manque.PAR_INDEX, _convention_manque.PAR_LECTURE_ENTIERE),
    ]
