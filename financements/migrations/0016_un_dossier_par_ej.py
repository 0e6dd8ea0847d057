# Two files under one commitment number would be two payments that Chorus cannot tell apart: where an older
# version let it happen, this stops and names the number, which is corrected first. See lint-base.

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('financements', '0015_actes_et_reversements'),
    ]

    operations = [
        migrations.AddConstraint(
            model_name='demande',
            constraint=models.UniqueConstraint(condition=models.Q(models.Q(('numero_ej', ''), _negated=True), models.Q(('etat', 'retiree'), _negated=True)), fields=('numero_ej',), name='demande_une_par_ej', violation_error_message="Ce numéro d'engagement juridique est celui d'un autre dossier."),
        ),
    ]
