
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('reseau', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='CorrespondanceColonne',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('nature', models.CharField(max_length=30, verbose_name='nature')),
                ('bureau', models.CharField(max_length=60, verbose_name='bureau')),
                ('entete', models.CharField(max_length=150, verbose_name='en-tête')),
                ('champ', models.CharField(blank=True, max_length=30, verbose_name='colonne')),
                ('indiquee_le', models.DateTimeField(auto_now=True, verbose_name='indiquée le')),
            ],
            options={
                'verbose_name': 'correspondance de colonne',
                'verbose_name_plural': 'correspondances de colonnes',
                'ordering': ('nature', 'bureau', 'entete'),
            },
        ),
        migrations.AddField(
            model_name='ligneimport',
            name='avant',
            field=models.JSONField(null=True, verbose_name="fiche avant l'import"),
        ),
        migrations.AddField(
            model_name='ligneimport',
            name='empreinte',
            field=models.CharField(db_default='', default='', max_length=32, verbose_name='empreinte de la fiche après'),
        ),
        migrations.AddField(
            model_name='lotimport',
            name='annule_le',
            field=models.DateTimeField(null=True, verbose_name='annulé le'),
        ),
        migrations.AddField(
            model_name='lotimport',
            name='annule_par',
            field=models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='annulé par'),
        ),
        migrations.AddField(
            model_name='lotimport',
            name='droit',
            field=models.CharField(db_default='ecole.importer', default='ecole.importer', editable=False, max_length=40, verbose_name='droit'),
        ),
        migrations.AddField(
            model_name='lotimport',
            name='organisme',
            field=models.UUIDField(editable=False, null=True, verbose_name='organisme'),
        ),
        migrations.AddField(
            model_name='lotimport',
            name='purge_le',
            field=models.DateTimeField(null=True, verbose_name='lignes effacées le'),
        ),
        migrations.AlterField(
            model_name='lotimport',
            name='etat',
            field=models.CharField(choices=[('lecture', 'en cours de lecture'), ('colonnes', 'colonnes à indiquer'), ('a_verifier', 'à vérifier'), ('accepte', 'accepté'), ('annule', 'annulé'), ('abandonne', 'abandonné'), ('refuse', 'fichier refusé')], default='lecture', max_length=10, verbose_name='état'),
        ),
        migrations.AddConstraint(
            model_name='lotimport',
            constraint=models.CheckConstraint(condition=models.Q(('organisme__isnull', True), models.Q(('regions__isnull', False), ('regions__len', 0)), _connector='OR'), name='lot_d_un_organisme_sans_region', violation_error_message="Un import d'école n'a pas d'autre territoire que cette école."),
        ),
        migrations.AddField(
            model_name='correspondancecolonne',
            name='indiquee_par',
            field=models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='indiquée par'),
        ),
        migrations.AddConstraint(
            model_name='correspondancecolonne',
            constraint=models.UniqueConstraint(fields=('nature', 'bureau', 'entete'), name='correspondance_unique'),
        ),
    ]
