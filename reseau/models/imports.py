"""Staged imports: a batch is a session, its lines wait in a staging table until accepted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from reseau.champs import uuid7
from reseau.models.comptes import Utilisateur
from reseau.requetes import RequetePortee

if TYPE_CHECKING:
    from collections.abc import Callable
    from uuid import UUID

    from django.db.models.fields.related_descriptors import RelatedManager


def _nom_prive(lot: LotImport, nom: str) -> str:
    """A random name: what the office called its file is kept beside, never on the disk."""
    return f"imports/{lot.pk.hex}"


class RequeteLots(RequetePortee["LotImport"]):
    """Batches follow the territory they were deposited for, frozen on the row.

    ``organismes``: set by the trade that knows them, the keys of the organisations where a person holds
    a permission.
    """

    organismes: ClassVar[Callable[[Utilisateur, str], Any] | None] = None

    def visibles_par(self, utilisateur: Utilisateur, permission: str = "voir") -> Self:
        """Return the batches whose every region is held today; a batch for the country, nationals only.

        A batch of one organisation is that organisation's alone: its lines may name people.
        """
        if not utilisateur.is_active:
            return self.none()
        if utilisateur.is_superuser:
            return self.all()
        droit = f"lotimport.{permission}"
        territoire = Q() if utilisateur.detient_au_national(droit) else self._en_region(utilisateur, droit)
        return self.filter(territoire & Q(organisme__isnull=True) | self._chez_soi(utilisateur))

    def _en_region(self, utilisateur: Utilisateur, droit: str) -> Q:
        regions = list(utilisateur.regions_pour(droit))
        return Q(regions__contained_by=regions, regions__len__gt=0)

    def _chez_soi(self, utilisateur: Utilisateur) -> Q:
        condition = Q(pk__in=[])
        siens = type(self).organismes
        if siens is None:
            return condition
        for droit in sorted(d for d in utilisateur.get_all_permissions() if d.endswith(".importer")):
            condition |= Q(droit=droit, organisme__in=siens(utilisateur, droit))
        return condition


class LotImport(models.Model):
    """One uploaded file, from reading to acceptance. Nothing reaches a trade before acceptance.

    ``regions``: codes of the territory it may write in; NULL, the whole country; empty, nowhere.
    ``organisme``: key of the one organisation it may write in and that alone sees it; then no region.
    ``droit``: the permission it was deposited with. ``forme``: format, encoding, header line, its words,
    where each column was found, and once accepted the columns of the images that allow to undo it.
    """

    class Etat(models.TextChoices):
        LECTURE = "lecture", "en cours de lecture"
        COLONNES = "colonnes", "colonnes à indiquer"
        A_VERIFIER = "a_verifier", "à vérifier"
        ACCEPTE = "accepte", "accepté"
        ANNULE = "annule", "annulé"
        ABANDONNE = "abandonne", "abandonné"
        REFUSE = "refuse", "fichier refusé"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    nature = models.CharField("nature", max_length=30)
    etat = models.CharField("état", max_length=10, choices=Etat, default=Etat.LECTURE)
    nom_fichier = models.CharField("fichier", max_length=150)
    fichier = models.FileField("contenu", upload_to=_nom_prive)
    empreinte = models.CharField("SHA-256", max_length=64)
    regions = ArrayField(models.CharField(max_length=2), null=True, verbose_name="régions")
    organisme = models.UUIDField("organisme", null=True, editable=False)
    droit = models.CharField(
        "droit", max_length=40, default="ecole.importer", db_default="ecole.importer", editable=False
    )
    options = models.JSONField("choix faits au dépôt", default=dict)
    forme = models.JSONField("forme détectée", default=dict)
    annonces = models.JSONField("annonces sur le fichier", default=list)
    refus = models.TextField("raison du refus", blank=True)
    nb_lues = models.PositiveIntegerField("lignes lues", default=0)
    depose_par = models.ForeignKey(
        Utilisateur, models.PROTECT, null=True, related_name="+", verbose_name="déposé par"
    )
    depose_le = models.DateTimeField("déposé le", auto_now_add=True)
    accepte_par = models.ForeignKey(
        Utilisateur, models.PROTECT, null=True, related_name="+", verbose_name="accepté par"
    )
    accepte_le = models.DateTimeField("accepté le", null=True)
    annule_par = models.ForeignKey(
        Utilisateur, models.PROTECT, null=True, related_name="+", db_index=False, verbose_name="annulé par"
    )
    annule_le = models.DateTimeField("annulé le", null=True)
    purge_le = models.DateTimeField("lignes effacées le", null=True)
    bilan = models.JSONField("bilan", default=dict)

    objects = RequeteLots.as_manager()

    if TYPE_CHECKING:
        lignes: RelatedManager[LigneImport]

    class Meta:
        verbose_name = "import"
        ordering = ("-depose_le",)
        constraints = (
            models.CheckConstraint(
                condition=Q(organisme__isnull=True) | Q(regions__isnull=False, regions__len=0),
                name="lot_d_un_organisme_sans_region",
                violation_error_message="Un import d'école n'a pas d'autre territoire que cette école.",
            ),
        )

    def __str__(self) -> str:
        return self.nom_fichier

    def le_sien(self) -> UUID:
        """Return the key of the one organisation of this batch; raises ``ValueError`` when it has none."""
        if self.organisme is None:
            raise ValueError("Cet import n'est celui d'aucun organisme.")
        return self.organisme

    @property
    def bureau(self) -> str:
        """The office for which the meaning of headers is remembered."""
        if self.organisme:
            return f"organisme:{self.organisme}"
        return "pays" if self.regions is None else "-".join(self.regions) or "aucun"


class LigneImport(models.Model):
    """One line of the file: its cells, what a person corrected, what was understood, and the verdict.

    ``brut``: cells in the order of the columns, trimmed; ``originales``: {column index: what was typed}
    where trimming changed it. ``corrections``: {field: text}. ``messages``: objects with ``champ``,
    ``niveau`` (information, avertissement, erreur), ``texte`` and ``propositions`` (valeur, libelle).
    ``avant``: {table: rows} of the record before a modification; ``empreinte``: of the record as the import
    left it, to know whether somebody changed it since.
    """

    class Verdict(models.TextChoices):
        CREER = "creer", "à créer"
        MODIFIER = "modifier", "à modifier"
        INCHANGEE = "inchangee", "inchangée"
        A_CONFIRMER = "a_confirmer", "à confirmer"
        A_CORRIGER = "a_corriger", "à corriger"
        DOUBLON = "doublon", "en double"
        REJET = "rejet", "refusée"

    # Staging: lines are only written with their batch locked, and a check a line would cost a third.
    lot = models.ForeignKey(
        LotImport, models.CASCADE, related_name="lignes", db_index=False, db_constraint=False
    )
    numero = models.PositiveIntegerField("ligne du fichier")
    brut = models.JSONField("cellules", default=list)
    originales = models.JSONField("cellules telles que saisies", default=dict)
    corrections = models.JSONField("corrections", default=dict)
    lu = models.JSONField("valeurs lues", default=dict)
    differences = models.JSONField("différences avec la fiche", default=list)
    messages = models.JSONField("messages", default=list)
    verdict = models.CharField("verdict", max_length=11, choices=Verdict, blank=True)
    cible = models.UUIDField("fiche concernée", null=True)
    avant = models.JSONField("fiche avant l'import", null=True)
    empreinte = models.CharField("empreinte de la fiche après", max_length=32, db_default="", default="")

    class Meta:
        verbose_name = "ligne d'import"
        verbose_name_plural = "lignes d'import"
        ordering = ("lot", "numero")
        constraints = (models.UniqueConstraint(fields=("lot", "numero"), name="ligne_import_unique"),)

    def __str__(self) -> str:
        return f"ligne {self.numero}"


class CorrespondanceColonne(models.Model):
    """What an office's header means, told once on screen and remembered for its next files.

    ``bureau``: "pays", the regions' codes, or the key of an organisation. ``champ``: empty, not taken up.
    """

    id = models.BigAutoField(primary_key=True)
    nature = models.CharField("nature", max_length=30)
    bureau = models.CharField("bureau", max_length=60)
    entete = models.CharField("en-tête", max_length=150)
    champ = models.CharField("colonne", max_length=30, blank=True)
    indiquee_par = models.ForeignKey(
        Utilisateur, models.PROTECT, null=True, related_name="+", db_index=False, verbose_name="indiquée par"
    )
    indiquee_le = models.DateTimeField("indiquée le", auto_now=True)

    class Meta:
        verbose_name = "correspondance de colonne"
        verbose_name_plural = "correspondances de colonnes"
        ordering = ("nature", "bureau", "entete")
        constraints = (
            models.UniqueConstraint(fields=("nature", "bureau", "entete"), name="correspondance_unique"),
        )

    def __str__(self) -> str:
        return self.entete
