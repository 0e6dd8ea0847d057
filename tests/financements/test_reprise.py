"""Files that ran before the tool come in whole or not at all, through the page of the import."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest
from django.db import connection
from django.urls import reverse

from ecoles.models import Ecole
from financements.etats import Etat
from financements.invariants import violations
from financements.models import Demande, Enveloppe, Paiement, Reprise
from reseau.models import LotImport
from reseau.nombres import aujourdhui
from tests.usines_financements import Territoire, mouvement, territoire
from tests.usines_reprises import deposer, dits, geste, reprendre, une_ligne, verdicts

if TYPE_CHECKING:
    from django.test import Client

pytestmark = pytest.mark.django_db


def tout_tient() -> None:
    connection.check_constraints()
    assert [(i.code, exemples) for i, exemples in violations() if exemples] == []


# --- what an accepted line becomes


def test_un_dossier_paye_pour_moitie_est_en_execution(lieu: Territoire) -> None:
    demande = reprendre(lieu)
    assert (demande.etat, demande.voie, demande.numero_ej) == (Etat.EN_EXECUTION, "reprise", "2100000001")
    decision = demande.allocation
    assert (decision.montant, decision.origine) == (Decimal(20000), "reprise")
    assert decision.accordee_par is decision.instruite_par is decision.visee_par is None
    assert [(e.nature, e.montant, e.origine) for e in decision.engagements.all()] == [
        ("initial", Decimal(20000), "reprise")
    ]
    paiement = decision.paiements.get()
    assert (paiement.montant, paiement.origine) == (Decimal(10000), "reprise")
    assert paiement.paye_le == date(aujourdhui().year, 1, 1)
    assert (lieu.enveloppe.ae_engagees, lieu.enveloppe.cp_payes) == (Decimal(20000), Decimal(10000))
    (ligne,) = demande.journal.all()
    assert (ligne.evenement, ligne.vers, ligne.donnees["origine"]) == ("reprendre", "en_execution", "reprise")
    tout_tient()


def test_un_dossier_que_rien_n_a_paye_est_notifie(lieu: Territoire) -> None:
    demande = reprendre(lieu, paye="", versements="")
    assert demande.etat == Etat.NOTIFIEE
    assert not demande.allocation.paiements.exists()
    assert lieu.enveloppe.cp_payes == 0
    tout_tient()


def test_plusieurs_versements_font_plusieurs_lignes(lieu: Territoire) -> None:
    annee = aujourdhui().year
    demande = reprendre(lieu, versements=f"02/01/{annee} : 4 000,00 ; 01/01/{annee} : 6 000,00")
    paiements = demande.allocation.paiements.order_by("paye_le")
    assert [(p.paye_le.day, p.montant) for p in paiements] == [(1, Decimal(6000)), (2, Decimal(4000))]
    tranches = demande.allocation.tranches.order_by("rang")
    assert [t.montant for t in tranches] == [Decimal(6000), Decimal(4000), Decimal(10000)]
    tout_tient()


def test_ce_qui_reste_suit_l_echeancier_de_la_campagne(lieu: Territoire) -> None:
    for rang, (nature, part, fait) in enumerate(
        (("avance", 50, False), ("acompte", 30, False), ("solde", 20, True)), 1
    ):
        lieu.campagne.echeances.create(
            rang=rang, nature=nature, part=part, prevue_le=aujourdhui(), service_fait=fait
        )
    demande = reprendre(lieu, paye="12 000,00")
    tranches = demande.allocation.tranches.order_by("rang")
    assert [(t.nature, t.montant, t.service_fait) for t in tranches] == [
        ("avance", Decimal(12000), False),
        ("acompte", Decimal(4000), False),
        ("solde", Decimal(4000), True),
    ]
    tout_tient()


def test_l_effectif_repris_a_le_taux_de_sa_decision(lieu: Territoire) -> None:
    """20 000 for 3 learners and 10 months is 666,6667 a month, up: a full year comes to the whole grant."""
    ligne = reprendre(lieu, effectif="3").lignes.get()
    assert (ligne.effectif_retenu, ligne.unitaire, ligne.bareme_id) == (3, Decimal("666.6667"), None)
    assert ligne.montant_retenu == Decimal("20000.00")


def test_sans_effectif_connu_le_dossier_entre_quand_meme(lieu: Territoire) -> None:
    demande = reprendre(lieu, effectif="", diplome="")
    assert not demande.lignes.exists()
    tout_tient()


def test_une_ecole_se_trouve_par_son_uai(lieu: Territoire) -> None:
    ecole = lieu.ecole()
    Ecole.objects.filter(pk=ecole.pk).update(uai="0420999X")
    assert reprendre(lieu, ecole, ecole="", commune="", uai="0420999x").ecole_id == ecole.pk


def test_une_convention_signee_avant_l_outil_est_gardee_sans_scan(lieu: Territoire) -> None:
    jour = f"03/01/{aujourdhui().year}"
    convention = reprendre(lieu, accorde="30 000,00", convention=jour).allocation.conventions.get()
    assert (convention.origine, convention.scan, convention.signataire_etat) == (
        "reprise",
        None,
        "avant l'outil",
    )


# --- the same file again, and what it may not change


def test_un_fichier_inchange_n_ecrit_rien(lieu: Territoire) -> None:
    ligne = une_ligne(lieu.ecole())
    geste(lieu, deposer(lieu, ligne))
    lot = deposer(lieu, ligne)
    assert verdicts(lot) == ["inchangee"]
    geste(lieu, lot)
    assert (Demande.objects.count(), Paiement.objects.count(), Reprise.objects.count()) == (1, 1, 1)


def test_la_vie_du_dossier_ne_rend_pas_le_fichier_different(lieu: Territoire) -> None:
    ligne = une_ligne(lieu.ecole())
    geste(lieu, deposer(lieu, ligne))
    lieu.avancer(Demande.objects.get(), "payer")
    assert verdicts(deposer(lieu, ligne)) == ["inchangee"]


def test_un_montant_deja_repris_ne_change_pas_par_import(lieu: Territoire) -> None:
    ecole = lieu.ecole()
    demande = reprendre(lieu, ecole)
    lot = deposer(lieu, une_ligne(ecole, accorde="21 000,00"))
    assert verdicts(lot) == ["a_corriger"]
    attendu = f"Déjà repris, dossier {demande}, avec une autre valeur : un import ne la change pas."
    assert dits(lot) == [("accorde", attendu)]


def test_le_meme_engagement_deux_fois_dans_le_fichier_est_un_doublon(lieu: Territoire) -> None:
    ligne = une_ligne(lieu.ecole())
    assert verdicts(deposer(lieu, ligne, une_ligne(lieu.ecole()))) == ["creer", "doublon"]


def test_une_ecole_n_est_reprise_qu_une_fois_par_annee(lieu: Territoire) -> None:
    ecole = lieu.ecole()
    lot = deposer(lieu, une_ligne(ecole), une_ligne(ecole, ej="2100000002"))
    assert verdicts(lot) == ["creer", "a_corriger"]
    assert dits(lot)[0][1] == "La ligne 2 reprend déjà un dossier de cette école pour cette année."


def test_une_ecole_qui_a_deja_sa_demande_n_est_pas_reprise(lieu: Territoire) -> None:
    demande = lieu.demande(Etat.DEPOSEE)
    lot = deposer(lieu, une_ligne(demande.ecole))
    assert dits(lot) == [("exercice", f"L'école a déjà la demande {demande} pour {aujourdhui().year}.")]


def test_un_engagement_de_l_outil_n_est_pas_repris(lieu: Territoire) -> None:
    demande = lieu.demande(Etat.NOTIFIEE)
    lot = deposer(lieu, une_ligne(lieu.ecole(), ej=demande.numero_ej))
    assert dits(lot) == [("ej", "Ce numéro d'engagement juridique est déjà celui d'un dossier du portail.")]


# --- cells


@pytest.mark.parametrize(
    ("champ", "cellule", "phrase"),
    [
        ("ecole", "", "Écrivez l'UAI de l'école, ou son nom et sa commune."),
        ("ecole", "Atelier de nulle part", "Cette école est inconnue dans votre territoire."),
        ("uai", "0000000A", "Cette école est inconnue dans votre territoire."),
        ("siret", "123", "n'est pas un SIRET"),
        ("siret", "11111111111111", "Le portail a le SIRET"),
        ("exercice", "", "obligatoire"),
        ("exercice", "deux mille", "n'est pas un nombre"),
        ("exercice", "2024", "Le portail n'a pas de campagne 2024"),
        ("ej", "", "obligatoire"),
        ("ej", "21000", "a dix chiffres"),
        ("accorde", "", "obligatoire"),
        ("accorde", "1e5", "n'est pas un nombre"),
        ("accorde", "20.000", "peut se lire de deux façons"),
        ("accorde", "0", "plus grand que zéro"),
        ("accorde", "2 000 000,00", "L'enveloppe ne dispose plus que de 1 190 400,00 €"),
        ("paye", "20 000,01", "pas payé plus que ce qui est accordé, 20 000,00 €"),
        ("paye", "-1", "zéro ou plus"),
        ("paye", "NaN", "n'est pas un nombre"),
        ("paye", "", "écrivez aussi le montant payé"),
        ("decision", "", "obligatoire"),
        ("decision", "31/02/2026", "n'existe pas dans le calendrier"),
        ("decision", "01/01/2099", "dans le futur"),
        ("decision", "01/01/2020", "ne s'engagent que pendant cette année-là"),
        ("notification", "01/01/2020", "elle se notifie après"),
        ("versements", "", "Écrivez le jour du versement"),
        ("versements", "un jour", "n'est pas un versement"),
        ("versements", "01/01/2020", "rien n'est versé avant elle"),
        ("versements", "01/01/2026 : 1 ; 02/01/2026", "donnez le montant de chacun"),
        ("versements", "01/01/2026 : 9 999,99", "Les versements font 9 999,99 €, et le montant payé 10 000"),
        ("convention", "hier", "n'est pas une date"),
        ("effectif", "0", "va de 1 à 999"),
        ("effectif", "douze", "n'est pas un nombre"),
        ("diplome", "", "Écrivez le diplôme de ces jeunes"),
        ("diplome", "CAP magicien", "n'est pas un diplôme connu"),
        ("enveloppe", "action 9", "Écrivez laquelle de ces enveloppes"),
    ],
)  # fmt: skip
def test_une_cellule_fausse_est_dite_a_sa_place(
    lieu: Territoire, champ: str, cellule: str, phrase: str
) -> None:
    lot = deposer(lieu, une_ligne(lieu.ecole(), **{champ: cellule}))
    assert verdicts(lot) in (["a_corriger"], ["rejet"])
    assert [texte for ici, texte in dits(lot) if ici == champ and phrase in texte], dits(lot)
    geste(lieu, lot)
    assert not Demande.objects.exists()
    assert not Reprise.objects.exists()


def test_une_ecole_d_une_autre_region_se_dit_comme_une_inconnue(lieu: Territoire) -> None:
    voisin = territoire("32", exercice=lieu.campagne)
    ailleurs = voisin.ecole()
    lot = deposer(lieu, une_ligne(ailleurs), une_ligne(ecole="Atelier de nulle part", ej="2100000002"))
    assert verdicts(lot) == ["rejet", "rejet"]
    phrases = {texte for _, texte in dits(lot)}
    assert phrases == {"Cette école est inconnue dans votre territoire."}
    Ecole.objects.filter(pk=ailleurs.pk).update(uai="0590999X")
    assert dits(deposer(lieu, une_ligne(ailleurs, uai="0590999X"))) == [
        ("uai", "Cette école est inconnue dans votre territoire.")
    ]


def test_deux_ecoles_du_meme_nom_demandent_la_commune(lieu: Territoire) -> None:
    premiere, seconde = lieu.ecole("Atelier du Pont"), lieu.ecole("Atelier du Pont bis")
    Ecole.objects.filter(pk=seconde.pk).update(nom="Atelier du Pont", commune="69123")
    lot = deposer(lieu, une_ligne(premiere, commune=""))
    assert dits(lot) == [("commune", "Plusieurs écoles portent ce nom : ajoutez la commune, ou l'UAI.")]
    assert reprendre(lieu, premiere).ecole_id == premiere.pk


# --- the envelope


def test_chaque_ligne_prend_ce_que_les_precedentes_laissent(lieu: Territoire) -> None:
    lignes = [
        une_ligne(lieu.ecole(), ej=f"210000000{n}", accorde="600 000,00", effectif="", diplome="")
        for n in range(2)
    ]
    lot = deposer(lieu, *lignes)
    assert verdicts(lot) == ["creer", "a_corriger"]
    attendu = "L'enveloppe ne dispose plus que de 590 400,00 €, et ce dossier en prend 600 000,00 €."
    assert dits(lot) == [("accorde", attendu)]


def test_un_versement_prend_les_credits_de_son_annee(lieu: Territoire) -> None:
    """Paid the year after: another envelope's CP, of the same action; without one, the line is refused."""
    annee = aujourdhui().year - 1
    avant = type(lieu.campagne).objects.create(
        exercice=annee, ouverte_du=date(annee, 1, 1), ouverte_au=date(annee, 12, 31)
    )
    ecole = lieu.ecole()
    ligne = une_ligne(ecole, exercice=str(annee), decision=f"01/06/{annee}", notification="")
    assert dits(deposer(lieu, ligne))[0] == (
        "exercice",
        f"Votre région n'a pas d'enveloppe {annee} : créez-la d'abord.",
    )
    passee = Enveloppe.objects.create(service_id="84", exercice=annee)
    mouvement(passee, lieu.agents[next(iter(lieu.agents))], "50000")
    demande = reprendre(lieu, ecole, exercice=str(annee), decision=f"01/06/{annee}", notification="")
    assert demande.campagne_id == avant.pk
    passee.refresh_from_db()
    assert (passee.ae_engagees, passee.cp_payes) == (Decimal(20000), 0)
    assert (lieu.enveloppe.ae_engagees, lieu.enveloppe.cp_payes) == (0, Decimal(10000))
    tout_tient()


def test_une_seule_ligne_fausse_n_empeche_pas_les_autres(lieu: Territoire) -> None:
    lot = deposer(lieu, une_ligne(lieu.ecole()), une_ligne(lieu.ecole(), ej="2100000002", accorde="rien"))
    geste(lieu, lot)
    assert lot.etat == LotImport.Etat.ACCEPTE
    assert Demande.objects.count() == 1


# --- other hands


@pytest.mark.parametrize(
    "role",
    ["instructeur", "chef_de_service", "ordonnateur", "certificateur", "liquidateur"],
)
def test_seul_le_gestionnaire_reprend(client: Client, lieu: Territoire, role: str) -> None:
    client.force_login(next(agent for cle, agent in lieu.agents.items() if cle == role))
    assert client.get(reverse("admin:financements_reprise_importer")).status_code == 403
    assert client.get(reverse("admin:financements_reprise_changelist")).status_code == 403
