"""Orders of local firms, their lines, and their journal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Round

from commandes.etats import LIVRES, TRANSITIONS, Etat
from commandes.models.clients import Client
from commandes.models.declencheurs import (
    bloc_d_un_titre_propose,
    commande_a_sa_place,
    lignes_figees,
    plier_commande,
)
from commandes.requetes import RequeteBlocs, RequeteCommandes, RequeteParCommande
from ecoles.models import BlocCompetences, Ecole, Filiere, TravailReglemente
from reseau.champs import ChampTaux, uuid7
from reseau.models import EntreeJournal, Utilisateur
from reseau.models.protections import etat_par_la_porte, refus_de_vider
from reseau.nombres import aujourdhui
from reseau.socle.etats import passages

if TYPE_CHECKING:
    from django.db.models.fields.related_descriptors import RelatedManager

    from commandes.models.pointages import Pointage


class Commande(models.Model):
    """An order of a client to a school. Its totals are derived from its lines, never stored."""

    Etat = Etat

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    ecole = models.ForeignKey(Ecole, models.PROTECT, related_name="commandes", verbose_name="école")
    numero = models.CharField("numéro", max_length=20, editable=False)
    client = models.ForeignKey(Client, models.PROTECT, related_name="commandes")
    intitule = models.CharField("objet", max_length=150)
    filiere = models.ForeignKey(Filiere, models.PROTECT, related_name="commandes", verbose_name="métier")
    blocs = models.ManyToManyField(
        BlocCompetences,
        related_name="commandes",
        blank=True,
        verbose_name="ce que les jeunes y apprennent",
    )
    bloc_a_preciser = models.BooleanField("bloc à préciser", default=False)
    etat = models.CharField("état", max_length=15, choices=Etat, default=Etat.DEMANDE, editable=False)
    recue_le = models.DateField("reçue le", default=aujourdhui)
    a_livrer_le = models.DateField("à livrer le", null=True, blank=True)
    livree_le = models.DateField("livrée le", null=True, editable=False)
    recue_par = models.CharField("livraison reçue par", max_length=100, blank=True, editable=False)
    motif = models.CharField("motif", max_length=300, blank=True, editable=False)
    saisie_par = models.ForeignKey(Utilisateur, models.PROTECT, null=True, related_name="+", editable=False)
    version = models.PositiveIntegerField("version", default=1, editable=False)
    recherche = models.TextField("texte de recherche", editable=False, default="")

    objects = RequeteCommandes["Commande"].as_manager()

    if TYPE_CHECKING:
        lignes: RelatedManager[LigneCommande]
        pointages: RelatedManager[Pointage]
        journal: RelatedManager[JournalCommande]

    class Meta:
        ordering = ("-recue_le", "-id")
        indexes = (
            models.Index(fields=["ecole", "-recue_le", "-id"], name="commande_ecole_date"),
            models.Index(fields=["ecole", "etat"], name="commande_ecole_etat"),
            GinIndex(fields=["recherche"], name="commande_recherche", opclasses=["gin_trgm_ops"]),
        )
        constraints = (
            models.UniqueConstraint(fields=("ecole", "numero"), name="commande_numero_unique"),
            models.CheckConstraint(
                condition=Q(a_livrer_le__isnull=True) | Q(a_livrer_le__gte=F("recue_le")),
                name="commande_livraison_apres_reception",
                violation_error_message="La livraison ne peut pas précéder la réception.",
            ),
            models.CheckConstraint(
                condition=Q(livree_le__isnull=True) | Q(livree_le__gte=F("recue_le")),
                name="commande_livree_apres_reception",
                violation_error_message="La livraison ne peut pas précéder la réception.",
            ),
            models.CheckConstraint(
                condition=~Q(etat__in=sorted(LIVRES)) | Q(livree_le__isnull=False) & ~Q(recue_par=""),
                name="commande_livree_a_quelqu_un",
                violation_error_message="Une livraison a une date et une personne qui l'a reçue.",
            ),
            models.CheckConstraint(
                condition=~Q(etat=Etat.SANS_SUITE) | ~Q(motif=""),
                name="commande_sans_suite_motivee",
                violation_error_message="Indiquez pourquoi la commande reste sans suite.",
            ),
        )
        triggers = (
            plier_commande(),
            commande_a_sa_place(),
            etat_par_la_porte({Etat.DEMANDE}, passages(TRANSITIONS)),
            refus_de_vider(),
        )

    def __str__(self) -> str:
        return self.numero


class BlocDeCommande(Commande.blocs.through):  # type: ignore[name-defined,misc]
    """The link between an order and a bloc, for what the database refuses about it."""

    objects = RequeteBlocs["BlocDeCommande"].as_manager()

    class Meta:
        proxy = True
        verbose_name = "ce que les jeunes y apprennent"
        verbose_name_plural = "ce que les jeunes y apprennent"
        triggers = (bloc_d_un_titre_propose(),)


class LigneCommande(models.Model):
    """One thing to make: quantity, unit price, discount and VAT rate; the net is the database's."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    commande = models.ForeignKey(Commande, models.CASCADE, related_name="lignes")
    rang = models.PositiveSmallIntegerField("rang", default=1)
    designation = models.CharField("désignation", max_length=200)
    quantite = models.DecimalField("quantité", max_digits=12, decimal_places=3)
    prix_unitaire = ChampTaux("prix unitaire HT (€)")
    remise = models.DecimalField("remise (%)", max_digits=5, decimal_places=2, default=0)
    taux_tva = models.DecimalField("TVA (%)", max_digits=4, decimal_places=2, default=20)
    travail = models.ForeignKey(
        TravailReglemente,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="lignes",
        verbose_name="machine ou travail dangereux",
    )
    net = models.GeneratedField(
        expression=Round(
            F("quantite") * F("prix_unitaire") * (100 - F("remise")) / 100,
            precision=2,
        ),
        output_field=models.DecimalField(max_digits=14, decimal_places=2),
        db_persist=True,
        verbose_name="net HT (€)",
    )

    objects = RequeteParCommande["LigneCommande"].as_manager()

    class Meta:
        verbose_name = "ligne de commande"
        verbose_name_plural = "lignes de commande"
        ordering = ("commande", "rang", "id")
        constraints = (
            models.CheckConstraint(
                condition=Q(quantite__gt=0),
                name="ligne_quantite_positive",
                violation_error_message="La quantité est supérieure à zéro.",
            ),
            models.CheckConstraint(
                condition=Q(prix_unitaire__gte=0),
                name="ligne_prix_positif",
                violation_error_message="Le prix ne peut pas être négatif.",
            ),
            models.CheckConstraint(
                condition=Q(remise__gte=0, remise__lte=100),
                name="ligne_remise_bornee",
                violation_error_message="La remise est comprise entre 0 et 100 %%.",
            ),
            models.CheckConstraint(
                condition=Q(taux_tva__in=("0", "2.1", "5.5", "10", "20")),
                name="ligne_taux_tva_connu",
                violation_error_message="Taux de TVA possibles : 0, 2,1, 5,5, 10 et 20 %%.",
            ),
        )
        triggers = (lignes_figees(),)

    def __str__(self) -> str:
        return self.designation


class JournalCommande(EntreeJournal):
    """What happened to an order."""

    commande = models.ForeignKey(Commande, models.PROTECT, related_name="journal")

    objects = RequeteParCommande["JournalCommande"].as_manager()

    class Meta(EntreeJournal.Meta):
        verbose_name = "ligne du journal"
        verbose_name_plural = "journal"
