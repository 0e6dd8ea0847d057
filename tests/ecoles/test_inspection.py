"""The file for the labour inspectorate: what is in order, what is missing, for whom, on which day."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext

from ecoles.inspection import contexte_du_dossier, mineurs_le
from ecoles.models import DossierInspection, Ecole, Encadrement, Machine, MembreEquipe
from reseau.nombres import aujourdhui
from reseau.roles import Role
from tests.monde import Cote, poser_le_monde
from tests.usines import (
    ApprenantUsine,
    AvisUsine,
    DeclarationUsine,
    EcoleUsine,
    EncadrementUsine,
    FormationUsine,
    MembreUsine,
    il_y_a,
    ne_il_y_a,
)

if TYPE_CHECKING:
    from reseau.models import Utilisateur

pytestmark = pytest.mark.django_db


@pytest.fixture
def monde() -> tuple[Cote, Cote, dict[Role, Utilisateur]]:
    return poser_le_monde()


def contexte(ecole: Ecole, jour: date | None = None) -> dict[str, Any]:
    jour = jour or aujourdhui()
    qui = MembreUsine(ecole=ecole, fonction="direction").utilisateur
    return contexte_du_dossier(ecole, jour, "", mineurs_le(ecole, jour), qui)


def ecole_en_regle() -> Ecole:
    ecole: Ecole = EcoleUsine()
    DeclarationUsine(ecole=ecole)
    EncadrementUsine(membre__ecole=ecole)
    return ecole


# --- What it says


def test_ines_a_tout_le_dossier_le_dit() -> None:
    ecole = ecole_en_regle()
    ines = ApprenantUsine(ecole=ecole, prenom="Inès")
    AvisUsine(apprenant=ines)
    FormationUsine(apprenant=ines)
    dit = contexte(ecole)
    (fiche,) = dit["jeunes"]
    assert (fiche["en_regle"], fiche["manques"], dit["manques"]) == (True, [], [])
    assert fiche["avis"].startswith("apte, du ")
    (tour,) = fiche["travaux"]
    assert tour["travail"].endswith("(D4153-28)")
    assert tour["situation"] == "en règle"
    assert tour["encadre"].startswith("Marc ")
    assert "évaluée le" in tour["formation"]


def test_malo_n_a_rien_chaque_piece_manquante_est_une_phrase() -> None:
    ecole = ecole_en_regle()
    ApprenantUsine(ecole=ecole, prenom="Malo")
    (fiche,) = contexte(ecole)["jeunes"]
    assert fiche["avis"] == "aucun avis enregistré"
    assert [phrase.split(" de Malo")[0] for phrase in fiche["manques"]] == [
        "Il manque l'avis d'aptitude",
        "Il manque la formation à la sécurité",
    ]
    assert fiche["travaux"][0]["situation"] == "pas permis"


def test_un_avis_inapte_se_dit_sans_diagnostic() -> None:
    ecole = ecole_en_regle()
    lea = ApprenantUsine(ecole=ecole, prenom="Léa")
    AvisUsine(apprenant=lea)
    AvisUsine(apprenant=lea, apte=False, du=il_y_a(3))
    (fiche,) = contexte(ecole)["jeunes"]
    assert fiche["avis"].startswith("inapte, du ")
    assert "Le dernier avis médical de Léa est «\u00a0inapte\u00a0»." in fiche["manques"]


def test_ce_qui_manque_a_l_ecole_se_dit_une_fois_et_ferme_le_travail() -> None:
    ecole: Ecole = EcoleUsine()
    DeclarationUsine(ecole=ecole, envoyee_le=il_y_a(1200))
    for _ in range(3):
        jeune = ApprenantUsine(ecole=ecole)
        AvisUsine(apprenant=jeune)
        FormationUsine(apprenant=jeune)
    dit = contexte(ecole)
    assert len(dit["manques"]) == 2
    assert "(finie le " in dit["manques"][0]
    assert "personne désignée" in dit["manques"][1]
    assert [f["manques"] for f in dit["jeunes"]] == [[], [], []]
    assert not any(f["en_regle"] for f in dit["jeunes"])
    assert dit["declarations"][0]["vaut"].startswith("finie le ")


def test_seuls_les_mineurs_inscrits_ce_jour_la() -> None:
    ecole = ecole_en_regle()
    jour = il_y_a(40)
    ApprenantUsine(ecole=ecole, nom="Mineur")
    ApprenantUsine(ecole=ecole, nom="Arrive", inscription__du=il_y_a(20))
    ApprenantUsine(ecole=ecole, nom="Majeur", ne_le=ne_il_y_a(19))
    ApprenantUsine(ecole=ecole, nom="Anonyme", anonyme_le=aujourdhui())
    ApprenantUsine(nom="Ailleurs")
    assert [i.apprenant.nom for i in mineurs_le(ecole, jour)] == ["Mineur"]


@pytest.mark.parametrize(("ecart", "compte"), [(-1, 1), (0, 0)])
def test_le_jour_de_ses_dix_huit_ans_il_n_y_est_plus(ecart: int, compte: int) -> None:
    ecole = ecole_en_regle()
    ne_le = date(aujourdhui().year - 18, 9, 15)
    ApprenantUsine(ecole=ecole, ne_le=ne_le, inscription__du=il_y_a(400))
    anniversaire = ne_le.replace(year=ne_le.year + 18)
    assert len(mineurs_le(ecole, anniversaire + timedelta(days=ecart))) == compte


def test_il_dit_ce_qui_etait_vrai_ce_jour_la() -> None:
    ecole = ecole_en_regle()
    ines = ApprenantUsine(ecole=ecole)
    AvisUsine(apprenant=ines)  # sixty days ago
    FormationUsine(apprenant=ines)  # fifty, assessed forty days ago
    (avant,) = contexte(ecole, il_y_a(45))["jeunes"]
    assert "pas évaluée" in avant["travaux"][0]["formation"]
    (bien_avant,) = contexte(ecole, il_y_a(70))["jeunes"]
    assert bien_avant["avis"] == "aucun avis enregistré"
    assert bien_avant["travaux"][0]["formation"] == "pas donnée"


def test_un_diplome_seul(monde: tuple[Cote, Cote, Any]) -> None:
    ici, _, _ = monde
    (inscription,) = mineurs_le(ici.ecole, aujourdhui())
    assert mineurs_le(ici.ecole, aujourdhui(), inscription.titre) == [inscription]
    autre = type(inscription.titre).objects.exclude(pk=inscription.titre_id).order_by("pk")[0]
    assert mineurs_le(ici.ecole, aujourdhui(), autre) == []


def test_une_seule_classe() -> None:
    """Who entered before September is in the second year since."""
    ecole = ecole_en_regle()
    ApprenantUsine(ecole=ecole, nom="Premiere", ne_le=date(2011, 1, 1), inscription__du=date(2026, 9, 1))
    ApprenantUsine(ecole=ecole, nom="Deuxieme", ne_le=date(2010, 1, 1), inscription__du=date(2026, 8, 31))
    jour = date(2026, 10, 12)
    noms = {n: [i.apprenant.nom for i in mineurs_le(ecole, jour, annee=n)] for n in (1, 2, 3, None)}
    assert noms == {1: ["Premiere"], 2: ["Deuxieme"], 3: [], None: ["Deuxieme", "Premiere"]}
    dossier = DossierInspection(ecole=ecole, annee=1)
    assert dossier.pour == "1re année"
    dit = contexte_du_dossier(ecole, jour, dossier.pour, [], MembreUsine(ecole=ecole).utilisateur)
    assert dit["qui"] == "les jeunes de « 1re année »"


def test_une_machine_interdite_le_dit(monde: tuple[Cote, Cote, Any]) -> None:
    ici, _, _ = monde
    ici.lignes[Machine].travaux.set(["temperatures", "machines"])
    (machine,) = contexte(ici.ecole)["machines"]
    assert "D4153-36) : interdit avant 18 ans" in machine["travaux"]
    assert "D4153-28)," in machine["travaux"]


def test_une_machine_decrite_mais_jamais_declaree_manque_sa_declaration() -> None:
    ecole: Ecole = EcoleUsine()
    ApprenantUsine(ecole=ecole)
    FormationUsine(apprenant=ecole.apprenants.get())
    assert contexte(ecole)["manques"][0].startswith("Il manque la déclaration de dérogation de l'école pour")


def test_qui_n_est_plus_designe_n_est_pas_nomme(monde: tuple[Cote, Cote, Any]) -> None:
    ici, _, _ = monde
    assert len(contexte(ici.ecole)["encadrants"]) == 2
    Encadrement.objects.filter(membre__utilisateur=ici.personnes[Role.MAITRE]).update(au=il_y_a(1))
    MembreEquipe.objects.filter(utilisateur=ici.personnes[Role.DIRECTION]).update(au=il_y_a(1))
    dit = contexte(ici.ecole)
    assert dit["encadrants"] == []
    assert dit["jeunes"][0]["travaux"][0]["encadre"] == "personne"


def test_soixante_jeunes_ne_coutent_pas_une_requete_de_plus() -> None:
    ecole = ecole_en_regle()
    qui = MembreUsine(ecole=ecole, fonction="direction").utilisateur

    def compter() -> int:
        with CaptureQueriesContext(connection) as captures:
            contexte_du_dossier(ecole, aujourdhui(), "", mineurs_le(ecole, aujourdhui()), qui)
        return len(captures)

    ApprenantUsine(ecole=ecole)
    compter()
    un = compter()
    for _ in range(9):
        FormationUsine(apprenant=ApprenantUsine(ecole=ecole))
    assert compter() == un


# --- The day


@pytest.mark.parametrize(
    ("ecart", "phrase"), [(-1, "dans le futur"), (366, "plus d'un an"), (0, ""), (365, "")]
)
def test_la_date_est_passee_de_moins_d_un_an(ecart: int, phrase: str) -> None:
    dossier = DossierInspection(ecole=EcoleUsine(), jour=il_y_a(ecart))
    if not phrase:
        dossier.clean()
        return
    with pytest.raises(ValidationError, match=phrase):
        dossier.clean()
