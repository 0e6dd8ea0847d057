"""Learners behind a request: lines filled from enrolments, nobody counted twice, no name to the service."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
import time_machine
from django.urls import reverse

from ecoles.models import Apprenant, Offre
from financements.comptage import (
    Inscrit,
    comptes,
    constat_ages,
    constat_doubles,
    mois_comptes,
    noms_des_doubles,
    rapprochement,
)
from financements.etats import Etat
from financements.models import ApprenantCompte, Demande
from financements.ouverture import ouvrir_demande
from reseau.champs import uuid7
from reseau.nombres import PARIS, aujourdhui
from reseau.roles import Role
from reseau.socle.etats import TransitionRefusee
from tests.financements.conftest import refuse
from tests.financements.test_page_versements import texte
from tests.usines_financements import METALLIER, Territoire, ajouter_ligne, ajouter_piece

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.test import Client

    from ecoles.models import Ecole

pytestmark = pytest.mark.django_db
JOUR = datetime(2026, 11, 20, 10, tzinfo=PARIS)
AVANT = datetime(2026, 11, 5, 10, tzinfo=PARIS)


def inscrire(ecole: Ecole, prenom: str = "Inès", *, personne: Any = None, age: int = 17, **dates: Any) -> Any:
    """Somebody enrolled in the title since a month, in her first year."""
    Offre.objects.get_or_create(ecole=ecole, parcours_id=METALLIER)
    jour = aujourdhui()
    ne_le = date(jour.year - age, 1, 1)
    jeune = Apprenant.objects.create(
        ecole=ecole, prenom=prenom, nom="Essai", ne_le=ne_le, personne=personne or uuid7()
    )
    jeune.representants.create(lien="mere", nom="Essai", telephone="0199000102")
    jeune.inscriptions.create(
        titre_id=METALLIER,
        motif_age="Entrée d'essai.",
        **{"du": date(2026, 10, 12), **dates},
    )
    return jeune


def demande_de(lieu: Territoire, ecole: Ecole, effectif: int, *noms: str) -> Demande:
    """A request for so many learners of the first year."""
    demande = ouvrir_demande(ecole=ecole, campagne=lieu.campagne, par=lieu.directions[ecole])
    ajouter_ligne(demande, effectif_demande=effectif, majorations_demandees=0)
    ajouter_piece(demande, "cer", lieu.directions[ecole])
    return lieu.avancer(demande, *noms)


def motiver(lieu: Territoire, demande: Demande, code: str) -> None:
    """An officer goes on, in writing."""
    demande.controles.create(
        regle=code,
        bloquante=True,
        derogation="L'effectif sera ramené.",
        derogation_par=lieu.agents[Role.INSTRUCTEUR],
        derogation_le=demande.depuis_le,
    )


@pytest.fixture(autouse=True)
def novembre() -> Iterator[None]:
    """The same day for every test: months are counted."""
    with time_machine.travel(JOUR, tick=True):
        yield


def inscrire_des_deux_cotes(une: Ecole, autre: Ecole) -> None:
    """Lou leaves a school on the 10th and enters the other on the 11th: one month, two schools."""
    qui = uuid7()
    inscrire(une, "Lou", personne=qui, au=date(2026, 11, 10), motif_sortie="transfert")
    inscrire(autre, "Lou", personne=qui, du=date(2026, 11, 11))


@pytest.fixture
def deux(lieu: Territoire) -> tuple[Demande, Demande]:
    """Both schools handed in a request while Lou was there."""
    une, autre = lieu.ecole(), lieu.ecole()
    inscrire_des_deux_cotes(une, autre)
    inscrire(autre, "Sam")
    with time_machine.travel(AVANT, tick=True):
        premiere = demande_de(lieu, une, 1, "deposer")
    return premiere, demande_de(lieu, autre, 2, "deposer")


def test_une_demande_nait_avec_les_inscrits(client: Client, lieu: Territoire) -> None:
    ecole = lieu.ecole()
    inscrire(ecole)
    inscrire(ecole, "Sam")
    inscrire(ecole, "Parti", au=aujourdhui() - timedelta(1), motif_sortie="abandon")
    client.force_login(lieu.directions[ecole])
    envoi = {"campagne": str(lieu.campagne.pk), "ecole": str(ecole.pk)}
    envoi |= {"lignes-TOTAL_FORMS": "0", "lignes-INITIAL_FORMS": "0"}
    reponse = client.post(reverse("admin:financements_demande_add"), envoi, follow=True)
    ligne = Demande.objects.get().lignes.get()
    assert (ligne.titre_id, ligne.annee, ligne.effectif_demande, ligne.mois) == (METALLIER, 1, 2, 10)
    assert "remplies avec vos inscriptions" in texte(reponse)


def test_ce_qui_est_saisi_n_est_pas_remplace(client: Client, lieu: Territoire) -> None:
    from tests.financements.test_page_demande import envoi

    ecole = lieu.ecole()
    inscrire(ecole)
    client.force_login(lieu.directions[ecole])
    client.post(reverse("admin:financements_demande_add"), envoi(lieu) | {"ecole": str(ecole.pk)})
    assert Demande.objects.get().lignes.get().effectif_demande == 12


@pytest.mark.parametrize(
    ("du", "au", "attendu"),
    [
        (date(2025, 9, 1), None, (date(2026, 1, 1), date(2027, 1, 1))),
        (date(2026, 3, 31), date(2026, 5, 1), (date(2026, 3, 1), date(2026, 6, 1))),
        (date(2026, 12, 31), None, (date(2026, 12, 1), date(2027, 1, 1))),
        (date(2025, 9, 1), date(2025, 12, 31), None),
    ],
)
def test_on_compte_des_mois_entiers_de_l_exercice(du: date, au: date | None, attendu: Any) -> None:
    cle = uuid7()
    assert mois_comptes(Inscrit(cle, cle, METALLIER, 1, du, au), 2026) == attendu


def test_sans_inscription_l_effectif_est_declare(lieu: Territoire) -> None:
    demande = lieu.demande(Etat.DEPOSEE)
    assert rapprochement(demande) == "Effectif déclaré, non rapproché."
    assert (constat_doubles(demande), constat_ages(demande)) == (None, None)


def test_l_agent_lit_un_nombre_l_ecole_un_nom_personne_l_autre_ecole(
    client: Client, lieu: Territoire, deux: tuple[Demande, Demande]
) -> None:
    premiere, seconde = deux
    dit = constat_doubles(seconde)
    assert dit is not None
    assert dit[0].startswith("1 élève compté ailleurs (élève n° ")
    assert "Lou" not in dit[0]
    assert noms_des_doubles(seconde) == ["Lou Essai est compté aussi dans la demande d'une autre école."]
    adresse = reverse("admin:financements_demande_change", args=[seconde.pk])
    client.force_login(lieu.directions[seconde.ecole])
    vue = texte(client.get(adresse))
    assert "Lou Essai est compté aussi" in vue
    assert premiere.ecole.nom not in vue
    client.force_login(lieu.agents[Role.INSTRUCTEUR])
    vue = texte(client.get(adresse))
    assert "1 élève compté ailleurs" in vue
    assert "Lou" not in vue


def test_un_eleve_de_19_ans_a_l_entree_se_compte_sans_se_nommer(lieu: Territoire) -> None:
    ecole = lieu.ecole()
    inscrire(ecole, age=17)
    inscrire(ecole, "Max", age=20)
    demande = demande_de(lieu, ecole, 2, "deposer")
    dit = constat_ages(demande)
    assert dit == ["1 élève avait 20 ans à l'entrée."]


def test_un_eleve_retenu_ici_ne_l_est_plus_ailleurs(lieu: Territoire, deux: tuple[Demande, Demande]) -> None:
    premiere, seconde = deux
    for demande in deux:
        motiver(lieu, demande, "doubles")
    lieu.avancer(premiere, "instruire", "proposer")
    assert comptes(premiere).get().retenu
    seconde = lieu.avancer(seconde, "instruire")
    with pytest.raises(TransitionRefusee, match="1 élève compté ailleurs ; retenez 1 au plus"):
        lieu.avancer(seconde, "proposer")
    lou = comptes(seconde).get(apprenant__prenom="Lou")
    with refuse("que par une transition"):
        ApprenantCompte.objects.filter(pk=lou.pk).update(retenu=True)
    lieu.avancer(Demande.objects.get(pk=premiere.pk), "renvoyer")
    assert not comptes(premiere).get().retenu
    lieu.avancer(seconde, "proposer")
    assert comptes(seconde).filter(retenu=True).count() == 2


@pytest.mark.parametrize("nom", ["refuser", "classer", "retirer"])
def test_une_demande_sans_financement_libere_ses_eleves(lieu: Territoire, nom: str) -> None:
    ecole = lieu.ecole()
    inscrire(ecole)
    demande = demande_de(lieu, ecole, 1, "deposer", "instruire", "proposer")
    assert comptes(demande).filter(retenu=True).count() == 1
    lieu.avancer(demande, nom)
    assert not comptes(demande).filter(retenu=True).exists()


def test_une_resiliation_garde_les_mois_passes(lieu: Territoire) -> None:
    ecole = lieu.ecole()
    inscrire(ecole)
    lieu.avancer(
        demande_de(lieu, ecole, 1, "deposer", "instruire", "proposer", "viser", "accorder"), "resilier"
    )
    compte = ApprenantCompte.objects.get()
    assert compte.periode.upper <= (aujourdhui().replace(day=1) + timedelta(32)).replace(day=1)
    assert compte.retenu


def test_effacer_un_jeune_ne_touche_pas_a_ce_qui_est_compte(lieu: Territoire) -> None:
    """An import that is undone takes the learner away; the months stay, of nobody one could name."""
    ecole = lieu.ecole()
    jeune = inscrire(ecole)
    demande = demande_de(lieu, ecole, 1, "deposer", "instruire", "proposer")
    jeune.inscriptions.all().delete()
    jeune.representants.all().delete()
    jeune.delete()
    compte = comptes(demande).get()
    assert (compte.apprenant_id, compte.retenu) == (None, True)
    with refuse("que par une transition"):
        compte.delete()


def test_une_autre_ecole_et_un_agent_ne_lisent_pas_qui_est_compte(lieu: Territoire) -> None:
    ecole = lieu.ecole()
    inscrire(ecole)
    demande_de(lieu, ecole, 1, "deposer")
    lues = [
        ApprenantCompte.objects.visibles_par(qui).count()
        for qui in (lieu.directions[ecole], lieu.directions[lieu.ecole()], lieu.agents[Role.INSTRUCTEUR])
    ]
    assert lues == [1, 0, 0]


def test_une_ligne_refaite_puis_laissee_sans_reponse_compte_ses_eleves(lieu: Territoire) -> None:
    """Nobody would see one of them counted elsewhere (F12) if the new line stood for nobody."""
    ecole = lieu.ecole()
    inscrire(ecole)
    demande = demande_de(lieu, ecole, 1, "deposer", "demander_complement")
    demande.lignes.all().delete()
    ajouter_ligne(demande)
    assert comptes(demande).count() == 0
    assert comptes(lieu.avancer(demande, "constater_silence")).count() == 1
