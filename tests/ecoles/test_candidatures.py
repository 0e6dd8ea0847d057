"""From the application to the enrolment: every step and every refusal, said and held by the database."""

from __future__ import annotations

import io
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core.management import call_command
from django.db import IntegrityError, transaction

from ecoles.etats_candidature import Etat, MotifRefus
from ecoles.models import Apprenant, Candidature, Inscription, Offre
from ecoles.regles_inscription import AGE_A_MOTIVER, SANS_REPRESENTANT, TROP_JEUNE
from reseau.nombres import aujourdhui, maintenant
from reseau.socle.etats import TransitionRefusee
from tests.bases import en_parallele
from tests.ecoles.candidats import CHEMIN, avancer, candidature, dans, ecole_qui_recoit
from tests.ecoles.test_effacement import ou_se_lit
from tests.usines import (
    ApprenantUsine,
    InscriptionUsine,
    MembreUsine,
    OffreUsine,
    RepresentantUsine,
    ne_il_y_a,
)

base = pytest.mark.django_db


def refus_de(celle: Candidature, geste: str, **saisies: Any) -> str:
    avant = Candidature.objects.values().get(pk=celle.pk)
    with pytest.raises(TransitionRefusee) as refus:
        avancer(celle, geste, **saisies)
    assert Candidature.objects.values().get(pk=celle.pk) == avant
    return " ".join(refus.value.refus)


# --- The way


@base
def test_de_la_demande_a_l_inscription_le_nom_ne_reste_qu_a_un_endroit() -> None:
    celle = candidature(ecole_qui_recoit(), "inscrire")
    jeune = Apprenant.objects.get(nom="Quatremaille")
    assert (celle.etat, celle.apprenant, celle.close_le) == (Etat.INSCRITE, jeune, aujourdhui())
    assert (celle.prenom, celle.nom, celle.ne_le, celle.telephone, celle.representant_nom) == (
        "",
        "",
        None,
        "",
        "",
    )
    assert (jeune.prenom, jeune.ne_le, str(celle)) == ("Lila", ne_il_y_a(16), "Lila Quatremaille")
    assert jeune.representants.get().telephone == "0199887766"
    assert (jeune.inscriptions.get().du, jeune.inscriptions.get().titre_id) == (
        aujourdhui(),
        celle.parcours_id,
    )
    du_jeune = ("apprenant", "histoireapprenant", "histoirerepresentantlegal", "representantlegal")
    assert ou_se_lit("Quatremaille") == [f"ecoles_{table}" for table in du_jeune]
    assert [ligne.evenement for ligne in celle.journal.order_by("rang")] == list(CHEMIN)


@base
@pytest.mark.parametrize("geste", ["essayer", "admettre", "inscrire"])
def test_aucune_etape_ne_se_saute(geste: str) -> None:
    assert "n'est pas possible" in refus_de(candidature(ecole_qui_recoit()), geste)


@base
def test_une_visite_ne_se_note_pas_d_avance() -> None:
    celle = candidature(ecole_qui_recoit())
    assert "dans le futur" in refus_de(celle, "visiter", visite_le=dans(1))
    assert avancer(celle, "visiter", visite_le=aujourdhui()).visite_le == aujourdhui()


@base
def test_une_semaine_d_essai_a_deux_jours_dans_l_ordre_apres_la_visite() -> None:
    celle = candidature(ecole_qui_recoit(), "visiter")
    assert "avant de commencer" in refus_de(celle, "essayer", essai_au=celle.visite_le)
    assert "après la visite" in refus_de(celle, "essayer", essai_du=celle.visite_le - timedelta(days=1))
    assert avancer(celle, "essayer").etat == Etat.ESSAI


@base
def test_on_admet_sur_la_motivation_apres_l_essai() -> None:
    celle = candidature(ecole_qui_recoit(), "visiter", motivation=" ")
    celle = avancer(celle, "essayer", essai_du=aujourdhui(), essai_au=dans(4))
    assert "décidez après" in refus_de(celle, "admettre")
    assert "ce qui motive" in refus_de(celle, "admettre")
    Candidature.objects.filter(pk=celle.pk).update(motivation="Tient à ce métier.", essai_au=aujourdhui())
    assert avancer(celle, "admettre").etat == Etat.ADMISE


@base
def test_un_refus_a_sa_raison() -> None:
    celle = candidature(ecole_qui_recoit())
    assert "la raison du refus" in refus_de(celle, "refuser")
    assert "autre raison" in refus_de(celle, "refuser", motif_refus=MotifRefus.AUTRE)
    finie = avancer(celle, "refuser", motif_refus=MotifRefus.AUTRE, precision_refus="Part à l'étranger.")
    assert (finie.etat, finie.close_le, finie.precision_refus) == (
        Etat.REFUSEE,
        aujourdhui(),
        "Part à l'étranger.",
    )
    assert "étranger" not in str(finie.journal.get().donnees)


@base
@pytest.mark.parametrize("etape", ["", "visiter", "essayer", "admettre"])
def test_la_famille_se_retire_jusqu_a_l_inscription(etape: str) -> None:
    celle = candidature(ecole_qui_recoit(), etape)
    assert avancer(celle, "retirer").etat == Etat.RETIREE
    assert "n'est pas possible" in refus_de(celle, "retirer")


# --- Every rule of the enrolment


@base
def test_l_inscription_dit_toutes_ses_raisons_ensemble() -> None:
    ecole = ecole_qui_recoit(capacite=0)
    celle = candidature(ecole, "admettre", ne_le=ne_il_y_a(14), representant_nom="")
    dit = refus_de(celle, "inscrire")
    assert AGE_A_MOTIVER in dit
    assert SANS_REPRESENTANT in dit
    assert "plus de place" in dit
    Offre.objects.update(capacite=1)
    Candidature.objects.filter(pk=celle.pk).update(representant_nom="Quatremaille")
    assert avancer(celle, "inscrire", motif_age="Un an d'avance.").apprenant is not None


@base
def test_trop_jeune_sans_date_de_naissance_ou_parcours_retire() -> None:
    celle = candidature(ecole_qui_recoit(), "admettre", ne_le=ne_il_y_a(13))
    assert TROP_JEUNE in refus_de(celle, "inscrire")
    Candidature.objects.filter(pk=celle.pk).update(ne_le=None)
    assert "date de naissance" in refus_de(celle, "inscrire")
    Candidature.objects.filter(pk=celle.pk).update(ne_le=ne_il_y_a(16))
    Offre.objects.all().delete()
    assert "ne propose plus" in refus_de(celle, "inscrire")


@base
def test_un_majeur_s_inscrit_sans_representant() -> None:
    celle = candidature(ecole_qui_recoit(), "admettre", ne_le=ne_il_y_a(18), representant_nom="")
    jeune = avancer(celle, "inscrire").apprenant
    assert jeune is not None
    assert not jeune.representants.exists()


@base
def test_qui_revient_reprend_sa_fiche_et_ne_s_inscrit_pas_deux_fois() -> None:
    ecole = ecole_qui_recoit()
    ancien = ApprenantUsine(
        ecole=ecole, prenom="lila", nom="QUATREMAILLE", ne_le=ne_il_y_a(16), inscription=False
    )
    RepresentantUsine(apprenant=ancien)
    la = InscriptionUsine(apprenant=ancien)
    celle = candidature(ecole, "admettre")
    assert "déjà inscrit" in refus_de(celle, "inscrire")
    Inscription.objects.filter(pk=la.pk).update(au=aujourdhui() - timedelta(days=30), motif_sortie="abandon")
    assert avancer(celle, "inscrire").apprenant == ancien
    assert Apprenant.objects.count() == 1


@base
def test_les_places_prises_plus_tard_comptent_aussi() -> None:
    ecole = ecole_qui_recoit(capacite=1)
    a_venir = ApprenantUsine(ecole=ecole, inscription=False)
    RepresentantUsine(apprenant=a_venir)
    InscriptionUsine(apprenant=a_venir, du=dans(20))
    celle = candidature(ecole, "admettre")
    assert "plus de place" in refus_de(celle, "inscrire")
    Inscription.objects.update(au=dans(25), motif_sortie="abandon")
    assert avancer(celle, "inscrire", du=dans(26)).etat == Etat.INSCRITE


@pytest.mark.course
def test_deux_candidats_pour_la_derniere_place(base_jetable: str) -> None:
    ecole = ecole_qui_recoit(capacite=1)
    les_deux = [candidature(ecole, "admettre", nom=f"Course {n}") for n in range(2)]
    resultats = en_parallele(*(lambda c=c: avancer(c, "inscrire") for c in les_deux))  # type: ignore[misc]
    (refus,) = [r for r in resultats if isinstance(r, TransitionRefusee)]
    assert "plus de place" in str(refus)
    assert Inscription.objects.count() == 1


# --- What the database holds alone


@base
def test_la_base_refuse_ce_que_la_porte_refuse() -> None:
    ecole, autre = ecole_qui_recoit(), ecole_qui_recoit()
    celle = candidature(ecole)
    ailleurs = ApprenantUsine(ecole=autre)
    OffreUsine(ecole=autre, parcours_id="50023447")
    for changement in (
        {"etat": Etat.VISITE, "visite_le": aujourdhui()},
        {"ecole": autre},
        {"apprenant": ailleurs},
        {"parcours_id": "50023447"},
        {"motif_refus": "place"},
        {"close_le": aujourdhui()},
        {"telephone": ""},
        {"efface_le": aujourdhui()},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            Candidature.objects.filter(pk=celle.pk).update(**changement)
    with pytest.raises(IntegrityError), transaction.atomic():
        candidature(ecole, etat=Etat.ADMISE)


@base
def test_une_candidature_terminee_ne_change_plus() -> None:
    celle = avancer(candidature(ecole_qui_recoit()), "retirer")
    with pytest.raises(IntegrityError, match="ne se modifie plus"), transaction.atomic():
        Candidature.objects.filter(pk=celle.pk).update(nom="Autre")


# --- Erasure


def purger() -> str:
    sortie = io.StringIO()
    call_command("purger", "--effacer", stdout=sortie)
    return sortie.getvalue()


@base
def test_six_mois_apres_une_fin_sans_inscription_il_ne_reste_pas_un_mot() -> None:
    celle = candidature(ecole_qui_recoit(), motivation="Voudrait souder comme Zorbulon.")
    avancer(celle, "refuser", motif_refus=MotifRefus.AUTRE, precision_refus="Zorbulon déménage.")
    with time_machine.travel(maintenant() + timedelta(days=182)):
        purger()
        assert Candidature.objects.get().efface_le is None
    with time_machine.travel(maintenant() + timedelta(days=183)):
        purger()
    for mot in ("Quatremaille", "Zorbulon", "0199887766"):
        assert ou_se_lit(mot) == []
    effacee = Candidature.objects.get()
    assert (effacee.etat, effacee.motif_refus, effacee.journal.count()) == (Etat.REFUSEE, "autre", 1)
    membre = MembreUsine(ecole=effacee.ecole)
    assert not Candidature.objects.visibles_par(membre.utilisateur).exists()


@base
def test_une_candidature_oubliee_s_efface_au_bout_de_deux_ans() -> None:
    candidature(ecole_qui_recoit(), recue_le=aujourdhui() - timedelta(days=700))
    purger()
    assert ou_se_lit("Quatremaille") != []
    with time_machine.travel(maintenant() + timedelta(days=30)):
        purger()
    assert ou_se_lit("Quatremaille") == []


@base
def test_la_motivation_part_avec_le_nom_du_jeune() -> None:
    celle = candidature(ecole_qui_recoit(), "inscrire", motivation="Comme Zorbulon.")
    Inscription.objects.update(au=aujourdhui(), motif_sortie="diplome")
    with time_machine.travel(maintenant() + timedelta(days=366)):
        purger()
    assert ou_se_lit("Zorbulon") == []
    assert Candidature.objects.get(pk=celle.pk).etat == Etat.INSCRITE
