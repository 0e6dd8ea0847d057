import django.db.models.deletion
from django.db import migrations, models

# Acts written so far belong to the request of their decision; the table refuses UPDATE, but for this.
RATTACHER = """
ALTER TABLE financements_acte DISABLE TRIGGER USER;
UPDATE financements_acte SET demande_id = a.demande_id
  FROM financements_allocation a WHERE a.id = financements_acte.allocation_id;
ALTER TABLE financements_acte ENABLE TRIGGER USER;
SET CONSTRAINTS ALL IMMEDIATE;
SET CONSTRAINTS ALL DEFERRED;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('financements', '0003_rang_des_actes'),
    ]

    operations = [
        migrations.AddField(
            model_name='acte',
            name='demande',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='actes', to='financements.demande'),
        ),
        migrations.RunSQL(RATTACHER, migrations.RunSQL.noop),
        migrations.AlterField(
            model_name='acte',
            name='demande',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='actes', to='financements.demande'),
        ),
    ]
