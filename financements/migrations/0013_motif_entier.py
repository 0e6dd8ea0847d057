# A longer varchar rewrites no row and breaks no older process: the linter cannot know it, see lint-base.

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('financements', '0012_convention_au_solde'),
    ]

    operations = [
        migrations.AlterField(
            model_name='demande',
            name='motif',
            field=models.CharField(blank=True, editable=False, max_length=4000, verbose_name='motif'),
        ),
    ]
