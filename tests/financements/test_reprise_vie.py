"""After its takeover a file lives as the others: paid, amended, reported on, closed; or taken back."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.urls import reverse

from ecoles.models import Offre, Parcours
from financements.donnees_ouvertes import lignes as publiees
from financements.etats import MACHINE, Etat
from financements.invariants import violations
from financements.models import Demande, Engagement, Paiement
from reseau.nombres import aujourdhui
from reseau.roles import Role
from reseau.socle.etats import Contexte, TransitionRefusee
from tests.usines_avenants import preparer_avenant
from tests.usines_financements import Territoire, identifier_le_service, saisies, un_pdf
from tests.usines_reprises import METALLIER, deposer, geste, reprendre, reprise_a_solder, une_ligne
from tests.usines_scans import texte

if TYPE_CHECKING:
    from django.test import Client

pytestmark = pytest.mark.django_db


def tout_tient() -> None:
    connection.check_constraints()
    assert [(i.code, exemples) for i, exemples in violations() if exemples] == []


def page(client: Client, lieu: Territoire, demande: Demande, role: Role = Role.GESTIONNAIRE) -> str:
    client.force_login(lieu.agents[role])
    return texte(client.get(reverse("admin:financements_demande_change", args=[demande.pk])))


# --- the whole life


def test_un_dossier_repris_va_jusqu_a_la_cloture(lieu: Territoire) -> None:
    """20 000 granted for 4 learners, 10 000 paid before; the rest here, then the report and the end."""
    demande = reprendre(lieu)
    demande = lieu.avancer(demande, "payer")
    assert lieu.enveloppe.cp_payes == Decimal(20000)
    demande = lieu.avancer(demande, "preparer_bilan", "deposer_bilan", "certifier")
    assert demande.montant_final == Decimal(20000)
    demande = lieu.avancer(demande, "solder", "clore")
    assert demande.etat == Etat.CLOSE
    tout_tient()


def test_ce_qui_n_est_pas_fait_se_rend_au_taux_repris(lieu: Territoire) -> None:
    """9 learner-months of 40 are missing: 31 x 500,00 are due, 20 000 were paid."""
    demande = reprendre(lieu, paye="20 000,00")
    lieu.manque = 9
    demande = lieu.avancer(demande, "preparer_bilan", "deposer_bilan", "certifier", "reclamer", "recouvrer")
    assert (demande.etat, demande.montant_final) == (Etat.SOLDEE, Decimal(15500))
    lieu.avancer(demande, "clore")
    tout_tient()


def test_un_avenant_suit_le_taux_repris(lieu: Territoire) -> None:
    """Six learner-months more of the same diploma, at 500,00."""
    demande = reprendre(lieu)
    preparer_avenant(demande, 6, titre_id=METALLIER)
    demande = lieu.avancer(demande, "proposer_avenant", "viser_avenant", "accorder_avenant")
    assert sum(e.montant for e in demande.allocation.engagements.all()) == Decimal(23000)
    lieu.avancer(demande, "payer")
    tout_tient()


def test_un_bilan_sans_effectif_connu_part_des_diplomes_de_l_ecole(lieu: Territoire) -> None:
    ecole = lieu.ecole()
    Offre.objects.create(ecole=ecole, parcours_id=Parcours.objects.order_by("pk")[0].pk, capacite=12)
    demande = lieu.avancer(reprendre(lieu, ecole, effectif="", diplome=""), "preparer_bilan")
    prepares = ecole.offres.values_list("parcours__etapes__titre_id", flat=True)
    bilan = demande.allocation.bilan
    assert bilan.lignes.exists()
    assert set(bilan.lignes.values_list("titre_id", flat=True)) == set(prepares)
    assert all(ligne.mois_convenus == 0 and ligne.unitaire == 550 for ligne in bilan.lignes.all())


def test_un_dossier_repris_se_resilie(lieu: Territoire) -> None:
    demande = lieu.avancer(reprendre(lieu), "resilier")
    assert demande.etat == Etat.RESILIEE
    assert lieu.enveloppe.ae_engagees == Decimal(10000)
    tout_tient()


# --- the convention


def test_au_dessus_du_seuil_rien_ne_se_paie_sans_convention(client: Client, lieu: Territoire) -> None:
    demande = reprendre(lieu, accorde="30 000,00")
    montree = page(client, lieu, demande)
    assert "rien ne se paie tant que la convention signée n'est pas enregistrée" in montree
    with pytest.raises(TransitionRefusee, match="il faut d'abord la convention signée"):
        lieu.avancer(demande, "payer")
    lien = reverse("admin:financements_demande_transition", args=[demande.pk, "conventionner_en_cours"])
    assert lien in montree
    scan = SimpleUploadedFile("convention.pdf", un_pdf(), "application/pdf")
    jour = aujourdhui().isoformat()
    envoi = {
        "signataire_ecole": "Sonia Essai", "signee_ecole_le": jour,
        "signataire_etat": "Hélène Essai", "signee_etat_le": jour, "scan": scan,
    }  # fmt: skip
    assert client.post(lien, envoi).status_code == 302
    assert demande.allocation.conventions.get().origine == "outil"
    lieu.avancer(demande, "payer")
    tout_tient()


def test_une_convention_datee_d_avant_l_outil_laisse_payer(client: Client, lieu: Territoire) -> None:
    demande = reprendre(lieu, accorde="30 000,00", convention=f"02/01/{aujourdhui().year}")
    assert "connue par sa date : son scan n'est pas ici" in page(client, lieu, demande)
    lieu.avancer(demande, "payer")
    tout_tient()


def test_le_solde_aussi_attend_la_convention(lieu: Territoire) -> None:
    demande = reprise_a_solder(lieu)
    with pytest.raises(TransitionRefusee, match="rien n'est payé sans convention signée"):
        lieu.avancer(demande, "solder")
    lieu.avancer(demande, "conventionner_service_fait", "solder")
    tout_tient()


# --- what the page says


def test_la_page_dit_d_ou_vient_le_dossier_et_ce_qui_manque(client: Client, lieu: Territoire) -> None:
    ecole = lieu.ecole()
    type(ecole).objects.filter(pk=ecole.pk).update(siret="")
    demande = reprendre(lieu, ecole, effectif="", diplome="", notification="")
    montree = page(client, lieu, demande)
    assert f"par {lieu.agents[Role.GESTIONNAIRE]} : ce dossier courait avant l'outil." in montree
    assert montree.count("<dd>avant l'outil</dd>") >= 4
    assert "Le jour de la notification n'est pas connu." in montree
    assert "L'effectif retenu n'est pas connu" in montree
    assert "Données ouvertes : ce dossier n'y est pas, il manque le SIRET de l'école." in montree
    assert "Télécharger la décision" not in montree
    assert "Dossier repris d'avant l'outil" in montree


def test_l_ecole_lit_que_son_dossier_a_commence_avant(client: Client, lieu: Territoire) -> None:
    demande = reprendre(lieu, effectif="", diplome="")
    client.force_login(lieu.directions[demande.ecole])
    montree = texte(client.get(reverse("admin:financements_demande_change", args=[demande.pk])))
    assert "Ce dossier a commencé avant le portail. La DREETS l'y a repris le" in montree
    assert "effectif retenu n'est pas connu" not in montree
    assert str(lieu.agents[Role.GESTIONNAIRE]) not in montree


def test_un_dossier_repris_entre_dans_les_donnees_ouvertes(lieu: Territoire) -> None:
    demande = reprendre(lieu)
    assert demande.numero not in [ligne[3] for ligne in publiees()]
    identifier_le_service(lieu.region)
    assert demande.numero in [ligne[3] for ligne in publiees()]
    geste(lieu, demande.reprise.lot, "annuler")
    assert demande.numero not in [ligne[3] for ligne in publiees()]


# --- the way back


def test_un_import_annule_ecrit_les_lignes_contraires(client: Client, lieu: Territoire) -> None:
    ecole, autre = lieu.ecole(), lieu.ecole()
    lot = geste(lieu, deposer(lieu, une_ligne(ecole), une_ligne(autre, ej="2100000002")))
    assert (lieu.enveloppe.ae_engagees, lieu.enveloppe.cp_payes) == (Decimal(40000), Decimal(20000))
    client.force_login(lieu.agents[Role.GESTIONNAIRE])
    apercu = texte(client.get(reverse("admin:reseau_lotimport_change", args=[lot.pk])))
    assert "reçoit les lignes contraires de ce qui avait été engagé et payé" in apercu
    assert geste(lieu, lot, "annuler").etat == "annule"
    assert (lieu.enveloppe.ae_engagees, lieu.enveloppe.cp_payes) == (0, 0)
    assert (Engagement.objects.count(), Paiement.objects.count()) == (4, 4)
    demande = Demande.objects.get(ecole=ecole)
    assert (demande.etat, demande.etat_pour_l_ecole) == (Etat.RETIREE, "Reprise annulée")
    montree = page(client, lieu, demande)
    assert "Les registres gardent les lignes reprises et leurs contraires" in montree
    tout_tient()
    assert reprendre(lieu, ecole, accorde="19 000,00").allocation.montant == Decimal(19000)
    tout_tient()


def test_un_import_dont_un_dossier_a_vecu_ne_s_annule_pas(client: Client, lieu: Territoire) -> None:
    lot = geste(lieu, deposer(lieu, une_ligne(lieu.ecole()), une_ligne(lieu.ecole(), ej="2100000002")))
    payee = Demande.objects.get(numero_ej="2100000002")
    lieu.avancer(payee, "payer")
    client.force_login(lieu.agents[Role.GESTIONNAIRE])
    reponse = client.post(reverse("admin:reseau_lotimport_annuler", args=[lot.pk]), follow=True)
    attendu = f"{payee.ecole} ({payee}) : Depuis la reprise, ce dossier a un paiement : il se résilie"
    assert attendu in texte(reponse)
    lot.refresh_from_db()
    assert lot.etat == "accepte"
    assert not Demande.objects.filter(etat=Etat.RETIREE).exists()
    assert lieu.enveloppe.ae_engagees == Decimal(40000)


def refus(lieu: Territoire, demande: Demande) -> list[str]:
    with pytest.raises(TransitionRefusee) as attrape:
        MACHINE.franchir(
            demande,
            "annuler_reprise",
            Contexte(lieu.agents[Role.GESTIONNAIRE], saisies("annuler_reprise")),
        )
    return attrape.value.refus


def test_ce_que_l_outil_a_decide_se_resilie(client: Client, lieu: Territoire) -> None:
    demande = lieu.demande(Etat.EN_EXECUTION)
    assert refus(lieu, demande)[0].startswith("Ce dossier n'a pas été repris par un import")
    assert "Annuler la reprise" not in page(client, lieu, demande)


@pytest.mark.parametrize(
    ("etape", "quoi"),
    [
        ("payer", "un paiement"),
        ("avenant", "un avenant"),
        ("preparer_bilan", "un bilan"),
        ("", "une convention"),
    ],
)
def test_une_reprise_sur_laquelle_on_a_bati_ne_s_annule_plus(lieu: Territoire, etape: str, quoi: str) -> None:
    demande = reprendre(lieu, accorde="30 000,00" if not etape else "20 000,00")
    if etape == "avenant":
        preparer_avenant(demande, 6, titre_id=METALLIER)
    else:
        demande = lieu.avancer(demande, etape or "conventionner_en_cours")
    assert any(quoi in phrase for phrase in refus(lieu, demande))


def test_une_reprise_s_annule_aussi_depuis_son_dossier(client: Client, lieu: Territoire) -> None:
    demande = reprendre(lieu)
    client.force_login(lieu.agents[Role.GESTIONNAIRE])
    lien = reverse("admin:financements_demande_transition", args=[demande.pk, "annuler_reprise"])
    assert "Annuler la reprise" in texte(client.get(lien))
    assert client.post(lien, {"motif": "Mauvaise école."}).status_code == 302
    demande.refresh_from_db()
    assert (demande.etat, demande.motif) == (Etat.RETIREE, "Mauvaise école.")
    tout_tient()


# --- the model to fill in


def test_le_modele_se_telecharge_et_se_lit_tel_quel(client: Client, lieu: Territoire) -> None:
    client.force_login(lieu.agents[Role.GESTIONNAIRE])
    importer = reverse("admin:financements_reprise_importer")
    assert "../modele.xlsx" in texte(client.get(importer))
    modele = client.get(reverse("admin:financements_reprise_modele"))
    envoi = SimpleUploadedFile(f"{uuid4()}.xlsx", modele.content, modele["Content-Type"])
    reponse = client.post(importer, {"fichier": envoi}, follow=True)
    apercu = texte(reponse)
    assert "3 rejets" in apercu  # schools that exist nowhere
    assert apercu.count("Cette école est inconnue dans votre territoire.") == 3
    client.force_login(lieu.agents[Role.LIQUIDATEUR])
    assert client.get(reverse("admin:financements_reprise_modele")).status_code == 403
