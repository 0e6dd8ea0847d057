"""The page "Historique": who, when, what changed, in words; nobody reads there what she may not read here."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.html import strip_tags

from ecoles.histoires import suivis_de
from ecoles.models import (
    Agrement,
    Apprenant,
    DeclarationDerogation,
    Ecole,
    Inscription,
    MembreEquipe,
    Offre,
    RepresentantLegal,
)
from reseau.models import AffectationDreets, Utilisateur
from reseau.portail.droits import _droits_des
from reseau.roles import MATRICE, Role, roles_avec
from reseau.socle.histoire import signer
from reseau.socle.lots import accepter, annuler
from tests.ecoles.imports import lire_lignes
from tests.monde import METALLIER, Cote, compte, poser_le_monde

if TYPE_CHECKING:
    from django.db.models import Model
    from django.test import Client

pytestmark = pytest.mark.django_db
type Monde = tuple[Cote, Cote, dict[Role, Utilisateur]]


@pytest.fixture
def monde() -> Monde:
    return poser_le_monde()


def adresse(objet: Model) -> str:
    return reverse(f"admin:ecoles_{objet._meta.model_name}_history", args=[objet.pk])


def lire(client: Client, qui: Utilisateur, objet: Model, suite: str = "") -> str:
    """The page as one reads it: its text, one space between words."""
    client.force_login(qui)
    reponse = client.get(adresse(objet) + suite)
    assert reponse.status_code == 200
    corps = reponse.content.decode().replace("&nbsp;", " ").replace("&#x27;", "'")
    return " ".join(strip_tags(corps.partition('id="content-main"')[2]).split())


def test_la_page_d_un_jeune_dit_qui_a_change_quoi(client: Client, monde: Monde) -> None:
    ici = monde[0]
    jeune, direction = ici.lignes[Apprenant], ici.personnes[Role.DIRECTION]
    with signer() as signature:
        signature.par = direction.pk
        Apprenant.objects.filter(pk=jeune.pk).update(ne_le=date(2009, 5, 2))
        RepresentantLegal.objects.filter(apprenant=jeune).update(telephone="0199000103")
    page = lire(client, direction, jeune)
    assert ", Direction Demo" in page
    assert "Modification – jeune né ou née le : 01/05/2009 → devient 02/05/2009" in page
    assert "téléphone : 0199000102 → devient 0199000103" in page
    assert "Ajout – inscription : CAP Métallier" in page
    assert "avis d'aptitude" in page


def test_un_nom_se_lit_comme_il_est_et_un_compte_ferme_n_en_a_plus(client: Client, monde: Monde) -> None:
    ici = monde[0]
    ecole, direction = ici.ecole, ici.personnes[Role.DIRECTION]
    auteur = compte("rozenn@essai.invalid")
    with signer() as signature:
        signature.par = auteur.pk
        Ecole.objects.filter(pk=ecole.pk).update(cout="Rien")
    Utilisateur.objects.filter(pk=auteur.pk).update(nom="Le Nouveau-Nom")
    assert "Rozenn Le Nouveau-Nom" in lire(client, direction, ecole)
    Utilisateur.objects.filter(pk=auteur.pk).update(
        prenom="", nom="", courriel="efface-1@compte.invalid", is_active=False
    )
    page = lire(client, direction, ecole)
    assert ", compte supprimé" in page
    assert "efface-" not in page
    Utilisateur.objects.filter(pk=auteur.pk).delete()
    assert ", compte supprimé" in lire(client, direction, ecole)


def test_un_import_et_son_annulation_se_disent(client: Client, monde: Monde) -> None:
    administratrice = monde[2][Role.ADMINISTRATEUR]
    ecole = Ecole.objects.create(nom="Atelier du Quai", slug="quai", commune_id="69123", effectif=10)
    lot = lire_lignes(("Atelier du Quai", "Lyon", "69", "", "Bois", "", "", "12"))
    assert accepter(lot, administratrice)
    page = lire(client, administratrice, ecole)
    assert f"import du {lot.depose_le:%d/%m/%Y}, par Administrateur Demo" in page
    assert "effectif cité : 10 → devient 12" in page
    assert "Ajout – métier : Métiers du bois" in page
    annuler(lot, administratrice)
    page = lire(client, administratrice, ecole)
    assert f"annulation de l'import du {lot.depose_le:%d/%m/%Y}, par Administrateur Demo" in page
    assert "effectif cité : 12 → devient 10" in page


def test_sans_auteur_c_est_le_portail(client: Client, monde: Monde) -> None:
    ici = monde[0]
    assert ", le portail" in lire(client, ici.personnes[Role.DIRECTION], ici.ecole)


def test_ailleurs_la_page_n_existe_pas(client: Client, monde: Monde) -> None:
    ici, la_bas, _ = monde
    client.force_login(ici.personnes[Role.DIRECTION])
    for modele in (Ecole, Apprenant, MembreEquipe, DeclarationDerogation, Agrement, Offre):
        page = client.get(adresse(la_bas.lignes[modele]))
        assert (modele, page.status_code) == (modele, 404)


@pytest.mark.parametrize("role", [Role.INSTRUCTEUR, Role.ORDONNATEUR, Role.LECTEUR_NATIONAL])
def test_l_etat_ne_lit_jamais_l_histoire_d_un_jeune_ni_de_l_equipe(
    client: Client, monde: Monde, role: Role
) -> None:
    ici, _, nationaux = monde
    qui = (nationaux | ici.personnes)[role]
    client.force_login(qui)
    for modele in (Apprenant, MembreEquipe, DeclarationDerogation):
        assert client.get(adresse(ici.lignes[modele])).status_code == 404
    page = lire(client, qui, ici.ecole)
    assert "Ajout – label" in page
    for mot in ("membre de l'équipe", "déclaration de dérogation", "Inès", "coordonnées bancaires"):
        assert mot not in page


def test_deux_fonctions_ne_s_additionnent_pas(client: Client, monde: Monde) -> None:
    """Head of one school and officer of another region: there, she is an officer only."""
    ici, la_bas, _ = monde
    double = ici.personnes[Role.DIRECTION]
    AffectationDreets.objects.create(
        utilisateur=double, service_id=la_bas.region, role=Role.INSTRUCTEUR, du=date(2020, 1, 1)
    )
    assert "membre de l'équipe" in lire(client, double, ici.ecole)
    page = lire(client, double, la_bas.ecole)
    assert "Ajout – label" in page
    assert "membre de l'équipe" not in page
    assert "déclaration de dérogation" not in page


def test_une_region_n_ouvre_jamais_ce_qui_tient_a_un_jeune(
    monde: Monde, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> None:
    """Even were the matrix to say so: rows of a learner have no region."""
    ici = monde[0]
    droits = MATRICE[Role.INSTRUCTEUR] | {"inscription.voir"}
    monkeypatch.setitem(MATRICE, Role.INSTRUCTEUR, droits)
    for retenu in (roles_avec, _droits_des):
        request.addfinalizer(retenu.cache_clear)
        retenu.cache_clear()
    lus = {s.modele for s in suivis_de(ici.lignes[Apprenant], ici.personnes[Role.INSTRUCTEUR])}
    assert Inscription not in lus


@pytest.mark.parametrize(
    ("role", "lit"),
    [(Role.DIRECTION, True), (Role.MAITRE, False), (Role.SECRETARIAT, False), (Role.INSTRUCTEUR, False)],
)
def test_un_iban_n_est_lu_que_de_qui_en_a_le_droit(
    client: Client, monde: Monde, role: Role, lit: bool
) -> None:
    ici = monde[0]
    page = lire(client, ici.personnes[role], ici.ecole)
    assert ("coordonnées bancaires" in page) is lit
    assert ("IBAN : FR76 … 0189" in page) is lit
    assert "FR7630006000011234567890189" not in page


def test_un_champ_que_la_page_cache_est_cache_dans_son_histoire(client: Client, monde: Monde) -> None:
    """The hidden column says that the school is fictional: no form shows it."""
    ici = monde[0]
    Ecole.objects.filter(pk=ici.ecole.pk).update(fictive=True, cout="Rien")
    page = lire(client, ici.personnes[Role.DIRECTION], ici.ecole)
    assert "ce que paie la famille : (vide) → devient Rien" in page
    assert "fictive" not in page


def test_les_machines_d_une_declaration_sont_dans_son_histoire(client: Client, monde: Monde) -> None:
    ici = monde[0]
    page = lire(client, ici.personnes[Role.MAITRE], ici.lignes[DeclarationDerogation])
    assert "Ajout – machine ou travail dangereux : Machines à éléments mobiles" in page


def test_les_mois_et_les_choix_sont_en_mots(client: Client, monde: Monde) -> None:
    ici = monde[0]
    Offre.objects.filter(ecole=ici.ecole).update(mois_entree=[1, 9], entree_en_cours_d_annee="oui")
    Ecole.objects.filter(pk=ici.ecole.pk).update(publication="fermee", fermee_le=date(2026, 7, 31))
    page = lire(client, ici.personnes[Role.DIRECTION], ici.ecole)
    assert "mois d'entrée : (vide) → devient janvier, septembre" in page
    assert "publication : publiée → devient fermée" in page
    assert "fermée le : (vide) → devient 31/07/2026" in page


def _changer(offre: Any, fois: int) -> None:
    for n in range(fois):
        Offre.objects.filter(pk=offre.pk).update(places=n % 12, places_le=date(2026, 1, 1) + timedelta(n))


def _compter(client: Client, page: str) -> int:
    client.get(page)
    with CaptureQueriesContext(connection) as vues:
        assert client.get(page).status_code == 200
    return len(vues)


@pytest.mark.parametrize("modele", [Ecole, Apprenant, MembreEquipe, DeclarationDerogation])
def test_vingt_changements_coutent_autant_qu_un(client: Client, monde: Monde, modele: type[Model]) -> None:
    ici = monde[0]
    client.force_login(ici.personnes[Role.DIRECTION])
    page = adresse(ici.lignes[modele])
    seul = _compter(client, page)
    jeune = ici.lignes[Apprenant]
    _changer(ici.lignes[Offre], 20)
    for n in range(10):
        Apprenant.objects.filter(pk=jeune.pk).update(prenom=f"Inès {n}")
        RepresentantLegal.objects.filter(apprenant=jeune).update(prenom=f"Rozenn {n}")
        MembreEquipe.objects.filter(ecole=ici.ecole).update(au=date(2030, 1, 1) + timedelta(n))
        DeclarationDerogation.objects.filter(ecole=ici.ecole).update(lieu=f"Atelier {n}")
    assert _compter(client, page) == seul <= 14


def test_l_histoire_se_lit_page_par_page(client: Client, monde: Monde) -> None:
    ici = monde[0]
    direction = ici.personnes[Role.DIRECTION]
    _changer(ici.lignes[Offre], 70)
    une, deux = lire(client, direction, ici.ecole), lire(client, direction, ici.ecole, "?page=2")
    assert "Plus ancien" in une
    assert "Plus récent" in deux
    assert une != deux
    for suite in ("?page=0", "?page=-1", "?page=x", "?page=", "?page=²"):
        assert lire(client, direction, ici.ecole, suite) == une
    assert "Rien n'est retenu ici : revenez" in lire(client, direction, ici.ecole, "?page=99999")


def test_un_nom_tape_n_est_jamais_du_code(client: Client, monde: Monde) -> None:
    ici = monde[0]
    Apprenant.objects.filter(pk=ici.lignes[Apprenant].pk).update(prenom="<script>alert(1)</script>")
    client.force_login(ici.personnes[Role.DIRECTION])
    assert b"<script>alert(1)" not in client.get(adresse(ici.lignes[Apprenant])).content


def test_les_offres_d_un_metier_ferme_gardent_leur_nom(client: Client, monde: Monde) -> None:
    """A row that is gone is told by the root that it hung from."""
    ici = monde[0]
    from ecoles.models import Groupe

    Groupe.objects.filter(offre__ecole=ici.ecole).delete()
    Offre.objects.filter(ecole=ici.ecole, parcours_id=METALLIER).delete()
    assert "Retrait – parcours proposé : CAP Métallier" in lire(
        client, ici.personnes[Role.DIRECTION], ici.ecole
    )
