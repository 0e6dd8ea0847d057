"""What comes in and goes out as a spreadsheet in the workshop: orders to come, and the list of orders."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import DecimalField, OuterRef, Subquery, Sum

from commandes import imports
from commandes.etats import Etat
from commandes.models import LigneCommande
from reseau.socle.exports import ColonneExport, Export
from reseau.socle.ressources import Ressource, enregistrer
from reseau.socle.tableurs import Colonne

if TYPE_CHECKING:
    from reseau.models import LigneImport, LotImport


class RessourceCommandes(Ressource):
    """Orders to come of one school. An order has a number and a journal: it is not taken back as a batch."""

    nature = "commandes"
    libelle = "commandes"
    permission = "commande.importer"
    colonnes = (
        Colonne("client", "Client", ("entreprise", "donneur d'ordre", "nom du client"), indispensable=True),
        Colonne(
            "objet", "Objet", ("intitulé", "désignation", "travail demandé", "libellé"), indispensable=True
        ),
        Colonne("filieres", "Métier", ("filière", "secteur", "atelier"), indispensable=True),
        Colonne("siret", "SIRET", ("siret du client", "numéro siret")),
        Colonne("recue", "Reçue le", ("date", "date de réception", "reçu le", "date de commande")),
        Colonne("livrer", "À livrer le", ("livraison", "date de livraison", "échéance", "délai")),
    )

    def controler(self, lot: LotImport) -> str:
        """Match with the orders and the clients of the school."""
        return imports.controler(lot)

    def verrouiller(self, lot: LotImport) -> None:
        """Nothing is changed: orders are only added."""

    def ecrire(self, lot: LotImport) -> None:
        """Give birth to the orders."""
        imports.ecrire(lot)

    def montrer(self, ligne: LigneImport) -> str:
        """Subject and client."""
        return ", ".join(filter(None, (ligne.lu.get("nom", ""), ligne.lu.get("client", ""))))


_TOTAL = (
    LigneCommande.objects.filter(commande=OuterRef("pk"))
    .order_by()
    .values("commande")
    .annotate(total=Sum("net"))
    .values("total")
)
EXPORT_COMMANDES = Export(
    nature="commandes",
    libelle="commandes",
    permission="commande.exporter",
    colonnes=(
        ColonneExport("Numéro", "numero"),
        ColonneExport("École", "ecole__nom"),
        ColonneExport("Client", "client__nom"),
        ColonneExport("SIRET", "client__siret"),
        ColonneExport("Objet", "intitule"),
        ColonneExport("Métier", "filiere__nom"),
        ColonneExport("État", "etat", choix=dict(Etat.choices)),
        ColonneExport("Reçue le", "recue_le", "date"),
        ColonneExport("À livrer le", "a_livrer_le", "date"),
        ColonneExport("Livrée le", "livree_le", "date"),
        ColonneExport(
            "Total HT",
            Subquery(_TOTAL, output_field=DecimalField(max_digits=16, decimal_places=2)),
            "montant",
        ),
    ),
    personnel=True,
)
enregistrer(RessourceCommandes())
