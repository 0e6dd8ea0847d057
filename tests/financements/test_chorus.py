"""What is prepared for Chorus, and what an extract of Chorus confirms. The portal never pays."""

from __future__ import annotations

import io
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.urls import reverse
from openpyxl import Workbook, load_workbook
from pypdf import PdfReader

from ecoles.models import Ecole
from financements.etats import Etat
from financements.models import Demande, Paiement, Rapprochement
from reseau.models import LotImport
from reseau.nombres import aujourdhui
from reseau.roles import Role
from tests.usines_financements import Territoire, saisies, territoire
from tests.usines_scans import texte

if TYPE_CHECKING:
    from datetime import date

    from django.test import Client

pytestmark = pytest.mark.django_db
ENTETE = "N° EJ;Demande de paiement;Date;Montant\n"


def payee(lieu: Territoire, ej: str, jeunes: int = 4) -> Paiement:
    """A file paid in one part, under its own number of commitment: 5 500,00 a learner."""
    from financements.etats import MACHINE
    from reseau.socle.etats import Contexte
    from tests.usines_financements import identifier_le_service, produire_les_documents

    demande = lieu.demande(Etat.ACCORDEE, effectif_demande=jeunes, majorations_demandees=0)
    if demande.allocation.convention_manque():
        demande = lieu.avancer(demande, "conventionner")
    produire_les_documents()
    identifier_le_service(lieu.region)
    gestionnaire = Contexte(lieu.agents[Role.GESTIONNAIRE], saisies("notifier", numero_ej=ej))
    demande = MACHINE.franchir(demande, "notifier", gestionnaire)
    return lieu.avancer(demande, "payer").allocation.paiements.get()


def deposer(client: Client, lieu: Territoire, lignes: str, role: Role = Role.LIQUIDATEUR) -> LotImport:
    client.force_login(lieu.agents[role])
    page = reverse("admin:financements_rapprochement_importer")
    fichier = SimpleUploadedFile("extrait.csv", (ENTETE + lignes).encode(), "text/csv")
    assert client.post(page, {"fichier": fichier}).status_code == 302
    return LotImport.objects.latest("depose_le")


def ligne(ej: str, dp: str, montant: str, jour: date | None = None) -> str:
    return f"{ej};{dp};{(jour or aujourdhui()):%d/%m/%Y};{montant}\n"


def verdicts(lot: LotImport) -> list[str]:
    return list(lot.lignes.order_by("numero").values_list("verdict", flat=True))


def dits(lot: LotImport) -> list[str]:
    return [m["texte"] for ligne in lot.lignes.order_by("numero") for m in ligne.messages]


def accepter(client: Client, lot: LotImport, geste: str = "accepter") -> None:
    assert client.post(reverse(f"admin:reseau_lotimport_{geste}", args=[lot.pk])).status_code == 302
    lot.refresh_from_db()


# --- the extract


def test_onze_rapproches_un_ecart_un_inconnu(client: Client) -> None:
    """The sentence of the specification, to the cent."""
    lieu = territoire(ouvert="2000000")
    paiements = [payee(lieu, f"21000{rang:05d}") for rang in range(12)]
    lignes = [ligne(p.numero_ej, f"DP{rang}", "22 000,00") for rang, p in enumerate(paiements[:11])]
    lignes += [ligne(paiements[11].numero_ej, "DP11", "22000,01"), ligne("2199999999", "DP12", "1,00")]
    lot = deposer(client, lieu, "".join(lignes))
    attendu = "Rapprochement : 11 rapprochés, 1 écart de 0,01 €, 1 inconnu."
    assert [a.replace("\xa0", " ") for a in lot.annonces if a.startswith("Rappr")] == [attendu]
    assert verdicts(lot) == ["creer"] * 11 + ["a_corriger", "rejet"]
    page = texte(client.get(reverse("admin:reseau_lotimport_change", args=[lot.pk])))
    assert attendu in page
    assert "écart de 0,01 €" in page
    assert not Rapprochement.objects.exists()
    accepter(client, lot)
    assert lot.etat == "accepte"
    assert Rapprochement.objects.count() == 11
    assert Paiement.objects.count() == 12  # a file never writes in the ledger
    liste = texte(client.get(reverse("admin:financements_rapprochement_changelist")))
    assert "22 000,00 €" in liste


def test_le_meme_extrait_deux_fois_ne_rapproche_qu_une_fois(client: Client, lieu: Territoire) -> None:
    paiement = payee(lieu, "2100000001")
    extrait = ligne(paiement.numero_ej, "DP1", "22000")
    accepter(client, deposer(client, lieu, extrait))
    lot = deposer(client, lieu, extrait)
    assert verdicts(lot) == ["inchangee"]
    lot = deposer(client, lieu, ligne(paiement.numero_ej, "DP1", "21000"))
    assert "Déjà rapprochée, pour 22 000,00 €." in dits(lot)[0].replace("\xa0", " ").replace("\u202f", " ")
    lot = deposer(client, lieu, ligne(paiement.numero_ej, "DP2", "22000"))
    assert dits(lot) == ["Aucun paiement à rapprocher n'est enregistré pour cet engagement."]
    assert Rapprochement.objects.count() == 1


def test_une_ligne_en_double_dans_l_extrait_est_dite(client: Client, lieu: Territoire) -> None:
    paiement = payee(lieu, "2100000001")
    lot = deposer(client, lieu, ligne(paiement.numero_ej, "DP1", "22000") * 2)
    assert verdicts(lot) == ["creer", "doublon"]
    assert any("1 rapproché, 1 doublon" in annonce for annonce in lot.annonces)


def test_un_extrait_accepte_se_reprend(client: Client, lieu: Territoire) -> None:
    paiement = payee(lieu, "2100000001")
    lot = deposer(client, lieu, ligne(paiement.numero_ej, "DP1", "22000"))
    accepter(client, lot)
    accepter(client, lot, "annuler")
    assert lot.etat == "annule"
    assert not Rapprochement.objects.exists()


@pytest.mark.parametrize(
    ("montant", "phrase"),
    [
        ("1e5", "n'est pas un nombre"),
        ("NaN", "n'est pas un nombre"),
        ("Infinity", "n'est pas un nombre"),
        ("22 00", "les espaces ne séparent que les milliers"),
        ("22\u00a000", "les espaces ne séparent que les milliers"),
        ("22.000", "peut se lire de deux façons"),
        ("22000,005", "deux décimales au plus"),
        ("-22000", "plus grand que zéro"),
        ("0", "plus grand que zéro"),
        ("", "obligatoire"),
    ],
)
def test_un_montant_illisible_est_refuse_a_sa_case(
    client: Client, lieu: Territoire, montant: str, phrase: str
) -> None:
    lot = deposer(client, lieu, ligne("2100000001", "DP1", montant))
    messages = [m for m in lot.lignes.get().messages if m["niveau"] == "erreur"]
    assert [m["champ"] for m in messages] == ["montant"]
    assert phrase in messages[0]["texte"]
    assert verdicts(lot) == ["a_corriger"]


@pytest.mark.parametrize("montant", ["22\u202f000,00\u00a0€", "22\u00a0000,00", "22000", "22 000,00 EUR"])
def test_un_montant_de_tableur_francais_est_lu(client: Client, lieu: Territoire, montant: str) -> None:
    paiement = payee(lieu, "2100000001")
    assert verdicts(deposer(client, lieu, ligne(paiement.numero_ej, "DP1", montant))) == ["creer"]


def test_un_classeur_xlsx_est_lu_avec_ses_cases_typees(client: Client, lieu: Territoire) -> None:
    paiement = payee(lieu, "2100000001")
    classeur, sortie = Workbook(), io.BytesIO()
    feuille: Any = classeur.active
    feuille.append(["Engagement juridique", "N° DP", "Date de paiement", "Montant payé"])
    feuille.append([int(paiement.numero_ej), 4500012345, aujourdhui(), 22000.0])
    feuille.append([int(paiement.numero_ej), 4500012346, aujourdhui(), 0.1 + 0.2])
    classeur.save(sortie)
    client.force_login(lieu.agents[Role.LIQUIDATEUR])
    page = reverse("admin:financements_rapprochement_importer")
    fichier = SimpleUploadedFile("extrait.xlsx", sortie.getvalue())
    assert client.post(page, {"fichier": fichier}).status_code == 302
    lot = LotImport.objects.latest("depose_le")
    assert verdicts(lot) == ["creer", "a_corriger"]
    assert lot.lignes.order_by("numero")[0].lu["dp"] == "4500012345"


@pytest.mark.parametrize(
    ("ej", "dp", "jour", "phrase"),
    [
        ("12", "DP1", "01/02/2026", "dix chiffres"),
        ("2100000001", "X" * 21, "01/02/2026", "vingt caractères"),
        ("2100000001", "<b>DP1</b>", "01/02/2026", "que des chiffres, des lettres et des traits d'union"),
        ("2100000001", "DP1", "31/02/2026", "calendrier"),
    ],
)
def test_une_case_illisible_a_sa_phrase(
    client: Client, lieu: Territoire, ej: str, dp: str, jour: str, phrase: str
) -> None:
    import re

    lot = deposer(client, lieu, f"{ej};{dp};{jour};100\n")
    assert verdicts(lot) == ["a_corriger"]
    assert re.search(phrase, dits(lot)[0])


def test_une_autre_region_ne_rapproche_ni_ne_lit_rien_d_ici(client: Client, lieu: Territoire) -> None:
    paiement = payee(lieu, "2100000001")
    voisin = territoire("32", exercice=lieu.campagne)
    lot = deposer(client, voisin, ligne(paiement.numero_ej, "DP1", "22000"))
    assert dits(lot) == ["Cet engagement juridique est inconnu dans votre territoire."]
    accepter(client, deposer(client, lieu, ligne(paiement.numero_ej, "DP1", "22000")))
    fait = Rapprochement.objects.get()
    client.force_login(voisin.agents[Role.LIQUIDATEUR])
    page = reverse("admin:financements_rapprochement_change", args=[fait.pk])
    assert client.get(page).status_code == 404
    assert "2100000001" not in texte(client.get(reverse("admin:financements_rapprochement_changelist")))


def test_un_paiement_se_rapproche_une_fois(lieu: Territoire) -> None:
    paiement = payee(lieu, "2100000001")
    lot = LotImport.objects.create(nature="chorus", nom_fichier="x", fichier="x", empreinte="0" * 64)
    commun = {"numero_ej": paiement.numero_ej, "paye_le": aujourdhui(), "montant": Decimal(1), "lot": lot}
    Rapprochement.objects.create(paiement=paiement, numero_dp="DP1", **commun)
    with pytest.raises(IntegrityError), transaction.atomic():
        Rapprochement.objects.create(paiement=paiement, numero_dp="DP2", **commun)
    with pytest.raises(IntegrityError, match="rapprochement_dp"), transaction.atomic():
        Rapprochement.objects.create(paiement=payee(lieu, "2100000002"), numero_dp="", **commun)


# --- the sheet


def parametrer(lieu: Territoire) -> None:
    for rang, (titre, contenu, valeur) in enumerate(
        (("SIRET", "siret", ""), ("Centre financier", "fixe", "0103-DR84-D069"),
         ("Montant", "montant", ""), ("N° EJ", "ej", "")), 1,
    ):  # fmt: skip
        lieu.campagne.colonnes_chorus.create(rang=rang, titre=titre, contenu=contenu, valeur=valeur)


def test_la_fiche_d_un_dossier_est_un_pdf_et_une_ligne_de_classeur(client: Client, lieu: Territoire) -> None:
    parametrer(lieu)
    demande = payee(lieu, "2100000001").allocation.demande
    client.force_login(lieu.agents[Role.LIQUIDATEUR])
    page = texte(client.get(reverse("admin:financements_demande_change", args=[demande.pk])))
    assert "Fiche pour Chorus (PDF)" in page
    pdf = client.get(reverse("admin:financements_demande_chorus", args=[demande.pk, "pdf"]))
    lu = " ".join(PdfReader(io.BytesIO(pdf.content)).pages[0].extract_text().split())
    for mot in ("0103-DR84-D069", "2100000001", "22 000,00 €", "vingt-deux mille euros"):
        assert mot in lu.replace("\xa0", " ")
    xlsx = client.get(reverse("admin:financements_demande_chorus", args=[demande.pk, "xlsx"]))
    feuille: Any = load_workbook(io.BytesIO(xlsx.content)).active
    assert feuille.title == "Pour Chorus"
    assert list(feuille.values) == [
        ("SIRET", "Centre financier", "Montant", "N° EJ"),
        (demande.ecole.siret, "0103-DR84-D069", 22000, "2100000001"),
    ]


def test_une_selection_fait_un_classeur_d_une_ligne_par_dossier(client: Client, lieu: Territoire) -> None:
    Ecole.objects.filter(pk=payee(lieu, "2100000001").allocation.demande.ecole_id).update(nom="=1+1")
    payee(lieu, "2100000002")
    brouillon = lieu.demande()
    client.force_login(lieu.agents[Role.GESTIONNAIRE])
    liste = reverse("admin:financements_demande_changelist") + "?etape=toutes"
    cles = [str(cle) for cle in Demande.objects.values_list("pk", flat=True)]
    reponse = client.post(liste, {"action": "action_chorus", "_selected_action": cles})
    feuille: Any = load_workbook(io.BytesIO(reponse.content)).active
    lignes = list(feuille.values)
    assert [ligne[8] for ligne in lignes] == ["N° EJ", "2100000001", "2100000002"]
    assert lignes[1][7] == 22000
    assert feuille["B2"].data_type == "s"  # a name that looks like a formula stays a text
    vue = client.post(
        liste, {"action": "action_chorus", "_selected_action": [str(brouillon.pk)]}, follow=True
    )
    assert "Aucun de ces dossiers n'est accordé." in texte(vue)


def test_la_fiche_n_est_ni_d_une_autre_region_ni_de_qui_ne_prepare_pas(
    client: Client, lieu: Territoire
) -> None:
    demande = payee(lieu, "2100000001").allocation.demande
    page = reverse("admin:financements_demande_chorus", args=[demande.pk, "xlsx"])
    client.force_login(territoire("32", exercice=lieu.campagne).agents[Role.GESTIONNAIRE])
    assert client.get(page).status_code == 404
    client.force_login(lieu.agents[Role.INSTRUCTEUR])
    assert client.get(page).status_code == 403
    assert "action_chorus" not in texte(client.get(reverse("admin:financements_demande_changelist")))
    client.force_login(lieu.directions[demande.ecole])
    assert client.get(page).status_code == 403
    client.force_login(lieu.agents[Role.LIQUIDATEUR])
    assert client.get(page.replace("xlsx", "exe")).status_code == 404
