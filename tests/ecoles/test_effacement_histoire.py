"""The history of somebody who was taken away, or whose account was closed, goes as well."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import pytest
import time_machine

from ecoles.models import Agrement, Apprenant, Encadrement, MembreEquipe
from reseau.models import AffectationDreets, Utilisateur, histoire_de
from reseau.nombres import aujourdhui, maintenant
from reseau.socle.courriels import envoyer_ce_qui_attend
from tests.ecoles.test_effacement import ou_se_lit, purger
from tests.monde import compte
from tests.usines import EcoleUsine

if TYPE_CHECKING:
    from django.db.models import Model

pytestmark = pytest.mark.django_db


def nb_lignes(modele: type[Model], **lesquelles: Any) -> int:
    histoire = histoire_de(modele)
    assert histoire is not None
    return histoire.objects.filter(**lesquelles).count()


def test_un_jeune_retire_par_l_annulation_d_un_import_s_oublie_apres_90_jours() -> None:
    jeune = Apprenant.objects.create(
        ecole=EcoleUsine(), prenom="Zéphyrine", nom="Quatremaille", ne_le=date(2009, 5, 1)
    )
    jeune.delete()
    reste = Apprenant.objects.create(ecole=EcoleUsine(), prenom="A", nom="Restante", ne_le=date(2009, 5, 1))
    cle = reste.pk
    reste.delete()
    Apprenant.objects.create(pk=cle, ecole=reste.ecole, prenom="A", nom="Restante", ne_le=date(2009, 5, 1))
    with time_machine.travel(maintenant() + timedelta(days=89)):
        purger("--effacer")
        assert ou_se_lit("Quatremaille") == ["ecoles_histoireapprenant"]
    with time_machine.travel(maintenant() + timedelta(days=92)):
        assert "retirés depuis plus de 90 jours : 1 à effacer" in purger()
        assert "retirés depuis plus de 90 jours : 1 effacé" in purger("--effacer")
        assert "1 effacé" not in purger("--effacer")
    assert ou_se_lit("Quatremaille") == []
    assert nb_lignes(Apprenant, id=cle) == 3  # taken away, then back: it is still somebody


def test_un_compte_ferme_emporte_l_histoire_de_ses_fonctions() -> None:
    parti, reste = compte("fermata@essai.invalid"), compte("autre@essai.invalid")
    hier, ecole = aujourdhui() - timedelta(days=1), EcoleUsine()
    for personne in (parti, reste):
        commun: dict[str, Any] = {"utilisateur": personne, "du": date(2020, 1, 1), "au": hier}
        membre = MembreEquipe.objects.create(ecole=ecole, fonction="maitre", **commun)
        Encadrement.objects.create(membre=membre, competence="CAP usinage, 12 ans", du=date(2020, 1, 1))
        Agrement.objects.create(ecole=ecole, fonction="direction", numero="2020-7", **commun)
        AffectationDreets.objects.create(service_id="84", role="instructeur", **commun)
    depart = maintenant()
    with time_machine.travel(depart + timedelta(days=705)):
        purger("--effacer")
        envoyer_ce_qui_attend()  # a notice that did not leave closes nobody
        Utilisateur.objects.filter(pk=reste.pk).update(last_login=maintenant())
    with time_machine.travel(depart + timedelta(days=736)):
        assert "prévenus : 1 effacé" in purger("--effacer")
    for modele in (MembreEquipe, Agrement, AffectationDreets):
        assert nb_lignes(modele, utilisateur=parti.pk) == 0
        assert nb_lignes(modele, utilisateur=reste.pk) > 0
    assert nb_lignes(Encadrement) == 1
