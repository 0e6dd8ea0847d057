"""What an officer reads: amounts that agree, reasons that stay, what is about to change before it does."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
from django.urls import reverse

from ecoles.models import Titre
from ecoles.titres_a_choisir import libelle
from financements import tableau
from financements.etats import MACHINE, Etat
from financements.models import MouvementEnveloppe
from financements.pilotage_credits import registres
from financements.point import en_texte, point
from financements.rapprochement import bilan
from financements.reprise_montree import reprise_montree
from financements.versements import versements
from reseau.nombres import aujourdhui, montrer_date_courte, montrer_montant
from reseau.roles import Role
from reseau.socle.controles_python import LigneLue
from reseau.socle.etats import Contexte
from tests.financements.test_page_versements import texte
from tests.usines_avenants import preparer_avenant
from tests.usines_financements import Territoire, saisies
from tests.usines_reprises import reprendre

if TYPE_CHECKING:
    from django.test import Client

    from financements.models import Demande

pytestmark = pytest.mark.django_db
LISTE = "admin:financements_demande_changelist"


def page(client: Client, lieu: Territoire, demande: Demande, role: Role = Role.INSTRUCTEUR) -> str:
    client.force_login(lieu.agents[role])
    return texte(client.get(reverse("admin:financements_demande_change", args=[demande.pk])))


def trop_verse(lieu: Territoire, manque: int = 150) -> Demande:
    """Four fifths paid in advance, then learner-months that were not done, found by the certificate."""
    jour = aujourdhui()
    lieu.campagne.echeances.create(rang=1, nature="avance", part=80, prevue_le=jour)
    lieu.campagne.echeances.create(rang=2, nature="solde", part=20, prevue_le=jour, service_fait=True)
    lieu.manque = manque
    return lieu.demande(Etat.SERVICE_FAIT)


def test_apres_le_certificat_rien_ne_reste_a_payer_de_ce_qui_est_verse_en_trop(
    client: Client, lieu: Territoire
) -> None:
    demande = trop_verse(lieu)
    montre = versements(demande, interne=True)
    assert montre is not None
    assert montre.reste == montrer_montant(Decimal(0))
    vue = page(client, lieu, demande)
    assert "Versé en trop" in vue
    assert registres([lieu.region], lieu.campagne.exercice)[1] == []


def test_le_solde_a_payer_est_le_meme_sur_le_dossier_et_dans_les_previsions(lieu: Territoire) -> None:
    demande = trop_verse(lieu, manque=20)
    montre = versements(demande, interne=True)
    (prevision,) = registres([lieu.region], lieu.campagne.exercice)[1]
    assert montre is not None
    assert montre.reste == montrer_montant(prevision.montant)
    paye = demande.allocation.paiements.get().montant
    assert demande.montant_final is not None
    assert prevision.montant == demande.montant_final - paye > 0


def test_les_versements_disent_la_demande_de_paiement_et_le_rapprochement(
    client: Client, lieu: Territoire
) -> None:
    demande = lieu.demande(Etat.EN_EXECUTION)
    vue = page(client, lieu, demande, Role.LIQUIDATEUR)
    assert "Rapproché avec Chorus" in vue
    assert 'id="fin-documents">Documents du dossier' in vue
    client.force_login(lieu.directions[demande.ecole])
    assert "Rapproché avec Chorus" not in texte(
        client.get(reverse("admin:financements_demande_change", args=[demande.pk]))
    )


def test_le_montant_demande_d_une_reprise_est_d_avant_l_outil_partout(lieu: Territoire) -> None:
    reprendre(lieu)
    feuille = point(lieu.enveloppe)
    assert en_texte(feuille)["lignes"][0]["montants"][0] == "avant l'outil"
    assert feuille.total.demande == 0


def test_un_brouillon_n_est_le_montant_de_personne(client: Client, lieu: Territoire) -> None:
    brouillon = lieu.demande(Etat.BROUILLON)
    brouillon.refresh_from_db()
    lieu.demande(Etat.DEPOSEE, effectif_demande=10, majorations_demandees=0)
    client.force_login(lieu.agents[Role.INSTRUCTEUR])
    vue = texte(client.get(reverse(LISTE)))
    assert brouillon.numero in vue
    assert "<strong>55 000,00 €</strong> envisagés" in vue
    assert montrer_montant(brouillon.montant_demande).replace("\xa0", " ").replace("\u202f", " ") not in vue


def test_la_liste_se_borne_a_un_exercice_et_tout_afficher_montre_tout(
    client: Client, lieu: Territoire
) -> None:
    ancienne = lieu.demande(Etat.REFUSEE)
    client.force_login(lieu.agents[Role.INSTRUCTEUR])
    assert ancienne.numero not in texte(client.get(reverse(LISTE)))
    recherche = texte(client.get(reverse(LISTE), {"q": "rien de tel"}))
    assert 'href="?etape=toutes"' in recherche
    assert "Aucun résultat" in recherche
    annee = lieu.campagne.exercice
    for choix, present in ((str(annee), True), (str(annee - 1), False), ("x", True)):
        vue = texte(client.get(reverse(LISTE), {"etape": "toutes", "exercice": choix}))
        assert (ancienne.numero in vue) is present


def test_la_raison_d_un_renvoi_reste_au_journal_apres_la_nouvelle_proposition(
    client: Client, lieu: Territoire
) -> None:
    demande = lieu.demande(Etat.PROPOSEE)
    contexte = Contexte(lieu.agents[Role.CHEF_DE_SERVICE], {"motif": "Deux jeunes de trop en CAP."})
    demande = MACHINE.franchir(demande, "renvoyer", contexte)
    client.force_login(lieu.agents[Role.INSTRUCTEUR])
    assert "En instruction, renvoyée" in texte(client.get(reverse("admin:index")))
    demande = lieu.avancer(demande, "proposer")
    vue = page(client, lieu, demande)
    assert "Renvoi en instruction</strong> : Deux jeunes de trop en CAP." in vue
    client.force_login(lieu.directions[demande.ecole])
    dossier = reverse("admin:financements_demande_change", args=[demande.pk])
    assert "Deux jeunes de trop" not in texte(client.get(dossier))


def test_une_correction_refusee_mene_au_bilan(client: Client, lieu: Territoire) -> None:
    demande = lieu.demande(Etat.BILAN_DEPOSE)
    client.force_login(lieu.agents[Role.INSTRUCTEUR])
    etape = reverse("admin:financements_demande_transition", args=[demande.pk, "corriger_bilan"])
    lien = reverse("admin:financements_bilan_change", args=[demande.allocation.bilan.pk])
    vue = texte(client.get(etape))
    assert f'<a href="{lien}#lignes-group">Écrivez ce qui est à corriger' in vue
    assert demande.ecole.nom in vue


def test_le_compte_rendu_se_lit_en_montants(client: Client, lieu: Territoire) -> None:
    demande = lieu.demande(Etat.BILAN_DEPOSE)
    rempli = demande.allocation.bilan.postes.filter(realise__gt=0).first()
    assert rempli is not None
    client.force_login(lieu.agents[Role.INSTRUCTEUR])
    lien = reverse("admin:financements_bilan_change", args=[demande.allocation.bilan.pk])
    attendu = montrer_montant(rempli.realise).replace("\xa0", " ").replace("\u202f", " ")
    assert attendu in texte(client.get(lien))


def test_l_ecole_lit_le_jour_de_son_bilan(lieu: Territoire) -> None:
    demande = lieu.demande(Etat.EN_EXECUTION)
    limite = montrer_date_courte(demande.campagne.bilan_du_le)
    assert tableau.echeance_de_l_ecole(demande) == (limite, False)
    assert tableau.echeance(demande) == ("", False)
    corrige = lieu.demande(Etat.BILAN_A_CORRIGER)
    assert corrige.echeance_le is not None
    assert tableau.echeance_de_l_ecole(corrige)[0].startswith(montrer_date_courte(corrige.echeance_le))


def test_qui_paie_lit_la_tranche_et_son_montant(client: Client, lieu: Territoire) -> None:
    jour = aujourdhui()
    lieu.campagne.echeances.create(rang=1, nature="avance", part=50, prevue_le=jour)
    lieu.campagne.echeances.create(rang=2, nature="solde", part=50, prevue_le=jour + timedelta(200))
    lieu.demande(Etat.NOTIFIEE)
    client.force_login(lieu.agents[Role.LIQUIDATEUR])
    assert "Avance : 101 100,00 €" in texte(client.get(reverse("admin:index")))


def test_le_visa_d_un_avenant_montre_la_raison_et_les_lignes(client: Client, lieu: Territoire) -> None:
    demande = lieu.demande(Etat.EN_EXECUTION)
    avenant = preparer_avenant(demande)
    demande = lieu.avancer(demande, "proposer_avenant")
    client.force_login(lieu.agents[Role.CHEF_DE_SERVICE])
    etape = reverse("admin:financements_demande_transition", args=[demande.pk, "viser_avenant"])
    vue = texte(client.get(etape))
    assert avenant.motif in vue
    assert "372 mois-élèves" in vue
    assert str(avenant.lignes.first()) in vue


def envoi(lieu: Territoire, **valeurs: Any) -> dict[str, Any]:
    return {
        "enveloppe": str(lieu.enveloppe.pk), "nature": "notification", "ae": "1 000,00", "cp": "500",
        "reference": "NOT-2", "date_acte": aujourdhui().isoformat(), **valeurs,
    }  # fmt: skip


def test_un_mouvement_se_montre_avant_de_s_ecrire(client: Client, lieu: Territoire) -> None:
    client.force_login(lieu.agents[Role.GESTIONNAIRE])
    ajouter = reverse("admin:financements_mouvementenveloppe_add")
    avant = MouvementEnveloppe.objects.count()
    vue = texte(client.post(ajouter, envoi(lieu)))
    for phrase in ("Ce qui va changer", "1 190 400,00 €", "1 191 400,00 €", "1 190 900,00 €", "NOT-2"):
        assert phrase in vue
    assert MouvementEnveloppe.objects.count() == avant
    faux = texte(client.post(ajouter, envoi(lieu, ae="-5")))
    assert "le montant est positif" in faux
    assert client.post(ajouter, envoi(lieu, _confirmer="1")).status_code == 302
    assert MouvementEnveloppe.objects.count() == avant + 1


def test_qui_ne_mouvoit_pas_ne_confirme_pas(client: Client, lieu: Territoire) -> None:
    client.force_login(lieu.agents[Role.CERTIFICATEUR])
    ajouter = reverse("admin:financements_mouvementenveloppe_add")
    assert client.post(ajouter, envoi(lieu)).status_code == 403


def test_deux_diplomes_du_meme_nom_se_distinguent() -> None:
    titre = Titre(code_cfd="50022137", type="CAP", intitule="Cuisine")
    assert libelle(titre) == "CAP Cuisine"
    titre.homonyme = True  # type: ignore[attr-defined]
    assert libelle(titre) == "CAP Cuisine (code 50022137)"
    titre.code_rncp = "38430"
    assert libelle(titre) == "CAP Cuisine (RNCP 38430)"


def test_le_rapprochement_compte_les_ecarts_avec_ce_qui_est_a_corriger() -> None:
    def lue(numero: int, **lu: str) -> LigneLue:
        ligne = LigneLue(numero, {}, dict(lu))
        ligne.dire("montant", "Non.")
        return ligne

    assert bilan([lue(1, ecart="0,01 €")]) == "0 rapproché, 1 écart de 0,01 €."
    assert bilan([lue(1, ecart="0,01 €"), lue(2)]) == "0 rapproché, 2 à corriger, dont 1 écart de 0,01 €."


def test_un_refus_demande_un_motif_et_une_explication(client: Client, lieu: Territoire) -> None:
    demande = lieu.demande(Etat.VISEE)
    client.force_login(lieu.agents[Role.ORDONNATEUR])
    etape = reverse("admin:financements_demande_transition", args=[demande.pk, "refuser"])
    vue = texte(client.get(etape))
    assert "Explication" in vue
    assert "Raison" not in vue
    vue = texte(client.post(etape, {"raison": saisies("refuser")["raison"], "motif": " "}))
    assert "Écrivez l'explication." in vue


def test_un_dossier_repris_et_clos_n_avertit_plus(client: Client, lieu: Territoire) -> None:
    demande = reprendre(lieu, accorde="30 000,00")
    assert "rien ne se paie tant que la convention" in page(client, lieu, demande)
    demande.etat = Etat.CLOSE
    montree = reprise_montree(demande, interne=True)
    assert montree is not None
    assert not [phrase for phrase in montree.manques if "rien ne se paie" in phrase]
