"""What somebody reads who comes for the first time: each thing is said where it is, in her own words."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING
from unittest.mock import patch

import pytest
from django.urls import reverse

from ecoles.models import Offre
from financements.actes import ligne_demandee
from financements.bilans import bilan_de
from financements.corrections import raison_accordee
from financements.etats import MACHINE, Etat
from financements.models import Bilan
from reseau.nombres import aujourdhui
from reseau.roles import Role
from reseau.socle.etats import Contexte
from tests.financements.conftest import page_remplie
from tests.financements.test_page_versements import texte
from tests.usines_financements import (
    CHAUDRONNIER,
    METALLIER,
    ajouter_piece,
    campagne,
    produire_les_documents,
)

if TYPE_CHECKING:
    from django.test import Client

    from financements.models import Demande
    from tests.usines_financements import Territoire

pytestmark = pytest.mark.django_db
AJOUT = "admin:financements_demande_add"


def page(demande: Demande, nom: str = "change", *suite: str) -> str:
    return reverse(f"admin:financements_demande_{nom}", args=[demande.pk, *suite])


def page_du_bilan(demande: Demande) -> str:
    bilan = bilan_de(demande)
    assert bilan is not None
    return reverse("admin:financements_bilan_change", args=[bilan.pk])


def comptes_nommes(lieu: Territoire) -> Demande:
    """A report sent back for its accounts only."""
    demande = lieu.demande(Etat.BILAN_DEPOSE)
    Bilan.objects.filter(allocation__demande=demande).update(a_corriger="La taxe manque.")
    agent = lieu.agents[Role.INSTRUCTEUR]
    return MACHINE.franchir(demande, "corriger_bilan", Contexte(agent, {}))


def test_ce_qui_est_fige_se_voit_et_se_dit(client: Client, lieu: Territoire) -> None:
    demande = lieu.demande(Etat.BILAN_A_CORRIGER)
    client.force_login(lieu.directions[demande.ecole])
    vue = client.get(page_du_bilan(demande))
    lu = texte(vue)
    assert "ne change pas" in lu
    assert "commentaire" not in vue.context["adminform"].form.fields
    assert "Votre réponse" in lu


def test_un_texte_libre_s_ouvre_avec_le_compte_rendu(client: Client, lieu: Territoire) -> None:
    demande = comptes_nommes(lieu)
    client.force_login(lieu.directions[demande.ecole])
    assert "commentaire" in client.get(page_du_bilan(demande)).context["adminform"].form.fields


def test_changer_le_compte_rendu_c_est_le_corriger(client: Client, lieu: Territoire) -> None:
    demande = comptes_nommes(lieu)
    client.force_login(lieu.directions[demande.ecole])
    refus = client.get(page(demande)).context["principale"]["refus"]
    assert "« La taxe manque. »" in refus[0].phrase
    assert refus[0].lien == page_du_bilan(demande)
    saisie = page_remplie(client, page_du_bilan(demande), **{"postes-14-realise": "12 345,67"})
    assert client.post(page_du_bilan(demande), saisie).status_code == 302
    demande = MACHINE.franchir(
        demande, "redeposer_bilan", Contexte(lieu.directions[demande.ecole], {"certifie": True})
    )
    assert demande.etat == Etat.BILAN_DEPOSE


def test_chaque_montant_du_compte_rendu_dit_son_poste(client: Client, lieu: Territoire) -> None:
    demande = lieu.avancer(lieu.demande(Etat.EN_EXECUTION), "preparer_bilan")
    client.force_login(lieu.directions[demande.ecole])
    postes = client.get(page_du_bilan(demande)).context["inline_admin_formsets"][1].formset.forms
    noms = [str(forme.fields[nom].label) for forme in postes for nom in ("prevu", "realise")]
    assert len(set(noms)) == len(noms) == 42
    assert noms[0].endswith(", prévu")


def test_la_piece_qui_manque_est_deja_choisie(client: Client, lieu: Territoire) -> None:
    demande = lieu.demande()
    client.force_login(lieu.directions[demande.ecole])
    reponse = client.get(page(demande, "joindre"), {"nature": "statuts"})
    assert '<option value="statuts" selected>' in texte(reponse)
    assert client.get(page(demande, "joindre"), {"nature": "rien"}).status_code == 200


def test_la_piece_la_plus_recente_compte(client: Client, lieu: Territoire) -> None:
    demande = lieu.demande()
    for _fois in range(2):
        ajouter_piece(demande, "statuts", lieu.directions[demande.ecole])
    client.force_login(lieu.directions[demande.ecole])
    pieces = client.get(page(demande)).context["pieces"]
    etats = [piece.etat for piece in pieces if piece.nature == "Statuts"]
    assert sorted(etats) == ["remplacée par la plus récente", "vérifiée"]


def test_une_ligne_repetee_se_dit_a_sa_ligne(client: Client, lieu: Territoire) -> None:
    ecole = lieu.ecole()
    client.force_login(lieu.directions[ecole])
    saisie = page_remplie(client, reverse(AJOUT))
    for rang in (0, 1):
        valeurs = {"titre": CHAUDRONNIER, "annee": "1", "mois": "10", "effectif_demande": "5"}
        saisie |= {f"lignes-{rang}-{nom}": valeur for nom, valeur in valeurs.items()}
    lu = texte(client.post(reverse(AJOUT), saisie))
    assert "Cette ligne répète un diplôme et une année déjà saisis." in lu


def test_un_second_onglet_lit_les_mots_de_l_ecole_et_rien_ne_lui_est_offert(
    client: Client, lieu: Territoire
) -> None:
    demande = lieu.demande(Etat.DEPOSEE)
    client.force_login(lieu.directions[demande.ecole])
    for reponse in (
        client.get(page(demande, "transition", "deposer")),
        client.post(page(demande, "transition", "deposer"), {"certifie": "on"}),
    ):
        lu = texte(reponse)
        assert "n'est plus à faire" in lu
        assert "« Reçue par la DREETS »" in lu
        assert "« Déposée »" not in lu
        assert 'value="Déposer la demande"' not in lu


def test_les_raisons_s_accordent(lieu: Territoire) -> None:
    demande = lieu.demande(Etat.DEPOSEE)
    points = {
        "motif": "À revoir.",
        "raison_effectifs": "incorrect",
        "raison_piece_budget": "perime",
        "raison_piece_statuts": "incomplet",
    }
    MACHINE.franchir(demande, "demander_complement", Contexte(lieu.agents[Role.INSTRUCTEUR], points))
    mots = {c.cible: raison_accordee(c) for c in demande.corrections.all()}
    assert mots == {"effectifs": "incorrects", "piece_budget": "périmée", "piece_statuts": "incomplète"}


def test_le_retrait_dit_qu_il_est_definitif(client: Client, lieu: Territoire) -> None:
    demande = lieu.demande()
    client.force_login(lieu.directions[demande.ecole])
    assert "définitif" in texte(client.get(page(demande, "transition", "retirer")))


def test_l_ecole_ne_lit_pas_les_colonnes_de_chorus(client: Client, lieu: Territoire) -> None:
    adresse = reverse("admin:financements_campagne_change", args=[lieu.campagne.pk])
    client.force_login(lieu.directions[lieu.ecole()])
    lu = texte(client.get(adresse))
    assert "Chorus" not in lu
    assert "ervice fait" not in lu
    client.force_login(lieu.agents[Role.GESTIONNAIRE])
    assert "Chorus" in texte(client.get(adresse))


def test_l_accueil_n_a_ni_double_point_ni_tiret_pour_date(client: Client, lieu: Territoire) -> None:
    demande = lieu.demande(Etat.DEPOSEE)
    points = {"motif": "Merci de corriger.", "raison_effectifs": "incorrect"}
    MACHINE.franchir(demande, "demander_complement", Contexte(lieu.agents[Role.INSTRUCTEUR], points))
    client.force_login(lieu.directions[demande.ecole])
    lu = texte(client.get(reverse("admin:index")))
    assert "Merci de corriger. C'est à vous d'agir." in lu
    assert "Date limite" in lu


def test_une_nouvelle_demande_dit_tout_de_suite_ce_qui_existe(client: Client, lieu: Territoire) -> None:
    jadis = {"ouverte_du": aujourdhui() - timedelta(400), "ouverte_au": aujourdhui() - timedelta(300)}
    ancienne = campagne(lieu.campagne.exercice - 1, **jadis)
    ecole = lieu.ecole()
    client.force_login(lieu.directions[ecole])
    vue = client.get(reverse(AJOUT))
    assert "le portail les remplisse avec vos inscriptions" in texte(vue)
    assert ancienne not in vue.context["adminform"].form.fields["campagne"].queryset
    assert "existe déjà pour cette campagne" not in texte(vue)
    demande = lieu.demande(ecole=ecole)
    vue = client.get(reverse(AJOUT))
    assert "existe déjà pour cette campagne" in texte(vue)
    assert page(demande) in texte(vue)


def test_un_second_accuse_dit_lequel_il_remplace(lieu: Territoire) -> None:
    demande = lieu.demande(Etat.A_COMPLETER)
    ecole = lieu.directions[demande.ecole]
    reponses = {f"reponse_{c.cible}": "Vu." for c in demande.corrections.all()}
    produire_les_documents()
    demande = MACHINE.franchir(demande, "completer", Contexte(ecole, {"certifie": True, **reponses}))
    premier, second = (a.document.contexte for a in demande.actes.filter(nature="recu").order_by("rang"))
    assert premier["remplace"] == ""
    assert second["remplace"]
    assert second["total"] == {"effectif": "36", "supplements": "14"}


def test_une_ligne_de_l_accuse_dit_ses_supplements_et_ses_mois(lieu: Territoire) -> None:
    ligne = ligne_demandee(lieu.demande(titre_id=CHAUDRONNIER).lignes.get())
    assert (ligne["effectif"], ligne["supplements"], ligne["mois"]) == ("36", "14", "10")


def test_seuls_les_diplomes_de_l_ecole_sont_offerts(client: Client, lieu: Territoire) -> None:
    demande = lieu.demande()  # metalworkers: the page keeps what it already holds
    client.force_login(lieu.directions[demande.ecole])

    def offerts() -> set[str]:
        lot = client.get(page(demande)).context["inline_admin_formsets"][0]
        return {str(cle) for cle, _mot in lot.formset.empty_form.fields["titre"].choices if cle}

    assert len(offerts()) > 2
    Offre.objects.create(ecole=demande.ecole, parcours_id=CHAUDRONNIER)
    assert offerts() == {CHAUDRONNIER, METALLIER}


def test_un_brouillon_vide_se_remplit_de_nouveau(client: Client, lieu: Territoire) -> None:
    demande = lieu.demande()
    client.force_login(lieu.directions[demande.ecole])
    saisie = page_remplie(client, page(demande)) | {"lignes-0-DELETE": "on"}
    with patch("financements.admin.demandes.remplir", return_value=1) as rempli:
        reponse = client.post(page(demande), saisie, follow=True)
    assert rempli.call_count == 1
    assert "Les lignes sont remplies avec vos inscriptions" in texte(reponse)
