"""What a letter prints is sent whole, or refused with the number of its characters; it is never cut."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.urls import reverse

from financements.etats import Etat
from financements.models import Avenant, Campagne, Demande
from financements.natures import LONGUEUR_DE_LA_REMISE, LONGUEUR_DU_MOTIF
from reseau.models import DocumentFige
from reseau.nombres import aujourdhui
from reseau.roles import Role
from tests.financements.test_page_versements import texte

if TYPE_CHECKING:
    from django.test import Client

    from tests.usines_financements import Territoire

pytestmark = pytest.mark.django_db
# Move -> from which state, what else is typed, how long the text may be, where the letter says it.
LETTRES = {
    "refuser": (Etat.EN_INSTRUCTION, {"raison": "credits"}, LONGUEUR_DU_MOTIF, "motif"),
    "classer": (Etat.EN_INSTRUCTION, {"raison": "dossier"}, LONGUEUR_DU_MOTIF, "motif"),
    "resilier": (Etat.ACCORDEE, {"entendue_le": "aujourd'hui"}, LONGUEUR_DU_MOTIF, "motif"),
    "renoncer": (Etat.SERVICE_FAIT, {}, LONGUEUR_DE_LA_REMISE, "raison_remise"),
}


def _a_decider(lieu: Territoire, nom: str) -> Demande:
    etat = LETTRES[nom][0]
    if nom == "renoncer":
        Campagne.objects.update(seuil_reversement=1_000_000)
        lieu.manque = 9
    return lieu.demande(etat)


@pytest.mark.parametrize("nom", LETTRES)
def test_le_texte_d_une_lettre_y_est_entier_ou_se_refuse(client: Client, lieu: Territoire, nom: str) -> None:
    etat, saisies, longueur, cle = LETTRES[nom]
    envoi = {champ: str(aujourdhui()) if champ == "entendue_le" else v for champ, v in saisies.items()}
    demande = _a_decider(lieu, nom)
    client.force_login(lieu.qui(nom, demande.ecole))
    page = reverse("admin:financements_demande_transition", args=[demande.pk, nom])
    assert "maxlength" not in str(client.get(page).context["formulaire"]["motif"])
    dit = texte(client.post(page, envoi | {"motif": "x" * (longueur + 1)}))
    assert f"Ce texte compte {longueur + 1} caractères, pour {longueur} au plus : raccourcissez-le." in dit
    assert Demande.objects.get(pk=demande.pk).etat == etat
    entier = "Lu ".ljust(longueur - 1, "x") + "."
    assert client.post(page, envoi | {"motif": entier}).status_code == 302
    assert entier in {document.contexte.get(cle) for document in DocumentFige.objects.all()}


def test_la_raison_d_un_avenant_n_est_jamais_coupee(client: Client, lieu: Territoire) -> None:
    demande = lieu.demande(Etat.EN_EXECUTION)
    client.force_login(lieu.agents[Role.INSTRUCTEUR])
    page = reverse("admin:financements_avenant_add")
    assert "maxlength" not in str(client.get(page).context["adminform"].form["motif"])
    envoi = {"allocation": str(demande.allocation.pk), "motif": "x" * 501}
    envoi |= {"lignes-TOTAL_FORMS": "0", "lignes-INITIAL_FORMS": "0"}
    dit = texte(client.post(page, envoi))
    assert "(actuellement 501)" in dit
    assert "x" * 501 in dit
    assert not Avenant.objects.exists()


def test_une_raison_trop_longue_se_refuse_entiere(client: Client, lieu: Territoire) -> None:
    demande = lieu.demande(Etat.DEPOSEE)
    demande.ecole.inscriptions_liste.all().delete()
    adresse = reverse("admin:financements_demande_recevabilite", args=[demande.pk])
    client.force_login(lieu.agents[Role.INSTRUCTEUR])
    refusee = client.post(adresse, {"liste": "z" * 501})
    assert "Cette raison compte 501 caractères, pour 500 au plus" in texte(refusee)
    assert "z" * 501 in refusee.content.decode()
    assert not demande.controles.exists()
