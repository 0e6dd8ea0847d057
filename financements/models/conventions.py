"""The convention between the State and the body that runs the school: compulsory above a yearly threshold.

Loi 2000-321 du 12 avril 2000, article 10, and décret 2001-495: 23 000 EUR a year, per body that receives.
The threshold is a parameter of the campaign.
"""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from financements.models.decisions import Allocation
from financements.models.declencheurs_reprises import DE_LA_DECISION, repris_par_la_porte
from financements.natures import Origine
from financements.requetes import RequeteParAllocation
from reseau.champs import ChampMontant, uuid7
from reseau.models import FichierDepose, Utilisateur
from reseau.models.protections import ajout_seul


class Convention(models.Model):
    """A signed convention: its amount, who signed and when, and the scan of what they signed."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    allocation = models.ForeignKey(Allocation, models.PROTECT, related_name="conventions")
    montant = ChampMontant("montant")
    signataire_ecole = models.CharField("signé, pour l'école, par", max_length=120)
    signee_ecole_le = models.DateField("signé par l'école le")
    signataire_etat = models.CharField("signé, pour l'État, par", max_length=120)
    signee_etat_le = models.DateField("signé par l'État le")
    scan = models.OneToOneField(
        FichierDepose, models.PROTECT, null=True, related_name="convention", verbose_name="scan signé"
    )
    origine = models.CharField("origine", max_length=7, choices=Origine, default=Origine.OUTIL)
    saisie_par = models.ForeignKey(Utilisateur, models.PROTECT, related_name="+")
    saisie_le = models.DateTimeField("saisie le", auto_now_add=True)

    objects = RequeteParAllocation["Convention"].as_manager()

    class Meta:
        verbose_name = "convention"
        ordering = ("allocation", "saisie_le", "id")
        constraints = (
            models.UniqueConstraint(
                fields=("allocation",),
                name="convention_unique",
                violation_error_message="Cette décision a déjà sa convention : ce qui change est un avenant.",
            ),
            models.CheckConstraint(
                condition=~Q(signataire_ecole="") & ~Q(signataire_etat=""),
                name="convention_deux_signataires",
                violation_error_message="Nommez les deux signataires.",
            ),
            models.CheckConstraint(
                condition=Q(origine="reprise") | Q(scan__isnull=False),
                name="convention_avec_son_scan",
                violation_error_message="Joignez la convention signée, numérisée.",
            ),
            models.CheckConstraint(
                condition=Q(signee_etat_le__gte=F("signee_ecole_le")) | Q(origine="reprise"),
                name="convention_l_etat_signe_en_dernier",
                violation_error_message="L'État signe après l'école.",
            ),
        )
        triggers = (repris_par_la_porte(DE_LA_DECISION), *ajout_seul())

    def __str__(self) -> str:
        return f"Convention {self.allocation}"
