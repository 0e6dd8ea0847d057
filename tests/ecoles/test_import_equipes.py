"""Staff of a school from a list: accounts are opened, nobody appoints herself, one school is touched."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import pytest
from django.core.files.base import ContentFile

from ecoles.models import MembreEquipe
from reseau.models import LotImport, Utilisateur
from reseau.roles import Role
from reseau.socle.attente import lire_le_lot
from reseau.socle.lots import accepter, annuler, deposer
from tests.classeurs import csv
from tests.ecoles.imports import propositions, textes, verdicts
from tests.monde import Cote, poser_le_monde

if TYPE_CHECKING:
    from django.test import Client

pytestmark = pytest.mark.django_db
ENTETE = ("Courriel", "Fonction", "Nom", "Prénom", "Depuis le", "Jusqu'au")
IMPORTER = "/admin/ecoles/membreequipe/importer/"
type Monde = tuple[Cote, Cote, dict[Role, Any]]


@pytest.fixture
def monde() -> Monde:
    return poser_le_monde()


def _lire(monde: Monde, *lignes: tuple[Any, ...]) -> LotImport:
    ici, _, nationaux = monde
    fichier = ContentFile(csv(ENTETE, *lignes), name="equipe.csv")
    qui = nationaux[Role.ADMINISTRATEUR]
    lot = deposer("equipes", fichier, {}, par=qui, territoire=ici.ecole.pk)
    lire_le_lot(lot)
    assert lot.etat == "a_verifier", lot.refus
    return lot


def test_un_compte_est_ouvert_sans_mot_de_passe_avec_sa_fonction(monde: Monde) -> None:
    lot = _lire(monde, ("Nora.Lime@ecole.invalid", "Maître pro", "Lime", "Nora", "01/09/2026", ""))
    assert verdicts(lot) == ["creer"]
    accepter(lot, monde[2][Role.ADMINISTRATEUR])
    compte = Utilisateur.objects.get(courriel="nora.lime@ecole.invalid")
    assert not compte.has_usable_password()
    membre = MembreEquipe.objects.get(utilisateur=compte)
    assert (membre.ecole, membre.fonction, membre.du) == (monde[0].ecole, "maitre", date(2026, 9, 1))
    assert verdicts(_lire(monde, ("nora.lime@ecole.invalid", "maître"))) == ["inchangee"]
    annuler(lot, None)
    assert not MembreEquipe.objects.filter(utilisateur=compte).exists()


def test_un_depart_met_fin_a_la_fonction_de_cette_ecole_seulement(monde: Monde) -> None:
    ici, la_bas, _ = monde
    maitre = ici.personnes[Role.MAITRE]
    ailleurs = MembreEquipe.objects.create(utilisateur=maitre, ecole=la_bas.ecole, fonction="maitre")
    lot = _lire(monde, (maitre.courriel, "maître", "", "", "", "31/12/2030"))
    assert verdicts(lot) == ["modifier"]
    accepter(lot, None)
    ailleurs.refresh_from_db()
    assert ailleurs.au is None
    assert MembreEquipe.objects.get(utilisateur=maitre, ecole=ici.ecole).au == date(2030, 12, 31)


def test_nul_ne_se_nomme_ni_en_deposant_ni_en_acceptant(monde: Monde) -> None:
    _, _, nationaux = monde
    soi, autre = nationaux[Role.ADMINISTRATEUR], nationaux[Role.FEDERATION]
    lot = _lire(monde, (soi.courriel, "direction"), (autre.courriel, "direction"))
    assert verdicts(lot) == ["rejet", "creer"]
    assert "Nul ne se confie un rôle à soi-même. Ligne écartée." in textes(lot, 2)
    assert not accepter(lot, autre)
    accepter(lot, autre)
    assert not MembreEquipe.objects.filter(utilisateur=autre).exists()


def test_une_fonction_inconnue_propose_les_trois(monde: Monde) -> None:
    lot = _lire(
        monde, ("a@b.invalid", "jardinier", "A"), ("pas-une-adresse", "maître", "A"), ("", "maître", "A")
    )
    assert propositions(lot, 2, "fonction") == ["maitre", "secretariat", "direction"]
    assert verdicts(lot) == ["a_corriger", "a_corriger", "rejet"]


def test_seul_l_administrateur_importe_une_equipe_et_choisit_l_ecole(client: Client, monde: Monde) -> None:
    ici, la_bas, nationaux = monde
    for role in (Role.DIRECTION, Role.INSTRUCTEUR):
        client.force_login(ici.personnes[role])
        assert client.get(IMPORTER).status_code == 403
    client.force_login(nationaux[Role.ADMINISTRATEUR])
    assert la_bas.ecole.nom in client.get(IMPORTER).content.decode()
    fichier = ContentFile(csv(ENTETE, ("a@b.invalid", "maître", "A")), name="equipe.csv")
    page = client.post(IMPORTER, {"fichier": fichier, "ecole": str(la_bas.ecole.pk)}, follow=True)
    assert "1 à créer" in page.content.decode().lower()
    assert LotImport.objects.get().organisme == la_bas.ecole.pk
