"""Opinions, the note, and what is retained beyond the places or the ceiling of the scale."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.urls import reverse

from ecoles.models import Offre
from financements.etats import Etat
from financements.models import Bareme, Demande
from reseau.nombres import aujourdhui
from reseau.roles import Role
from reseau.socle.etats import TransitionRefusee
from tests.financements.conftest import refuse
from tests.financements.test_page_versements import texte
from tests.usines_financements import METALLIER, Territoire, territoire

if TYPE_CHECKING:
    from django.test import Client

pytestmark = pytest.mark.django_db


def page(demande: Demande) -> str:
    return reverse("admin:financements_demande_avis", args=[demande.pk])


def avis(**valeurs: str) -> dict[str, str]:
    jour = aujourdhui().isoformat()
    defaut = {"organisme": "region", "sens": "reserve", "rendu_le": jour, "texte": "Places déjà aidées."}
    return defaut | valeurs


def test_un_avis_se_lit_sur_le_dossier_et_dans_la_note(client: Client, lieu: Territoire) -> None:
    demande = lieu.demande(Etat.EN_INSTRUCTION)
    client.force_login(lieu.agents[Role.INSTRUCTEUR])
    lu = texte(client.post(page(demande), avis(), follow=True))
    assert "Conseil régional" in lu
    assert "réservé. Places déjà aidées." in lu
    demande = lieu.avancer(demande, "proposer")
    note = demande.actes.get(nature="note").document.contexte
    assert note["avis"][0]["sens"] == "réservé"
    assert note["lignes"][0]["formule"].startswith("36")
    assert note["propose"] == "202\u202f200,00\u00a0€"
    client.force_login(lieu.directions[demande.ecole])
    vue = texte(client.get(reverse("admin:financements_demande_change", args=[demande.pk])))
    assert "Places déjà aidées" not in vue
    assert "Note d'instruction" not in vue


def test_un_avis_futur_ou_vide_est_refuse_a_son_champ(client: Client, lieu: Territoire) -> None:
    demande = lieu.demande(Etat.DEPOSEE)
    client.force_login(lieu.agents[Role.INSTRUCTEUR])
    lu = texte(client.post(page(demande), avis(rendu_le="2099-01-01", texte="")))
    assert "Cette date est dans le futur." in lu
    assert not demande.avis.exists()


def test_un_avis_ne_change_plus(lieu: Territoire) -> None:
    demande = lieu.demande(Etat.DEPOSEE)
    demande.avis.create(saisi_par=lieu.agents[Role.INSTRUCTEUR], **avis())
    with refuse("ne s'écrit qu'en ajout"):
        demande.avis.update(sens="favorable")
    with refuse("avis_dit_pourquoi"):
        demande.avis.create(saisi_par=lieu.agents[Role.INSTRUCTEUR], **avis(texte=""))


def test_qui_n_instruit_pas_ici_n_enregistre_pas_d_avis(client: Client, lieu: Territoire) -> None:
    demande, finie = lieu.demande(Etat.DEPOSEE), lieu.demande(Etat.PROPOSEE)
    voisin = territoire("32", exercice=lieu.campagne)
    for personne, code in (
        (voisin.agents[Role.INSTRUCTEUR], 404),
        (lieu.directions[demande.ecole], 403),
        (lieu.agents[Role.ORDONNATEUR], 403),
        (lieu.agents[Role.INSTRUCTEUR], 200),
    ):
        client.force_login(personne)
        assert client.get(page(demande)).status_code == code
    assert client.get(page(finie)).status_code == 403


def test_au_dela_des_places_la_raison_est_ecrite(lieu: Territoire) -> None:
    demande = lieu.demande(Etat.EN_INSTRUCTION)
    offre = Offre.objects.create(ecole=demande.ecole, parcours_id=METALLIER, capacite=35)
    with pytest.raises(TransitionRefusee, match="36 élèves retenus pour 35 places"):
        lieu.avancer(demande, "proposer")
    offre.capacite = 36
    offre.save()
    assert lieu.avancer(demande, "proposer").etat == Etat.PROPOSEE


def test_au_dela_du_plafond_du_bareme_la_raison_est_ecrite(lieu: Territoire) -> None:
    Bareme.objects.create(campagne=lieu.campagne, version=2, unitaire=550, majoration=30, plafond=35)
    demande = lieu.demande(Etat.EN_INSTRUCTION)
    with pytest.raises(TransitionRefusee, match="le barème plafonne à 35 élèves"):
        lieu.avancer(demande, "proposer")
    demande.lignes.update(motif="Groupe de rattrapage, accord du rectorat.")
    assert lieu.avancer(demande, "proposer").etat == Etat.PROPOSEE
