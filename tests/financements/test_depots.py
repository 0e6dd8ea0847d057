"""What is handed in is kept as it was; what changes between two deposits is said in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.urls import reverse

from financements.depots import changements, differences
from financements.etats import Etat
from reseau.roles import Role
from tests.financements.conftest import refuse
from tests.financements.test_page_versements import texte
from tests.usines_financements import Territoire, ajouter_ligne, ajouter_piece

if TYPE_CHECKING:
    from django.test import Client

pytestmark = pytest.mark.django_db


def test_le_depot_garde_ce_qui_est_remis_sans_l_iban_entier(lieu: Territoire) -> None:
    demande = lieu.demande(Etat.DEPOSEE)
    depot = demande.depots.get()
    assert depot.contenu["iban"] == "FR76 … 0189"
    assert depot.contenu["siret"] == demande.ecole.siret
    assert depot.contenu["montant"] == "202200.00"
    assert [(n["effectif"], n["supplements"]) for n in depot.contenu["lignes"]] == [(36, 14)]
    assert [p["nature"] for p in depot.contenu["pieces"]] == ["cer"]
    assert len(depot.empreinte) == 64


def test_un_depot_ne_change_plus(lieu: Territoire) -> None:
    depot = lieu.demande(Etat.DEPOSEE).depots.get()
    with refuse("ne s'écrit qu'en ajout"):
        type(depot).objects.update(empreinte="")
    with refuse("ne s'écrit qu'en ajout"):
        depot.delete()


def test_ce_qui_change_entre_deux_depots_se_lit(client: Client, lieu: Territoire) -> None:
    demande = lieu.demande(Etat.A_COMPLETER)
    ligne = demande.lignes.get()
    ligne.effectif_demande = 34
    ligne.save()
    ajouter_ligne(demande, annee=2, effectif_demande=3, majorations_demandees=0)
    ajouter_piece(demande, "budget", lieu.directions[demande.ecole])
    demande = lieu.avancer(demande, "completer")
    lus = changements(demande)
    assert lus[0].endswith("année 1 : 36 jeunes, maintenant 34.")
    assert lus[1].endswith("année 2 : ligne ajoutée, 3 jeunes.")
    assert lus[2] == "Pièce jointe : « Budget prévisionnel » (budget.pdf)."
    assert lus[3].startswith("Montant demandé : 202\u202f200,00")
    adresse = reverse("admin:financements_demande_change", args=[demande.pk])
    client.force_login(lieu.agents[Role.INSTRUCTEUR])
    assert "36 jeunes, maintenant 34" in texte(client.get(adresse))
    client.force_login(lieu.directions[demande.ecole])
    assert "maintenant 34" not in texte(client.get(adresse))


def test_une_ligne_ou_une_piece_retiree_se_dit_aussi() -> None:
    ligne = {"titre": "1", "intitule": "CAP", "annee": 1, "mois": 10, "effectif": 3, "supplements": 0}
    piece = {"nature": "budget", "nom": "b.pdf", "empreinte": "0"}
    commun = {"ecole": "A", "siret": "1", "montant": "1.00"}
    avant = commun | {"iban": "FR76 … 0001", "lignes": [ligne], "pieces": [piece]}
    apres = commun | {"iban": "FR76 … 0002", "lignes": [], "pieces": []}
    assert differences(avant, apres) == [
        "IBAN : FR76 … 0001, maintenant FR76 … 0002.",
        "CAP, année 1 : ligne retirée (3 jeunes).",
        "Pièce retirée : « Budget prévisionnel » (b.pdf).",
    ]
    mois = differences(avant, avant | {"lignes": [ligne | {"mois": 8, "supplements": 1}]})
    assert mois == ["CAP, année 1 : 0 suppléments, maintenant 1.", "CAP, année 1 : 10 mois, maintenant 8."]


def test_le_recu_est_un_document_de_l_ecole_la_fiche_de_controle_de_l_etat(
    client: Client, lieu: Territoire
) -> None:
    demande = lieu.demande(Etat.EN_INSTRUCTION)
    recu, fiche = (demande.actes.get(nature=nature) for nature in ("recu", "controle"))
    assert recu.document.contexte["pieces"] == ["Contrat d'engagement républicain signé (cer.pdf)"]
    adresse = reverse("admin:financements_demande_change", args=[demande.pk])
    client.force_login(lieu.directions[demande.ecole])
    vue = texte(client.get(adresse))
    assert "Accusé de réception (PDF)" in vue
    assert "Fiche de contrôle" not in vue
    interdite = reverse("admin:financements_demande_acte", args=[demande.pk, fiche.pk])
    assert client.get(interdite).status_code == 404


def test_un_second_depot_donne_un_second_recu(lieu: Territoire) -> None:
    demande = lieu.avancer(lieu.demande(Etat.A_COMPLETER), "completer")
    assert list(demande.actes.filter(nature="recu").order_by("rang").values_list("rang", flat=True)) == [1, 2]
    assert demande.depots.count() == 2
    assert changements(demande) == ["Rien n'a changé."]
