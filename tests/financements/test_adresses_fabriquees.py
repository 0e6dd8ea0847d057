"""A crafted address of another region does not exist: page, piece, history, list, export, autocomplete."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.urls import reverse

from financements.etats import Etat
from financements.models import Demande, Simulation
from reseau.roles import Role
from tests.financements.test_cas_difficiles import adresse
from tests.financements.test_page_versements import texte
from tests.usines_financements import Territoire, preparer_avenant, territoire

if TYPE_CHECKING:
    from django.test import Client

pytestmark = pytest.mark.django_db
LISTE = "admin:financements_demande_changelist"


def portes(demande: Demande) -> list[str]:
    """Every address that a file of another region could answer at."""
    acte = demande.actes.order_by("id").first()
    piece = demande.pieces.order_by("id").first()
    assert acte is not None
    assert piece is not None
    return [
        adresse("change", demande),
        adresse("history", demande),
        adresse("decision", demande),
        adresse("acte", demande, acte.pk),
        adresse("signe", demande, acte.pk),
        adresse("joindre", demande),
        adresse("piece", demande, piece.pk),
        adresse("ecarter", demande, piece.pk),
        adresse("transition", demande, "payer"),
        adresse("ensemble", demande, "conventionner_et_notifier"),
        adresse("budget", demande),
        adresse("avis", demande),
        adresse("recevabilite", demande),
    ]


def portes_autour(demande: Demande) -> list[str]:
    """What hangs from a file: its amendment, its report, its envelope, each with its history."""
    enveloppe: Any = demande.enveloppe
    decision = demande.allocation
    objets: dict[str, Any] = {
        "avenant": decision.avenants.get(),
        "bilan": decision.bilan,
        "enveloppe": enveloppe,
        "mouvementenveloppe": enveloppe.mouvements.get(),
        "simulation": Simulation.objects.create(
            enveloppe=enveloppe, nom="Et si", creee_par=demande.instruite_par
        ),
    }
    pages = [
        reverse(f"admin:financements_{nom}_{mot}", args=[objet.pk])
        for nom, objet in objets.items()
        for mot in ("change", "history")
    ]
    scenario = objets["simulation"].pk
    return [
        *pages,
        *(reverse("admin:financements_enveloppe_point", args=[enveloppe.pk, g]) for g in ("pdf", "xlsx")),
        *(reverse(f"admin:financements_simulation_{m}", args=[scenario]) for m in ("appliquer", "copier")),
        reverse("admin:financements_simulation_comparer", args=[enveloppe.pk]),
    ]


ROLES_D_AILLEURS = [Role.INSTRUCTEUR, Role.ORDONNATEUR, Role.GESTIONNAIRE, Role.LIQUIDATEUR]


@pytest.mark.parametrize("role", ROLES_D_AILLEURS)
def test_une_adresse_fabriquee_d_une_autre_region_n_existe_pas(
    client: Client, lieu: Territoire, role: Role
) -> None:
    etrangere = territoire("32", exercice=lieu.campagne).demande(Etat.ACCORDEE)
    client.force_login(lieu.agents[role])
    for porte in portes(etrangere):
        assert (porte, client.get(porte).status_code) == (porte, 404)
        # A page that never answers a POST says so to everybody: 405 tells nothing.
        assert client.post(porte, {"post": "yes"}).status_code in {403, 404, 405}
    assert client.get(adresse("delete", etrangere)).status_code == 403  # as for one's own: nobody deletes
    assert Demande.objects.get(pk=etrangere.pk).etat == Etat.ACCORDEE
    assert etrangere.pieces.count() == 1


@pytest.mark.parametrize("role", ROLES_D_AILLEURS)
def test_ni_son_avenant_ni_son_bilan_ni_son_enveloppe_n_existent(
    client: Client, lieu: Territoire, role: Role
) -> None:
    """A page that this role has nowhere is 403, as it is in one's own region."""
    ailleurs = territoire("32", exercice=lieu.campagne)
    etrangere, ici = ailleurs.demande(Etat.EN_EXECUTION), lieu.demande(Etat.EN_EXECUTION)
    for territoire_, demande in ((ailleurs, etrangere), (lieu, ici)):
        preparer_avenant(demande)
        territoire_.avancer(demande, "preparer_bilan")
    client.force_login(lieu.agents[role])
    siennes = [client.get(porte).status_code for porte in portes_autour(ici)]
    for porte, sienne in zip(portes_autour(etrangere), siennes, strict=True):
        permis = {404, 403} if sienne == 403 else {404}
        assert client.get(porte).status_code in permis, porte
        assert client.post(porte, {"post": "yes"}).status_code in {403, 404, 405}
    assert siennes.count(200) > 5


def test_la_piece_d_une_autre_region_ne_se_lit_pas_par_un_dossier_d_ici(
    client: Client, lieu: Territoire
) -> None:
    """The address of one's own file with the key of their piece."""
    etrangere, ici = (
        territoire("32", exercice=lieu.campagne).demande(Etat.DEPOSEE),
        lieu.demande(Etat.DEPOSEE),
    )
    piece = etrangere.pieces.get()
    client.force_login(lieu.agents[Role.INSTRUCTEUR])
    for mot in ("piece", "ecarter"):
        assert client.get(adresse(mot, ici, piece.pk)).status_code == 404
        assert client.post(adresse(mot, ici, piece.pk)).status_code in {404, 405}
    assert etrangere.pieces.count() == 1


@pytest.mark.parametrize("role", ROLES_D_AILLEURS)
@pytest.mark.parametrize("modele", ["piece", "allocation", "reprise"])
def test_la_saisie_assistee_ne_propose_rien_d_une_autre_region(
    client: Client, lieu: Territoire, role: Role, modele: str
) -> None:
    """One's own files are found by the same question: the silence is about theirs."""
    ailleurs = territoire("32", exercice=lieu.campagne)
    etrangere = ailleurs.demande(Etat.DEPOSEE, ecole=ailleurs.ecole("Serrurerie des Wateringues"))
    # A name without a digit: the words of a number are looked for in it too.
    ici = lieu.demande(Etat.DEPOSEE, ecole=lieu.ecole("Menuiserie des Dombes"))
    client.force_login(lieu.agents[role])
    question = {"app_label": "financements", "model_name": modele, "field_name": "demande"}

    def proposes(terme: str) -> list[str]:
        reponse = client.get(reverse("admin:autocomplete"), question | {"term": terme})
        return [ligne["id"] for ligne in reponse.json()["results"]]

    assert proposes("") == proposes(ici.numero) == [str(ici.pk)]
    assert proposes(etrangere.numero) == proposes(etrangere.ecole.nom) == []


def test_ni_la_liste_ni_la_recherche_ni_le_filtre_ni_l_export_n_en_disent_rien(
    client: Client, lieu: Territoire
) -> None:
    etrangere = territoire("32", exercice=lieu.campagne).demande(Etat.DEPOSEE)
    client.force_login(lieu.agents[Role.INSTRUCTEUR])
    numero, nom = etrangere.numero, etrangere.ecole.nom
    for question in (
        {"q": numero},
        {"etape": "toutes"},
        {"region": "32"},
        {"ecole__nom__startswith": nom[:3]},
    ):
        vue = texte(client.get(reverse(LISTE), question, follow=True))
        assert f"{nom} <" not in vue
        assert f'second">{numero}' not in vue
    exporter = reverse("admin:financements_demande_exporter")
    for envoi in ({"format": "csv"}, {"format": "csv", "cle": [str(etrangere.pk)]}):
        contenu = b"".join(client.post(f"{exporter}?etape=toutes", envoi).streaming_content)  # type: ignore[attr-defined]
        assert numero.encode() not in contenu
    lot = {"action": "instruire", "_selected_action": [str(etrangere.pk)], "index": "0", "confirmer": "1"}
    client.post(reverse(LISTE), lot)
    assert Demande.objects.get(pk=etrangere.pk).etat == Etat.DEPOSEE
