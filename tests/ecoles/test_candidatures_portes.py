"""Pages of the applications: the direction decides, the secretariat follows, masters read, nobody else."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.urls import reverse

from ecoles.models import Apprenant, Candidature, DemandeContact
from reseau.nombres import aujourdhui
from reseau.roles import ROLES_DREETS, ROLES_NATIONAUX, Role
from tests.ecoles.candidats import avancer, candidature
from tests.monde import METALLIER, Cote, poser_le_monde
from tests.usines import il_y_a

if TYPE_CHECKING:
    from django.test import Client

    from reseau.models import Utilisateur

pytestmark = pytest.mark.django_db
LISTE, AJOUTER = "/admin/ecoles/candidature/", "/admin/ecoles/candidature/add/"


@pytest.fixture
def monde() -> tuple[Cote, Cote, dict[Role, Utilisateur]]:
    return poser_le_monde()


def envoi(**champs: str) -> dict[str, str]:
    return {
        "prenom": "Zoé", "nom": "Vannerot", "ne_le": "", "parcours": METALLIER, "telephone": "0199001122",
        "recue_le": f"{aujourdhui():%d/%m/%Y}", "motivation": "", "lien": "", "representant_prenom": "",
        "representant_nom": "", "courriel": "", "contact": "",
    } | champs  # fmt: skip


def page(celle: Candidature, nom: str = "") -> str:
    if nom:
        return reverse("admin:ecoles_candidature_transition", args=[celle.pk, nom])
    return reverse("admin:ecoles_candidature_change", args=[celle.pk])


def test_le_secretariat_recoit_et_suit_la_direction_decide(client: Client, monde: Any) -> None:
    ici = monde[0]
    client.force_login(ici.personnes[Role.SECRETARIAT])
    assert client.post(AJOUTER, envoi()).status_code == 302
    celle = Candidature.objects.get(nom="Vannerot")
    assert celle.ecole == ici.ecole
    assert client.post(page(celle, "visiter"), {"visite_le": f"{il_y_a(9):%d/%m/%Y}"}).status_code == 302
    jours = {"essai_du": f"{il_y_a(8):%d/%m/%Y}", "essai_au": f"{il_y_a(4):%d/%m/%Y}"}
    assert client.post(page(celle, "essayer"), jours).status_code == 302
    dit = client.post(page(celle, "admettre")).content.decode()
    assert "Vos rôles ne permettent pas" in dit
    client.force_login(ici.personnes[Role.DIRECTION])
    assert "Écrivez ce qui motive" in client.get(page(celle)).content.decode()
    Candidature.objects.filter(pk=celle.pk).update(motivation="Veut souder.")
    assert client.post(page(celle, "admettre")).status_code == 302
    rempli = {"titre": METALLIER, "du": f"{aujourdhui():%d/%m/%Y}", "motif_age": ""}
    assert "date de naissance" in client.post(page(celle, "inscrire"), rempli).content.decode()
    Candidature.objects.filter(pk=celle.pk).update(ne_le="2009-01-01", representant_nom="Vannerot")
    assert client.post(page(celle, "inscrire"), rempli).status_code == 302
    jeune = Apprenant.objects.get(nom="Vannerot")
    assert (
        reverse("admin:ecoles_apprenant_change", args=[jeune.pk]) in client.get(page(celle)).content.decode()
    )


def test_chaque_erreur_est_a_son_champ_et_rien_n_est_perdu(client: Client, monde: Any) -> None:
    client.force_login(monde[0].personnes[Role.DIRECTION])
    demain = f"{il_y_a(-1):%d/%m/%Y}"
    reponse = client.post(
        AJOUTER, envoi(telephone="", recue_le=demain, ne_le=demain, motivation="Tient à venir.")
    )
    erreurs = reponse.context["adminform"].form.errors
    assert set(erreurs) == {"telephone", "recue_le", "ne_le"}
    assert "Tient à venir." in reponse.content.decode()
    assert not Candidature.objects.filter(nom="Vannerot").exists()


def test_la_question_d_une_famille_ouvre_une_candidature_remplie(client: Client, monde: Any) -> None:
    ici, la_bas, _ = monde
    question = ici.lignes[DemandeContact]
    client.force_login(ici.personnes[Role.SECRETARIAT])
    fiche = reverse("admin:ecoles_demandecontact_change", args=[question.pk])
    adresse = f"{AJOUTER}?contact={question.pk}"
    assert adresse in client.get(fiche).content.decode()
    champs = client.get(adresse).context["adminform"].form.initial
    assert (champs["representant_prenom"], champs["courriel"]) == ("Sam", "sam@famille.invalid")
    assert client.post(AJOUTER, envoi(contact=str(question.pk))).status_code == 302
    celle = Candidature.objects.get(nom="Vannerot")
    assert celle.contact == question
    assert page(celle) in client.get(fiche).content.decode()
    deux_fois = client.post(AJOUTER, envoi(contact=str(question.pk), nom="Deux"))
    assert "contact" in deux_fois.context["adminform"].form.errors
    voisine = la_bas.lignes[DemandeContact]
    assert "courriel" not in client.get(f"{AJOUTER}?contact={voisine.pk}").context["adminform"].form.initial
    assert client.get(f"{AJOUTER}?contact=n'importe").status_code == 200
    vole = client.post(AJOUTER, envoi(contact=str(voisine.pk), nom="Vol"))
    assert "contact" in vole.context["adminform"].form.errors


def test_un_agent_ne_lit_ni_la_candidature_ni_son_bouton(client: Client, monde: Any) -> None:
    ici, _, nationaux = monde
    celle, question = ici.lignes[Candidature], ici.lignes[DemandeContact]
    Candidature.objects.filter(pk=celle.pk).update(contact=question)
    for role in ROLES_DREETS | ROLES_NATIONAUX:
        client.force_login((nationaux | ici.personnes)[role])
        for adresse in (LISTE, page(celle), page(celle, "visiter")):
            assert client.get(adresse).status_code in {403, 404}
        fiche = client.get(reverse("admin:ecoles_demandecontact_change", args=[question.pk])).content.decode()
        assert "andidature" not in fiche


def test_une_autre_ecole_ne_la_voit_ni_ne_la_touche(client: Client, monde: Any) -> None:
    ici, la_bas, _ = monde
    celle = ici.lignes[Candidature]
    client.force_login(la_bas.personnes[Role.DIRECTION])
    assert "De ici" not in client.get(f"{LISTE}?q=ici").content.decode()
    assert client.get(page(celle)).status_code == 404
    for geste in ("visiter", "refuser", "retirer"):
        assert client.post(page(celle, geste), {"visite_le": "01/09/2026"}).status_code == 404
    assert client.post(page(celle), envoi(nom="Volée")).status_code == 404
    client.post(AJOUTER, envoi(nom="Glissée", ecole=str(ici.ecole.pk)))
    assert not Candidature.objects.filter(ecole=ici.ecole, nom__in=("Volée", "Glissée")).exists()


def test_un_maitre_lit_sans_ecrire(client: Client, monde: Any) -> None:
    ici = monde[0]
    celle = ici.lignes[Candidature]
    client.force_login(ici.personnes[Role.MAITRE])
    assert client.get(page(celle)).status_code == 200
    assert client.get(AJOUTER).status_code == 403
    assert "Vos rôles" in client.post(page(celle, "retirer")).content.decode()


def test_l_accueil_montre_la_plus_ancienne_d_abord(client: Client, monde: Any) -> None:
    ici = monde[0]
    vieille = candidature(ici.ecole, nom="Patiente", recue_le=il_y_a(90))
    avancer(candidature(ici.ecole, nom="Partie"), "retirer", par=ici.personnes[Role.DIRECTION])
    client.force_login(ici.personnes[Role.DIRECTION])
    accueil = client.get("/admin/").content.decode()
    assert accueil.index(str(vieille)) < accueil.index("Lila De ici")
    assert "Partie" not in accueil
    fiche = client.get(reverse("admin:ecoles_ecole_change", args=[ici.ecole.pk])).content.decode()
    assert "2 candidatures qui attendent une réponse" in fiche.replace("\u202f", " ").replace("\xa0", " ")
    client.force_login(ici.personnes[Role.MAITRE])
    assert "Candidatures qui attendent" not in client.get("/admin/").content.decode()


def test_la_seconde_personne_qui_enregistre_lit_ce_qui_differe(client: Client, monde: Any) -> None:
    ici = monde[0]
    celle = ici.lignes[Candidature]
    client.force_login(ici.personnes[Role.DIRECTION])
    courriel = {"courriel": "lila@famille.invalid", "telephone": ""}
    assert (
        client.post(page(celle), envoi(**courriel, version_lue="1", motivation="La première.")).status_code
        == 302
    )
    seconde = client.post(page(celle), envoi(**courriel, version_lue="1", motivation="La seconde."))
    assert "Ce qui diffère" in seconde.content.decode()
    assert "La première." in seconde.content.decode()
    celle.refresh_from_db()
    assert celle.motivation == "La première."
