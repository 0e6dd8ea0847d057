from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('financements', '0002_versements'),
    ]

    operations = [
        migrations.AlterModelOptions(
            name='acte',
            options={'ordering': ('allocation', 'nature', 'rang'), 'verbose_name': 'acte'},
        ),
        migrations.RemoveConstraint(
            model_name='acte',
            name='acte_unique',
        ),
        migrations.AddField(
            model_name='acte',
            name='rang',
            field=models.PositiveSmallIntegerField(db_default=1, default=1, verbose_name='rang'),
        ),
        migrations.AddConstraint(
            model_name='acte',
            constraint=models.UniqueConstraint(fields=('allocation', 'nature', 'rang'), name='acte_unique'),
        ),
    ]
