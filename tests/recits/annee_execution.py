"""Steps 9 to 15: conventions, the advance, the last euros, an amendment, the thaw, the second payment."""

from __future__ import annotations

import io
from datetime import date
from typing import TYPE_CHECKING

from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from PIL import Image, ImageDraw
from pypdf import PdfWriter

from financements.models import Acte
from reseau.nombres import aujourdhui
from tests.recits.annee_engagements import (
    DE_DERNIERE_HEURE,
    DES_AUTRES,
    DES_TARDIVES,
    METALLIER,
    dossier,
    enveloppe,
    franchir,
    mouvoir,
    viser_ce_qui_est_recu,
)
from tests.recits.distribution import AUTRE_IBAN, instant
from tests.recits.eleves import diplomer_la_troisieme_annee

if TYPE_CHECKING:
    from tests.recits.distribution import Distribution
    from tests.recits.guichet import Personne


def etape_9_les_conventions(cast: Distribution) -> None:
    """02/04: nine conventions signed by hand, scanned, and nine decisions notified."""
    cast.le(date(2026, 4, 2))
    call_command("produire_documents", verbosity=0)
    rendre_les_signatures(cast, 9)
    for rang, lettre in enumerate(("dr", *DES_AUTRES)):
        notifier(cast, lettre, rang)


def rendre_les_signatures(cast: Distribution, nombre: int) -> None:
    """One pile on the scanner, in any order, with a page that nothing can read."""
    luc = cast.luc.aller("/admin/financements/depotscans/add/")
    luc.remplir(televerse=numeriser()).appuyer("Lire ce fichier")
    luc.lit(f"{nombre} acte", "1 page à rattacher à la main")


def numeriser() -> SimpleUploadedFile:
    """The conventions that wait, last one first, then a page that a stamp hides."""
    pile = PdfWriter()
    for acte in Acte.objects.filter(nature="convention", scan_signe=None).order_by("-demande__numero"):
        pile.append(io.BytesIO(bytes(acte.document.contenu or b"")))
    tachee, page = io.BytesIO(), Image.new("L", (620, 877), 255)
    ImageDraw.Draw(page).ellipse((100, 100, 500, 500), fill=90)
    page.save(tachee, "PDF")
    pile.append(tachee)
    sortie = io.BytesIO()
    pile.write(sortie)
    return SimpleUploadedFile("actes-signes.pdf", sortie.getvalue(), "application/pdf")


def notifier(cast: Distribution, lettre: str, rang: int) -> None:
    """The convention came back signed; the decision goes with its number of commitment."""
    luc = dossier(cast.luc, cast.ecoles[lettre].nom)
    franchir(
        luc, "Enregistrer la convention signée",
        signataire_ecole="La tête de l'école", signee_ecole_le=aujourdhui().isoformat(),
        signataire_etat="Hélène Essai", signee_etat_le=aujourdhui().isoformat(),
    )  # fmt: skip
    franchir(luc, "Notifier la décision", numero_ej=f"21000000{rang:02d}").lit("Notifiée")


def etape_10_l_avance(cast: Distribution) -> None:
    """10/04: half of each."""
    cast.le(date(2026, 4, 10))
    payer(cast, "dr").lit("101 100,00 €")
    payer(cast, "b").lit("54 904,80 €")


def payer(cast: Distribution, lettre: str) -> Personne:
    """The next part of the schedule, as Chorus paid it."""
    return franchir(dossier(cast.odile, cast.ecoles[lettre].nom), "Enregistrer un paiement")


def etape_11_les_derniers_euros(cast: Distribution) -> None:
    """15/04: 50 000,00 and 60 000,00 on 76 780,32: both pages are open, the first one to press passes."""
    cast.le(date(2026, 4, 15))
    viser_ce_qui_est_recu(cast, DES_TARDIVES)
    karim = dossier(cast.karim, cast.ecoles["d"].nom).suivre("Accorder").lit("60 000,00 €")
    franchir(dossier(cast.helene, cast.ecoles["c"].nom), "Accorder").lit("50 000,00 €")
    karim.appuyer("Accorder").lit("26 780,32 €", "un autre accord vient d'être enregistré")
    enveloppe(cast.luc).lit("1 163 619,68 €", "26 780,32 €")
    dossier(cast.helene, cast.ecoles["d"].nom).lit("Visée", "26 780,32 €")
    call_command("produire_documents", verbosity=0)
    rendre_les_signatures(cast, 1)
    notifier(cast, "c", 10)


def etape_12_l_avenant(cast: Distribution) -> None:
    """08/09: three learners more in September, twelve learner-months."""
    diplomer_la_troisieme_annee(cast)
    cast.le(date(2026, 9, 8))
    nadia = cast.nadia.aller("/admin/financements/demande/?q=Rives").suivre("Atelier des Deux Rives")
    nadia.suivre("Préparer un avenant").remplir(motif="Trois jeunes de plus à la rentrée.")
    nadia.ligne("lignes", 0, titre=METALLIER, annee="1", mois="12").appuyer("Enregistrer")
    franchir(nadia, "Proposer l'avenant").lit("+ 6 600,00 €")
    franchir(dossier(cast.paul, "Atelier des Deux Rives"), "Viser l'avenant")
    franchir(dossier(cast.helene, "Atelier des Deux Rives"), "Accorder l'avenant").lit(
        "+ 6 600,00 €", "208 800,00 €"
    )
    enveloppe(cast.luc).lit("20 180,32 €")


def etape_13_le_degel(cast: Distribution) -> None:
    """02/11: what was frozen comes back; the school that waited is granted, one that came last is not yet."""
    cast.le(date(2026, 10, 30))
    viser_ce_qui_est_recu(cast, DE_DERNIERE_HEURE)
    cast.le(date(2026, 11, 2))
    mouvoir(cast.luc, "degel", "49 600,00", "DEGEL-2026-84").lit("69 780,32 €")
    franchir(dossier(cast.helene, cast.ecoles["d"].nom), "Accorder")
    enveloppe(cast.luc).lit("9 780,32 €")
    call_command("produire_documents", verbosity=0)
    rendre_les_signatures(cast, 1)
    notifier(cast, "d", 11)


def etape_14_l_acompte(cast: Distribution) -> None:
    """20/11: three tenths of the new amount; the page sent twice is one payment."""
    changer_de_banque(cast)
    cast.le(date(2026, 11, 20))
    odile = dossier(cast.odile, "Atelier des Deux Rives").suivre("Enregistrer un paiement")
    page, adresse = odile.page, odile.adresse
    odile.lit("101 100,00 €", "163 740,00 €").appuyer("Enregistrer un paiement")
    odile.lit("c'est fait", "62 640,00 €", "163 740,00 €", "45 060,00 €")
    odile.page, odile.adresse = page, adresse
    odile.appuyer("Enregistrer un paiement").lit("Ce paiement est déjà enregistré")
    payer(cast, "b").lit("87 847,68 €")


def changer_de_banque(cast: Distribution) -> None:
    """16/11: the school changes its bank; nothing is paid there before a second person confirms it."""
    cast.le(date(2026, 11, 16))
    sonia = cast.sonia.aller("/admin/ecoles/coordonneesbancaires/add/")
    sonia.remplir(iban=AUTRE_IBAN, du="2026-11-16").appuyer("Enregistrer")
    sonia.lit("La DREETS doit confirmer ce changement avant le prochain paiement.")
    cast.le(date(2026, 11, 20))
    attente = "L'IBAN de l'école a changé le 16 novembre 2026 : une seconde personne doit le confirmer."
    dossier(cast.odile, "Atelier des Deux Rives").lit(attente)
    luc = cast.luc.aller("/admin/ecoles/coordonneesbancaires/").suivre("FR76 … 0188")
    luc.appuyer("Confirmer cet IBAN").lit("L'IBAN est confirmé")
    dossier(cast.odile, "Atelier des Deux Rives").ne_lit_pas(attente)


def etape_15_la_fin_de_l_annee(cast: Distribution) -> None:
    """31/12: what is left to pay is the credits of the next year; at midnight the AE of 2026 are closed."""
    cast.le(date(2026, 12, 31))
    odile = cast.odile.aller("/admin/financements/demande/?q=Rives").suivre("Atelier des Deux Rives")
    odile.lit("Reste à payer 45 060,00 €")
    tableau = "/admin/financements/enveloppe/tableau/?exercice=2026"
    cast.odile.aller(tableau).lit("CP nécessaires en 2027 : 249 343,96 €.")
    cast.horloge.move_to(instant(date(2026, 12, 31), 23).replace(minute=55))
    helene = dossier(cast.helene, cast.ecoles["e"].nom).suivre("Accorder").lit("5 500,00 €", "4 280,32 €")
    cast.horloge.move_to(instant(date(2027, 1, 1), 0).replace(minute=5))
    closes = "Les crédits de 2026 ne s'engagent que pendant l'année 2026."
    helene.appuyer("Accorder").lit(closes).ne_lit_pas("c'est fait")
    dossier(helene, cast.ecoles["e"].nom).lit("Visée", "« Accorder » n'est pas encore possible", closes)
    franchir(helene, "Refuser", raison="credits", motif="L'année 2026 est close : redemandez en 2027.")
    enveloppe(cast.luc).lit("1 230 219,68 €", "9 780,32 €")
