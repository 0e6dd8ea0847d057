"""A file goes back for named items: they alone unlock, in the pages and in the database."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import pytest
from django.urls import reverse

from ecoles.models import Titre
from financements.etats import MACHINE, Etat
from financements.models import Demande
from financements.natures import LONGUEUR_DU_MOTIF
from reseau.models import Courriel
from reseau.roles import Role
from reseau.socle.etats import Contexte, TransitionRefusee
from tests.financements.conftest import refuse
from tests.financements.test_page_versements import texte
from tests.recits.guichet import pdf
from tests.usines_financements import METALLIER, Territoire, ajouter_ligne, ajouter_piece

if TYPE_CHECKING:
    from django.test import Client

EFFECTIFS = "Les effectifs : toutes les lignes, en ajouter ou en retirer"
pytestmark = pytest.mark.django_db


def demander(lieu: Territoire, demande: Demande, **points: str) -> Demande:
    """Send the file back for these items."""
    agent = lieu.agents[Role.INSTRUCTEUR]
    return MACHINE.franchir(demande, "demander_complement", Contexte(agent, {"motif": "À revoir.", **points}))


def completer(lieu: Territoire, demande: Demande, **saisies: str) -> Demande:
    """The school sends it again."""
    ecole = lieu.directions[demande.ecole]
    return MACHINE.franchir(demande, "completer", Contexte(ecole, {"certifie": True, **saisies}))


def page(demande: Demande, nom: str = "change", *suite: Any) -> str:
    return reverse(f"admin:financements_demande_{nom}", args=[demande.pk, *suite])


@pytest.fixture
def deux_lignes(lieu: Territoire) -> Demande:
    """Two lines and two pieces, handed in."""
    demande = lieu.demande()
    ajouter_ligne(demande, annee=2, effectif_demande=9, majorations_demandees=0)
    ajouter_piece(demande, "budget", lieu.directions[demande.ecole])
    return lieu.avancer(demande, "deposer")


def test_sans_element_nomme_le_dossier_ne_revient_pas(lieu: Territoire) -> None:
    demande = lieu.demande(Etat.DEPOSEE)
    for points in ({}, {"raison_piece_budget": ""}, {"raison_inconnue": "perime"}, {"raison_effectifs": "x"}):
        with pytest.raises(TransitionRefusee, match="Nommez au moins un élément"):
            demander(lieu, demande, **points)


def test_la_base_n_ouvre_que_la_ligne_nommee(lieu: Territoire, deux_lignes: Demande) -> None:
    premiere, seconde = deux_lignes.lignes.order_by("annee")
    demande = demander(lieu, deux_lignes, **{f"raison_ligne_{seconde.pk.hex}": "incorrect"})
    seconde.effectif_demande = 8
    seconde.save()
    premiere.effectif_demande = 35
    for geste in (premiere.save, premiere.delete, seconde.delete, lambda: ajouter_ligne(demande, annee=3)):
        with refuse("pas demandé de corriger cette ligne"):
            geste()
    with refuse("pas demandé de changer cette pièce"):
        ajouter_piece(demande, "budget", lieu.directions[demande.ecole])


def test_les_effectifs_ouvrent_toutes_les_lignes(lieu: Territoire, deux_lignes: Demande) -> None:
    demande = demander(lieu, deux_lignes, raison_effectifs="incomplet")
    ajouter_ligne(demande, annee=3)
    demande.lignes.get(annee=2).delete()
    assert demande.lignes.count() == 2


def test_la_base_n_ouvre_que_la_piece_nommee(lieu: Territoire, deux_lignes: Demande) -> None:
    demande = demander(lieu, deux_lignes, raison_piece_budget="perime")
    direction = lieu.directions[demande.ecole]
    with refuse("pas demandé de changer cette pièce"):
        ajouter_piece(demande, "statuts", direction)
    with refuse("pas demandé de changer cette pièce"):
        demande.pieces.get(nature="cer").delete()
    demande.pieces.get(nature="budget").delete()
    ajouter_piece(demande, "budget", direction)
    with refuse("pas demandé de corriger cette ligne"):
        demande.lignes.order_by("annee")[0].save()


def test_une_correction_ne_s_ecrit_que_par_la_porte(lieu: Territoire, deux_lignes: Demande) -> None:
    demande = demander(lieu, deux_lignes, raison_piece_budget="perime")
    for geste in (
        lambda: demande.corrections.update(raison="incorrect"),
        lambda: demande.corrections.create(cible="effectifs", libelle="Effectifs", raison="perime"),
    ):
        with refuse("se demande et se clôt par une transition"):
            geste()
    with refuse("ne s'efface pas"):
        demande.corrections.all().delete()


def test_chaque_element_est_change_ou_repondu_et_tous_les_refus_viennent_ensemble(
    lieu: Territoire, deux_lignes: Demande
) -> None:
    demande = demander(lieu, deux_lignes, raison_piece_budget="perime", raison_effectifs="incorrect")
    with pytest.raises(TransitionRefusee) as refus:
        completer(lieu, demande, reponse_effectifs="  ")
    assert refus.value.refus == [
        f"{EFFECTIFS} : changez cet élément, ou répondez à la DREETS.",
        "Pièce « Budget prévisionnel » : changez cet élément, ou répondez à la DREETS.",
    ]
    demande.lignes.filter(annee=2).update(effectif_demande=8)
    demande = completer(lieu, demande, reponse_piece_budget="C'est celui voté le 3 juin.")
    assert demande.etat == Etat.DEPOSEE
    assert sorted(demande.corrections.values_list("cible", "reponse")) == [
        ("effectifs", ""),
        ("piece_budget", "C'est celui voté le 3 juin."),
    ]
    assert not demande.corrections.filter(traitee_le=None).exists()


def test_l_ecole_recoit_la_liste_le_delai_et_le_lien(lieu: Territoire, deux_lignes: Demande) -> None:
    demande = demander(
        lieu, deux_lignes, raison_piece_budget="perime", texte_piece_budget="Celui de l'an dernier."
    )
    courriel = Courriel.objects.get()
    assert courriel.destinataire == lieu.directions[demande.ecole]
    assert "- Pièce « Budget prévisionnel » (périmée) : Celui de l'an dernier." in courriel.corps
    assert page(demande) in courriel.corps
    assert "À revoir." in courriel.corps


def test_la_page_de_l_ecole_n_ouvre_que_ce_qui_est_nomme(
    client: Client, lieu: Territoire, deux_lignes: Demande
) -> None:
    premiere, seconde = deux_lignes.lignes.order_by("annee")
    points = {f"raison_ligne_{seconde.pk.hex}": "incorrect", f"texte_ligne_{seconde.pk.hex}": "Il y en a 8."}
    demande = demander(lieu, deux_lignes, **points)
    client.force_login(lieu.directions[demande.ecole])
    vue = client.get(page(demande))
    assert "À corriger" in texte(vue)
    assert "Il y en a 8." in texte(vue)
    contenu = vue.content.decode()
    assert str(seconde.pk) in contenu
    assert str(premiere.pk) not in contenu
    assert "Joindre une pièce" not in texte(vue)
    assert client.get(page(demande, "joindre")).status_code == 403
    envoi = {
        "version_lue": Demande.objects.get(pk=demande.pk).version,
        "lignes-TOTAL_FORMS": "1", "lignes-INITIAL_FORMS": "1",
        "lignes-0-id": str(seconde.pk), "lignes-0-demande": str(demande.pk),
        "lignes-0-titre": seconde.titre_id,
        "lignes-0-annee": "2", "lignes-0-mois": "10", "lignes-0-effectif_demande": "8",
        "lignes-0-majorations_demandees": "0",
    }  # fmt: skip
    assert "est enregistré" in texte(client.post(page(demande), envoi, follow=True))
    seconde.refresh_from_db()
    assert seconde.effectif_demande == 8
    forge = envoi | {"lignes-0-id": str(premiere.pk), "lignes-0-annee": "1"}
    client.post(page(demande), forge)
    premiere.refresh_from_db()
    assert premiere.effectif_demande == 36


def test_seule_la_piece_nommee_se_joint_et_se_retire(
    client: Client, lieu: Territoire, deux_lignes: Demande
) -> None:
    demande = demander(lieu, deux_lignes, raison_piece_budget="perime")
    client.force_login(lieu.directions[demande.ecole])
    refusee = client.post(page(demande, "joindre"), {"nature": "cer", "televerse": pdf()})
    assert refusee.status_code == 200
    assert demande.pieces.filter(nature="cer").count() == 1
    autre = demande.pieces.get(nature="cer")
    assert client.post(page(demande, "ecarter", autre.pk)).status_code == 403
    client.post(page(demande, "joindre"), {"nature": "budget", "televerse": pdf()})
    assert demande.pieces.filter(nature="budget").count() == 2


def test_ce_qui_manque_est_deja_choisi_a_relire(client: Client, lieu: Territoire) -> None:
    demande = lieu.demande(Etat.DEPOSEE)
    lieu.campagne.pieces_obligatoires = ["budget", "cer"]
    lieu.campagne.save()
    demande.ecole.reconnaissances.all().delete()
    client.force_login(lieu.agents[Role.INSTRUCTEUR])
    adresse = page(demande, "transition", "demander_complement")
    champs = client.get(adresse).context["formulaire"].fields
    assert champs["raison_piece_budget"].initial == "incomplet"
    assert champs["raison_piece_cer"].initial == ""
    assert "Aucun acte de reconnaissance" in champs["motif"].initial
    assert "Il manque : « Budget prévisionnel »." in champs["motif"].initial
    envoi = {"raison_piece_budget": "incomplet", "motif": "Joignez le budget."}
    client.post(adresse, envoi)
    assert Demande.objects.get(pk=demande.pk).etat == Etat.A_COMPLETER


def test_la_liste_de_ce_qui_manque_n_est_jamais_coupee(client: Client, lieu: Territoire) -> None:
    """Thirty old titles are thirty sentences: far beyond the 500 characters of before."""
    demande = lieu.demande()
    noms = dict(Titre.objects.exclude(pk=METALLIER).order_by("pk").values_list("intitule", "pk"))
    titres = list(noms.values())[:30]
    for titre in titres:
        ajouter_ligne(demande, titre_id=titre, effectif_demande=1, majorations_demandees=0)
    demande = lieu.avancer(demande, "deposer")
    Titre.objects.filter(pk__in=titres).update(ferme_le=date(2021, 1, 1))
    client.force_login(lieu.agents[Role.INSTRUCTEUR])
    adresse = page(demande, "transition", "demander_complement")
    propose = client.get(adresse).context["formulaire"].fields["motif"].initial
    assert propose.count("ne reçoit plus d'élèves à cette date.") == len(titres)
    assert 500 < len(propose) <= LONGUEUR_DU_MOTIF
    client.post(adresse, {"raison_effectifs": "incorrect", "motif": propose})
    assert Demande.objects.get(pk=demande.pk).motif == propose
    assert propose in Courriel.objects.get().corps.replace("\r\n", "\n")


def test_une_liste_trop_longue_se_dit_et_n_envoie_rien(
    client: Client, lieu: Territoire, monkeypatch: pytest.MonkeyPatch
) -> None:
    demande = lieu.demande(Etat.DEPOSEE)
    trop = "x" * (LONGUEUR_DU_MOTIF + 12)
    monkeypatch.setattr("financements.admin.corrections.ce_qui_manque", lambda _demande: trop)
    client.force_login(lieu.agents[Role.INSTRUCTEUR])
    adresse = page(demande, "transition", "demander_complement")
    vue = client.get(adresse)
    assert "Il est trop long de 12 caractères : raccourcissez-le." in texte(vue)
    champ = vue.context["formulaire"]["motif"]
    assert trop in str(champ)
    assert "maxlength" not in str(champ)  # a browser would cut in silence
    envoi = client.post(adresse, {"raison_effectifs": "incorrect", "motif": trop})
    assert f"Ce message compte {len(trop)} caractères, pour {LONGUEUR_DU_MOTIF} au plus" in texte(envoi)
    assert Demande.objects.get(pk=demande.pk).etat == Etat.DEPOSEE
    assert not Courriel.objects.exists()


def test_une_precision_et_une_reponse_ne_sont_jamais_coupees(client: Client, lieu: Territoire) -> None:
    demande = lieu.demande(Etat.DEPOSEE)
    client.force_login(lieu.agents[Role.INSTRUCTEUR])
    adresse = page(demande, "transition", "demander_complement")
    assert "maxlength" not in str(client.get(adresse).context["formulaire"])
    envoi = {"raison_effectifs": "incorrect", "texte_effectifs": "x" * 301, "motif": "À revoir."}
    refusee = client.post(adresse, envoi)
    assert "Cette précision compte 301 caractères, pour 300 au plus" in texte(refusee)
    assert "x" * 301 in refusee.content.decode()
    demande = demander(lieu, demande, raison_effectifs="incorrect")
    client.force_login(lieu.directions[demande.ecole])
    adresse = page(demande, "transition", "completer")
    assert "maxlength" not in str(client.get(adresse).context["formulaire"])
    refusee = client.post(adresse, {"certifie": "on", "reponse_effectifs": "y" * 501})
    assert "Cette réponse compte 501 caractères, pour 500 au plus" in texte(refusee)
    assert Demande.objects.get(pk=demande.pk).etat == Etat.A_COMPLETER
    assert client.post(adresse, {"certifie": "on", "reponse_effectifs": "y" * 500}).status_code == 302
    assert demande.corrections.get().reponse == "y" * 500


def test_l_agent_lit_les_reponses(client: Client, lieu: Territoire, deux_lignes: Demande) -> None:
    demande = demander(lieu, deux_lignes, raison_piece_budget="perime")
    client.force_login(lieu.directions[demande.ecole])
    envoi = {"certifie": "on", "reponse_piece_budget": "Voté le 3 juin."}
    client.post(page(demande, "transition", "completer"), envoi)
    client.force_login(lieu.agents[Role.INSTRUCTEUR])
    assert "Voté le 3 juin." in texte(client.get(page(demande)))
