"""A school writes its request: lines typed with it, and what is wrong said where it is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.urls import reverse

from financements.etats import Etat
from financements.models import Bareme, Demande
from financements.ouverture import ouvrir_demande
from reseau.models import FichierDepose
from reseau.roles import Role
from tests.financements.test_page_versements import texte
from tests.usines_financements import METALLIER, Territoire, ajouter_piece

if TYPE_CHECKING:
    from django.test import Client

pytestmark = pytest.mark.django_db
AJOUT = "admin:financements_demande_add"


def envoi(lieu: Territoire, **ligne: Any) -> dict[str, Any]:
    """A new request with its first line."""
    defaut = {"titre": METALLIER, "annee": "1", "mois": "10", "effectif_demande": "12"}
    donnees = {"campagne": str(lieu.campagne.pk), "lignes-TOTAL_FORMS": "1", "lignes-INITIAL_FORMS": "0"}
    valeurs = defaut | {"majorations_demandees": "4"} | ligne
    return donnees | {f"lignes-0-{nom}": valeur for nom, valeur in valeurs.items()}


def test_les_lignes_s_ecrivent_avec_la_demande(client: Client, lieu: Territoire) -> None:
    ecole = lieu.ecole()
    client.force_login(lieu.directions[ecole])
    reponse = client.post(reverse(AJOUT), envoi(lieu) | {"ecole": str(ecole.pk)}, follow=True)
    assert "est enregistrée. Joignez les pièces" in texte(reponse)
    assert str(Demande.objects.get().montant_demande) == "67200.00"


def test_un_diplome_sans_bareme_se_dit_a_sa_ligne(client: Client, lieu: Territoire) -> None:
    Bareme.objects.all().delete()
    ecole = lieu.ecole()
    client.force_login(lieu.directions[ecole])
    reponse = client.post(reverse(AJOUT), envoi(lieu) | {"ecole": str(ecole.pk)})
    assert "La campagne n'a pas encore de barème pour ce diplôme." in texte(reponse)
    assert not Demande.objects.exists()


def test_une_ligne_attend_que_la_campagne_soit_choisie(client: Client, lieu: Territoire) -> None:
    ecole = lieu.ecole()
    client.force_login(lieu.directions[ecole])
    reponse = client.post(reverse(AJOUT), envoi(lieu) | {"ecole": str(ecole.pk), "campagne": ""})
    assert reponse.status_code == 200
    assert "obligatoire" in texte(reponse)


def test_une_recherche_trouve_aussi_ce_qui_est_decide(client: Client, lieu: Territoire) -> None:
    demande = lieu.demande(Etat.EN_EXECUTION, ecole=lieu.ecole("Atelier des Deux Rives"))
    client.force_login(lieu.agents[Role.INSTRUCTEUR])
    liste = reverse("admin:financements_demande_changelist")
    assert demande.numero not in texte(client.get(liste))
    trouvee = texte(client.get(liste, {"q": "rives"}))
    assert demande.numero in trouvee
    assert "Toutes, pour cette recherche" in trouvee
    assert demande.numero not in texte(client.get(liste, {"q": "rives", "etape": "deposee"}))


def test_ce_qui_manque_mene_a_l_endroit_ou_le_donner(client: Client, lieu: Territoire) -> None:
    ecole = lieu.ecole()
    ecole.coordonnees_bancaires.all().delete()
    ecole.siret = ""
    ecole.save()
    lieu.campagne.pieces_obligatoires = ["budget", "statuts"]
    lieu.campagne.save()
    demande = ouvrir_demande(ecole=ecole, campagne=lieu.campagne, par=lieu.directions[ecole])
    ajouter_piece(demande, "statuts", lieu.directions[ecole], "en_attente")
    ajouter_piece(demande, "cer", lieu.directions[ecole])
    client.force_login(lieu.directions[ecole])
    page = reverse("admin:financements_demande_change", args=[demande.pk])
    manques = client.get(page).context["principale"]["refus"]
    assert [m.lien for m in manques] == [
        "#lignes-group",
        reverse("admin:ecoles_ecole_change", args=[ecole.pk]),
        reverse("admin:ecoles_coordonneesbancaires_add"),
        reverse("admin:financements_demande_joindre", args=[demande.pk]) + "?nature=budget",
        "#fin-pieces",
    ]
    assert all(client.get(m.lien).status_code == 200 for m in manques if m.lien.startswith("/"))


def test_une_piece_en_cours_d_analyse_se_dit_puis_le_bouton_accepte(client: Client, lieu: Territoire) -> None:
    lieu.campagne.pieces_obligatoires = ["budget"]
    lieu.campagne.save()
    demande = lieu.demande()
    piece = ajouter_piece(demande, "budget", lieu.directions[demande.ecole], "en_attente")
    client.force_login(lieu.directions[demande.ecole])
    page = reverse("admin:financements_demande_change", args=[demande.pk])
    assert "est en cours d'analyse : réessayez dans quelques instants" in texte(client.get(page))
    FichierDepose.objects.filter(pk=piece.fichier_id).update(analyse="sain")
    depot = reverse("admin:financements_demande_transition", args=[demande.pk, "deposer"])
    assert 'name="_puis" value="deposer"' in client.get(page).content.decode()
    assert "c'est fait" in texte(client.post(depot, {"certifie": "on"}, follow=True))
