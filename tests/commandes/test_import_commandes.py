"""Orders to come, from a school's own list: each born with its number and its journal, in its own school."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import pytest
from django.core.files.base import ContentFile
from django.urls import reverse

from commandes.models import Client, Commande, JournalCommande
from reseau.roles import Role
from reseau.socle.attente import lire_le_lot
from reseau.socle.lots import ImportRefuse, accepter, annuler, deposer
from tests.classeurs import csv
from tests.ecoles.imports import textes, verdicts
from tests.monde import Cote, poser_le_monde

if TYPE_CHECKING:
    from django.test import Client as Navigateur

    from reseau.models import LotImport

pytestmark = pytest.mark.django_db
ENTETE = ("Entreprise", "Objet", "Filière", "Date de commande", "Date de livraison", "SIRET")
PORTAIL = ("Garage du Lac", "Portail de deux mètres", "Industrie", "02/11/2026", "15/12/2026")
type Monde = tuple[Cote, Cote, dict[Role, Any]]


@pytest.fixture
def monde() -> Monde:
    return poser_le_monde()


def _lire(cote: Cote, *lignes: tuple[Any, ...]) -> LotImport:
    fichier = ContentFile(csv(ENTETE, *[[*li, *[""] * (6 - len(li))] for li in lignes]), name="commandes.csv")
    qui = cote.personnes[Role.SECRETARIAT]
    lot = deposer("commandes", fichier, {}, par=qui, territoire=cote.ecole.pk)
    lire_le_lot(lot)
    assert lot.etat == "a_verifier", lot.refus
    return lot


def test_une_commande_nait_avec_son_numero_et_son_journal(monde: Monde) -> None:
    ici = monde[0]
    lot = _lire(ici, PORTAIL, (*PORTAIL[:1], "Rampe", *PORTAIL[2:]))
    assert verdicts(lot) == ["creer", "creer"]
    accepter(lot, ici.personnes[Role.SECRETARIAT])
    commandes = Commande.objects.filter(client__nom="Garage du Lac").order_by("numero")
    assert [c.intitule for c in commandes] == ["Portail de deux mètres", "Rampe"]
    assert {(c.ecole_id, c.etat, c.bloc_a_preciser) for c in commandes} == {(ici.ecole.pk, "demande", True)}
    assert (commandes[0].recue_le, commandes[0].a_livrer_le) == (date(2026, 11, 2), date(2026, 12, 15))
    assert JournalCommande.objects.filter(commande__in=commandes, evenement="creer").count() == 2
    assert Client.objects.filter(nom="Garage du Lac").count() == 1
    assert verdicts(_lire(ici, PORTAIL)) == ["inchangee"]


def test_le_client_d_une_autre_ecole_n_est_pas_pris(monde: Monde) -> None:
    ici, la_bas, _ = monde
    Client.objects.create(ecole=la_bas.ecole, nom="Garage du Lac", siret="73282932000074")
    accepter(_lire(ici, (*PORTAIL, "73282932000074")), ici.personnes[Role.SECRETARIAT])
    commande = Commande.objects.get(intitule="Portail de deux mètres")
    assert commande.client.ecole == ici.ecole == commande.ecole


QUESTIONS: dict[str, tuple[tuple[str, ...], str]] = {
    "sans client": (("", "Portail", "Industrie"), "Le client est obligatoire."),
    "sans objet": (("A", "", "Industrie"), "L'objet est obligatoire."),
    "sans métier": (("A", "B", ""), "Indiquez un métier, et un seul."),
    "deux métiers": (("A", "B", "Industrie / Bois"), "Indiquez un métier, et un seul."),
    "demain": (("A", "B", "Industrie", "01/01/2199"), "Cette date est dans le futur."),
    "avant": (("A", "B", "Industrie", "02/11/2026", "01/11/2026"), "La livraison ne peut pas précéder"),
    "siret": (("A", "B", "Industrie", "", "", "123"), "« 123 » n'est pas un SIRET"),
}


@pytest.mark.parametrize("nom", QUESTIONS)
def test_chaque_doute_sur_une_commande_a_sa_phrase(monde: Monde, nom: str) -> None:
    cellules, debut = QUESTIONS[nom]
    lot = _lire(monde[0], cellules)
    assert verdicts(lot) != ["creer"]
    assert any(texte.startswith(debut) for texte in textes(lot, 2)), textes(lot, 2)


def test_deux_clients_du_meme_nom_se_departagent_par_le_siret(monde: Monde) -> None:
    ici = monde[0]
    Client.objects.create(ecole=ici.ecole, nom="Garage du Lac", siret="73282932000074")
    Client.objects.create(ecole=ici.ecole, nom="Garage du lac")
    assert "Plusieurs clients s'appellent" in textes(_lire(ici, PORTAIL), 2)[0]
    assert verdicts(_lire(ici, (*PORTAIL, "732 829 320 00074"))) == ["creer"]


def test_une_commande_importee_ne_se_retire_pas_en_bloc(monde: Monde) -> None:
    ici = monde[0]
    lot = _lire(ici, PORTAIL)
    accepter(lot, ici.personnes[Role.SECRETARIAT])
    with pytest.raises(ImportRefuse, match="fiche par fiche"):
        annuler(lot, None)


def test_les_commandes_d_une_ecole_ne_se_voient_pas_d_une_autre(client: Navigateur, monde: Monde) -> None:
    ici, la_bas, _ = monde
    lot = _lire(ici, PORTAIL)
    page = reverse("admin:reseau_lotimport_change", args=[lot.pk])
    for personne, code in (
        (la_bas.personnes[Role.SECRETARIAT], 404),
        (ici.personnes[Role.MAITRE], 403),
        (ici.personnes[Role.DIRECTION], 200),
    ):
        client.force_login(personne)
        assert client.get(page).status_code == code
    assert "Importer un fichier" in client.get("/admin/commandes/commande/").content.decode()
