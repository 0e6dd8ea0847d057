"""Papers that end: which, when, until another continues them; one test a kind and a clause."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from ecoles.expirations import quand
from ecoles.models import Agrement, DeclarationDerogation, InscriptionListe, Label, Reconnaissance
from ecoles.papiers import papiers
from reseau.nombres import aujourdhui
from tests.usines import (
    ApprenantUsine,
    AvisUsine,
    DeclarationUsine,
    EcoleUsine,
    EncadrementUsine,
    InscriptionUsine,
    MembreUsine,
    il_y_a,
    ne_il_y_a,
)

if TYPE_CHECKING:
    from ecoles.models import Ecole
    from ecoles.papiers import Papier

pytestmark = pytest.mark.django_db


@pytest.fixture
def ecole() -> Ecole:
    ecole: Ecole = EcoleUsine()
    return ecole


def lire(ecole: Ecole, jour: date | None = None) -> list[Papier]:
    return papiers(lambda modele: modele._default_manager.all(), [ecole.pk], jour or aujourdhui())


def natures(ecole: Ecole) -> list[str]:
    return [papier.nature for papier in lire(ecole)]


def dans(jours: int) -> date:
    return il_y_a(-jours)


def mineur(ecole: Ecole, **autres: Any) -> Any:
    return ApprenantUsine(ecole=ecole, ne_le=ne_il_y_a(15), inscription__du=il_y_a(20), **autres)


# --- Declarations: three years


@pytest.mark.parametrize(("ecart", "dit"), [(0, True), (1, False)])
def test_une_declaration_se_dit_quatre_vingt_dix_jours_avant_son_dernier_jour(
    ecole: Ecole, ecart: int, dit: bool
) -> None:
    une = DeclarationUsine(ecole=ecole, envoyee_le=date(2024, 3, 18))
    jour = date(2027, 3, 17) - timedelta(days=90 + ecart)
    assert [(p.objet, p.finit_le) for p in lire(ecole, jour)] == [(une.pk, date(2027, 3, 17))] * dit


def test_une_declaration_refaite_pour_tous_ses_travaux_ne_se_dit_plus(ecole: Ecole) -> None:
    DeclarationUsine(ecole=ecole, envoyee_le=il_y_a(1080), travaux=["machines", "levage"])
    neuve = DeclarationUsine(ecole=ecole, envoyee_le=il_y_a(1), travaux=["machines"])
    assert natures(ecole) == ["declarationderogation"]
    neuve.travaux.add("levage")
    assert natures(ecole) == []
    DeclarationDerogation.objects.filter(pk=neuve.pk).update(retiree_le=aujourdhui())
    assert natures(ecole) == ["declarationderogation"]


def test_une_declaration_retiree_ou_sans_travail_ne_se_dit_pas(ecole: Ecole) -> None:
    DeclarationUsine(ecole=ecole, envoyee_le=il_y_a(1080), retiree_le=il_y_a(2))
    DeclarationUsine(ecole=ecole, envoyee_le=il_y_a(1080), travaux=[])
    assert natures(ecole) == []


def test_une_declaration_d_une_autre_ecole_ne_renouvelle_rien(ecole: Ecole) -> None:
    DeclarationUsine(ecole=ecole, envoyee_le=il_y_a(1080))
    DeclarationUsine(ecole=EcoleUsine(), envoyee_le=il_y_a(1))
    assert natures(ecole) == ["declarationderogation"]


# --- Medical opinions


def test_un_avis_qui_finit_se_dit_et_son_suivant_le_remplace(ecole: Ecole) -> None:
    jeune = mineur(ecole, prenom="Inès")
    AvisUsine(apprenant=jeune, au=dans(30))
    (papier,) = lire(ecole)
    assert (papier.finit_le, papier.jeune) == (dans(30), jeune.pk)
    assert papier.quoi.startswith("Avis d'aptitude : Inès ")
    AvisUsine(apprenant=jeune, du=dans(29), au=dans(300))
    assert natures(ecole) == []


def test_un_avis_fini_se_dit_tant_qu_il_manque(ecole: Ecole) -> None:
    AvisUsine(apprenant=mineur(ecole), du=il_y_a(300), au=il_y_a(40))
    assert [p.finit_le for p in lire(ecole)] == [il_y_a(40)]


def test_qui_est_parti_n_a_plus_besoin_d_avis(ecole: Ecole) -> None:
    parti = mineur(ecole, inscription__au=il_y_a(1), inscription__motif_sortie="abandon")
    AvisUsine(apprenant=parti, au=dans(10))
    assert natures(ecole) == []


@pytest.mark.parametrize(("au", "dit"), [(date(2026, 10, 30), True), (date(2026, 10, 31), False)])
def test_un_avis_qui_finit_la_veille_des_dix_huit_ans_ne_se_renouvelle_pas(
    ecole: Ecole, au: date, dit: bool
) -> None:
    jeune = ApprenantUsine(ecole=ecole, ne_le=date(2008, 11, 1), inscription__du=date(2026, 9, 1))
    AvisUsine(apprenant=jeune, du=date(2026, 9, 15), au=au)
    assert [p.nature for p in lire(ecole, date(2026, 10, 12))] == ["avisaptitude"] * dit
    assert lire(ecole, date(2026, 11, 1)) == []


def test_un_avis_inapte_ne_se_renouvelle_pas_par_un_rappel(ecole: Ecole) -> None:
    AvisUsine(apprenant=mineur(ecole), apte=False, au=dans(10))
    assert natures(ecole) == []


# --- People


def agreer(ecole: Ecole, **autres: Any) -> Any:
    membre = autres.pop("membre", None) or MembreUsine(ecole=ecole)
    valeurs = {"fonction": "maitre", "filiere_id": "industrie", "numero": "A-1", "du": il_y_a(900)} | autres
    return Agrement.objects.create(ecole=ecole, utilisateur=membre.utilisateur, **valeurs)


def test_un_agrement_qui_finit_se_dit(ecole: Ecole) -> None:
    agreer(ecole)
    assert natures(ecole) == []
    membre = MembreUsine(ecole=ecole)
    agreer(ecole, membre=membre, au=dans(89))
    (papier,) = lire(ecole)
    assert papier.quoi.endswith(": enseigner un métier")
    agreer(ecole, membre=membre, du=dans(90), numero="A-2")
    assert natures(ecole) == []


def test_l_agrement_de_qui_n_y_travaille_plus_ne_se_dit_pas(ecole: Ecole) -> None:
    agreer(ecole, membre=MembreUsine(ecole=ecole, au=il_y_a(1)), au=dans(10))
    assert natures(ecole) == []


def test_une_designation_finit_avec_la_fonction(ecole: Ecole) -> None:
    EncadrementUsine(membre=MembreUsine(ecole=ecole, au=dans(40)), au=dans(60))
    assert [(p.nature, p.finit_le) for p in lire(ecole)] == [("encadrement", dans(40))]


def test_une_designation_reprise_par_la_meme_personne_ne_se_dit_plus(ecole: Ecole) -> None:
    membre = MembreUsine(ecole=ecole)
    EncadrementUsine(membre=membre, au=dans(10))
    EncadrementUsine(membre=MembreUsine(ecole=ecole))
    assert natures(ecole) == ["encadrement"]
    EncadrementUsine(membre=membre, du=dans(11))
    assert natures(ecole) == []


def test_une_designation_finie_ne_se_dit_que_si_personne_n_encadre(ecole: Ecole) -> None:
    EncadrementUsine(membre=MembreUsine(ecole=ecole), au=il_y_a(5))
    assert natures(ecole) == ["encadrement"]
    EncadrementUsine(membre=MembreUsine(ecole=ecole))
    assert natures(ecole) == []


# --- Statuses


def test_un_label_date_se_dit_puis_le_suivant_le_remplace(ecole: Ecole) -> None:
    commun = {"ecole": ecole, "nb_criteres": 30, "evaluee_le": il_y_a(900)}
    Label.objects.create(**commun, du=il_y_a(800), au=dans(15))
    assert natures(ecole) == ["label"]
    Label.objects.create(**commun, du=dans(16))
    assert natures(ecole) == []


def test_une_reconnaissance_et_une_liste_datees_se_disent(ecole: Ecole) -> None:
    dates = {"ecole": ecole, "du": il_y_a(300), "au": dans(5)}
    Reconnaissance.objects.create(**dates, acte="Arrêté fictif", signee_le=il_y_a(301))
    InscriptionListe.objects.create(**dates, annee=2026, nor="MENE2612345A")
    assert natures(ecole) == ["inscriptionliste", "reconnaissance"]


# --- Together


def test_le_plus_proche_d_abord(ecole: Ecole) -> None:
    for ecart in (50, -3, 8):
        AvisUsine(apprenant=mineur(ecole), du=il_y_a(100), au=dans(ecart))
    assert [p.finit_le for p in lire(ecole)] == [dans(-3), dans(8), dans(50)]


def test_dix_papiers_ne_coutent_pas_une_requete_de_plus_qu_un(ecole: Ecole) -> None:
    def poser() -> None:
        AvisUsine(apprenant=mineur(ecole), au=dans(9))
        DeclarationUsine(ecole=ecole, envoyee_le=il_y_a(1080))
        EncadrementUsine(membre=MembreUsine(ecole=ecole), au=dans(9))
        agreer(ecole, au=dans(9))

    def compter() -> int:
        with CaptureQueriesContext(connection) as captures:
            lire(ecole)
        return len(captures)

    poser()
    un = compter()
    for _ in range(4):
        poser()
    assert compter() == un
    assert un <= 9


def test_un_retour_ne_compte_pas_deux_fois(ecole: Ecole) -> None:
    """Two enrolments over the years, one learner."""
    jeune = ApprenantUsine(
        ecole=ecole, ne_le=ne_il_y_a(16), inscription__au=il_y_a(100), inscription__motif_sortie="suite"
    )
    InscriptionUsine(apprenant=jeune, du=il_y_a(99))
    AvisUsine(apprenant=jeune, au=dans(3))
    assert natures(ecole) == ["avisaptitude"]


@pytest.mark.parametrize(
    ("ecart", "texte"),
    [(25, "dans 25 jours"), (1, "dans 1 jour"), (0, "expire ce soir"), (-1, "expiré depuis le")],
)
def test_quand_cela_expire(ecart: int, texte: str) -> None:
    assert texte in quand(dans(ecart), aujourdhui())
