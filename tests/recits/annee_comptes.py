"""Steps 16 to 21: the reports, the certificate by another person, the balance, the recovery, the closing."""

from __future__ import annotations

import csv
import io
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from django.core.management import call_command
from django.test import Client

from financements.schema_scdl import fautes
from tests.recits.annee_engagements import dossier, enveloppe, franchir, mouvoir

if TYPE_CHECKING:
    from tests.recits.distribution import Distribution
    from tests.recits.guichet import Personne

# Learner-months done and, of them, with a supplement: a row a title and a year.
DE_DR = ((140, 133), (107, 0), (104, 0))
DE_B = ((131, 0),)


def etape_16_les_bilans_attendus(cast: Distribution) -> None:
    """02/01/2027: the credits of the year are for what is left to pay; reports are due by 30/06."""
    cast.le(date(2027, 1, 2))
    luc = cast.luc.aller("/admin/financements/enveloppe/add/")
    luc.remplir(service="84", exercice="2027", programme="103").appuyer("Enregistrer")
    mouvoir(luc, "notification", "978 632,00", "NOT-2027-84", exercice=2027).lit("978 632,00 €")
    ouvrir(cast.tete("dr"), "2026-84-0001").lit("30 juin 2027")


def ouvrir(personne: Personne, numero: str) -> Personne:
    """Find a file by its number, whatever its step."""
    personne.aller(f"/admin/financements/demande/?q={numero}")
    lien = personne.page.xpath(f"//a[contains(., '{numero}')]/@href")
    return personne.aller(f"/admin/financements/demande/{lien[0].split('/demande/')[-1]}")


def rendre_compte(
    tete: Personne, numero: str, mois: tuple[tuple[int, int], ...], *, inscrits: bool = False
) -> Personne:
    """Write the report that the portal has prepared, then certify it."""
    ouvrir(tete, numero)
    franchir(tete, "Préparer le bilan").suivre("Ouvrir le bilan")
    for rang, (realises, majores) in enumerate(mois):
        tete.ligne("lignes", rang, mois_realises=str(realises), majores_realises=str(majores))
        if inscrits:
            tete.ligne("lignes", rang, motif_ecole="Dix mois convenus, trois départs dans l'année.")
    tete.ligne("postes", 4, realise="300 000,00").ligne("postes", 11, realise="120 000,00")
    tete.remplir(commentaire="Les jeunes ont produit pour vingt firmes de la vallée.").appuyer("Enregistrer")
    return franchir(tete, "Déposer le bilan", certifie="on").lit("Bilan reçu par la DREETS")


def etape_17_le_bilan_de_dr(cast: Distribution) -> None:
    """12/05: 351 learner-months of 372, 133 supplements of 140."""
    cast.le(date(2027, 5, 12))
    rendre_compte(cast.tete("dr"), "2026-84-0001", DE_DR, inscrits=True)
    marc = dossier(cast.marc, "Atelier des Deux Rives").suivre("Ouvrir le bilan")
    marc.lit("372, dont 140 avec supplément", "351, dont 133 avec supplément")
    marc.lit("Mois-élèves : 193 050,00 €. Suppléments : 3 990,00 €.", "197 040,00 €")


def etape_18_le_service_fait(cast: Distribution) -> None:
    """25/05: a third person certifies; what will not be paid goes back to the envelope."""
    cast.le(date(2027, 5, 25))
    marc = dossier(cast.marc, "Atelier des Deux Rives").suivre("Certifier le service fait")
    marc.lit("197 040,00 €").appuyer("Certifier le service fait").lit("c'est fait", "197 040,00 €")
    enveloppe(cast.luc).lit("- 11 760,00 €")


def etape_19_le_solde(cast: Distribution) -> None:
    """03/06: the balance, to the cent; everything is paid."""
    cast.le(date(2027, 6, 3))
    odile = dossier(cast.odile, "Atelier des Deux Rives").suivre("Payer le solde").lit("33 300,00 €")
    odile.appuyer("Payer le solde").lit("c'est fait", "Soldée", "197 040,00 €")


def etape_20_le_reversement_de_b(cast: Distribution) -> None:
    """131 learner-months at 549,048: too much was paid, and comes back.

    37 884,31 EUR leave the commitment: 21 961,92 that were never paid, with the certificate, and the
    15 922,39 paid too much, only once they are given back.
    """
    cast.le(date(2027, 6, 10))
    enveloppe(cast.luc).lit("1 218 459,68 €")
    rendre_compte(cast.tete("b"), "2026-84-0002", DE_B)
    franchir(dossier(cast.marc, "Fonderie du Plateau"), "Certifier le service fait").lit("71 925,29 €")
    enveloppe(cast.luc).lit("- 21 961,92 €", "1 196 497,76 €")
    luc = dossier(cast.luc, "Fonderie du Plateau").suivre("Réclamer le trop-versé").lit("15 922,39 €")
    luc.lit("87 847,68 € inchangé jusqu'à ce que la somme soit rendue")
    luc.appuyer("Réclamer le trop-versé").lit("c'est fait", "Reversement en cours")
    enveloppe(luc).lit("1 196 497,76 €").ne_lit_pas("- 15 922,39 €", "1 180 575,37 €")
    cast.le(date(2027, 7, 20))
    luc = ouvrir(luc, "2026-84-0002").suivre("Enregistrer la somme rendue").remplir(rendu_le="2027-07-19")
    luc.lit("87 847,68 €", "71 925,29 €")
    luc.appuyer("Enregistrer la somme rendue").lit("c'est fait", "Soldée")
    enveloppe(luc).lit("- 21 961,92 €", "- 15 922,39 €", "1 180 575,37 €")


def etape_21_les_comptes_clos(cast: Distribution) -> None:
    """30/09: two files closed; eleven rows of open data; the envelope to the cent; nothing is broken."""
    cast.le(date(2027, 9, 30))
    call_command("produire_documents", verbosity=0)
    for numero in ("2026-84-0001", "2026-84-0002"):
        franchir(ouvrir(cast.luc, numero), "Clore le dossier").lit("Close")
    enveloppe(cast.luc).lit("1 180 575,37 €")
    lignes = donnees_ouvertes()
    assert len(lignes) == 11
    assert list(fautes(lignes)) == []
    assert sum((Decimal(ligne["montant"]) for ligne in lignes), Decimal(0)) == Decimal("1180575.37")
    call_command("verifier_invariants", verbosity=0)
    call_command("verifier_journal", verbosity=0)


def donnees_ouvertes() -> list[dict[str, str]]:
    """What anybody reads."""
    reponse = Client().get("/donnees/subventions.csv")
    contenu = b"".join(reponse.streaming_content).decode()  # type: ignore[attr-defined]
    return list(csv.DictReader(io.StringIO(contenu)))
