"""What the database refuses about orders and minutes, whatever path they come by: one test a clause.

Rows are written past Python (``bulk_create``, ``update``), so that only the database can say no.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.db import IntegrityError, connection, transaction

from commandes.models import Pointage
from ecoles.models import (
    AvisAptitude,
    DeclarationDerogation,
    Encadrement,
    FormationSecurite,
    Inscription,
    MembreEquipe,
    TravailReglemente,
)
from reseau.champs import uuid7
from reseau.nombres import aujourdhui
from tests.usines import (
    TOUR,
    ApprenantUsine,
    AvisUsine,
    BlocUsine,
    il_y_a,
    ne_il_y_a,
)

if TYPE_CHECKING:
    from tests.commandes.conftest import Atelier

pytestmark = pytest.mark.django_db
HIER = 1


def pointage(atelier: Atelier, **autres: Any) -> Pointage:
    """Malo, one hour yesterday on the plain line; nothing is saved."""
    valeurs = {
        "commande": atelier.commande,
        "ligne": atelier.simple,
        "apprenant": atelier.malo,
        "jour": il_y_a(HIER),
        "minutes": 60,
        "encadrant": atelier.maitre,
        "saisi_par": atelier.maitre,
    }
    return Pointage(**(valeurs | autres))


def au_tour(atelier: Atelier, **autres: Any) -> Pointage:
    """Inès, who has every proof, on the lathe."""
    valeurs = {"apprenant": atelier.ines, "ligne": atelier.tour, "travail_id": TOUR}
    return pointage(atelier, **(valeurs | autres))


def ecrire(*pointages: Pointage) -> None:
    """Write past Python's checks, key constraints included."""
    with transaction.atomic():
        Pointage.objects.bulk_create(pointages)
        with connection.cursor() as curseur:
            curseur.execute("SET CONSTRAINTS ALL IMMEDIATE")


def refuse(*pointages: Pointage, phrase: str) -> None:
    with pytest.raises(IntegrityError, match=phrase):
        ecrire(*pointages)


# --- O9, O14


def test_ce_qui_est_permis_passe(atelier: Atelier) -> None:
    ecrire(pointage(atelier), au_tour(atelier))
    assert Pointage.objects.valides().count() == 2


@pytest.mark.parametrize("minutes", [0, 4, 485, 481])
def test_une_duree_va_de_5_a_480_minutes(atelier: Atelier, minutes: int) -> None:
    refuse(pointage(atelier, minutes=minutes), phrase="pointage_minutes")


def test_une_duree_se_compte_de_cinq_en_cinq(atelier: Atelier) -> None:
    refuse(pointage(atelier, minutes=42), phrase="pointage_minutes_par_cinq")


def test_une_cle_de_saisie_est_unique(atelier: Atelier) -> None:
    cle = uuid7()
    refuse(pointage(atelier, cle=cle), pointage(atelier, cle=cle), phrase="cle")


def test_la_journee_validee_ne_depasse_pas_huit_heures(atelier: Atelier) -> None:
    ecrire(pointage(atelier, minutes=480))
    refuse(pointage(atelier, minutes=5), phrase="durée permise en un jour")


def test_la_journee_ne_depasse_pas_sept_heures_avant_seize_ans(atelier: Atelier) -> None:
    jeune = ApprenantUsine(ecole=atelier.ecole, ne_le=ne_il_y_a(15), inscription__du=il_y_a(20))
    refuse(pointage(atelier, apprenant=jeune, minutes=425), phrase="durée permise en un jour")
    ecrire(pointage(atelier, apprenant=jeune, minutes=420))


def test_la_journee_se_compte_aussi_dans_un_seul_envoi(atelier: Atelier) -> None:
    refuse(pointage(atelier, minutes=300), pointage(atelier, minutes=300), phrase="durée permise en un jour")


def test_la_semaine_ne_depasse_pas_trente_cinq_heures(atelier: Atelier) -> None:
    lundi = il_y_a(7) - timedelta(days=il_y_a(7).weekday())
    cinq_jours = [pointage(atelier, jour=lundi + timedelta(days=n), minutes=420) for n in range(5)]
    ecrire(*cinq_jours)
    refuse(pointage(atelier, jour=lundi + timedelta(days=6), minutes=5), phrase="35 heures dans la semaine")
    ecrire(pointage(atelier, jour=lundi - timedelta(days=1), minutes=420))


def test_les_heures_a_regulariser_ne_comptent_pas(atelier: Atelier) -> None:
    attente = {"etat": Pointage.Etat.A_REGULARISER, "motif": "Il manque une pièce."}
    ecrire(pointage(atelier, minutes=480), pointage(atelier, minutes=480, **attente))


def test_valider_apres_coup_compte_aussi(atelier: Atelier) -> None:
    attente = pointage(atelier, minutes=480, etat=Pointage.Etat.A_REGULARISER, motif="Trop.")
    ecrire(pointage(atelier, minutes=480), attente)
    with pytest.raises(IntegrityError, match="durée permise en un jour"), transaction.atomic():
        Pointage.objects.filter(pk=attente.pk).update(etat=Pointage.Etat.VALIDE, motif="")


@pytest.mark.parametrize(("etat", "motif"), [("valide", "Pourquoi ?"), ("a_regulariser", "")])
def test_des_heures_a_regulariser_disent_ce_qui_manque_et_elles_seules(
    atelier: Atelier, etat: str, motif: str
) -> None:
    refuse(pointage(atelier, etat=etat, motif=motif), phrase="pointage_motif_si_a_regulariser")


def test_une_date_dans_le_futur_est_refusee(atelier: Atelier) -> None:
    refuse(pointage(atelier, jour=aujourdhui() + timedelta(days=1)), phrase="dans le futur")


# --- O10


def test_le_jeune_est_inscrit_ce_jour_la(atelier: Atelier) -> None:
    inscription = Inscription.objects.get(apprenant=atelier.malo)
    refuse(pointage(atelier, jour=inscription.du - timedelta(days=1)), phrase="pas inscrit ce jour-là")
    Inscription.objects.filter(pk=inscription.pk).update(au=il_y_a(5), motif_sortie="abandon")
    refuse(pointage(atelier), phrase="pas inscrit ce jour-là")
    ecrire(pointage(atelier, jour=il_y_a(5)))


def test_le_bloc_est_du_diplome_du_jeune(atelier: Atelier) -> None:
    refuse(pointage(atelier, bloc=BlocUsine(titre_id="50020101")), phrase="pas du diplôme de ce jeune")
    ecrire(pointage(atelier, bloc=BlocUsine()))


# --- O11: every clause of the safety rule


def test_un_majeur_n_a_besoin_d_aucune_piece(atelier: Atelier) -> None:
    majeur = ApprenantUsine(ecole=atelier.ecole, ne_le=ne_il_y_a(18))
    DeclarationDerogation.objects.all().delete()
    ecrire(au_tour(atelier, apprenant=majeur, encadrant=None))


def test_un_mineur_sans_avis_est_refuse(atelier: Atelier) -> None:
    AvisAptitude.objects.all().delete()
    refuse(au_tour(atelier), phrase="sécurité d'un mineur n'est pas assurée")


def test_un_avis_fini_ou_pas_commence_ne_suffit_pas(atelier: Atelier) -> None:
    AvisAptitude.objects.update(du=il_y_a(60), au=il_y_a(2))
    refuse(au_tour(atelier), phrase="sécurité")
    ecrire(au_tour(atelier, jour=il_y_a(2)))
    AvisAptitude.objects.update(du=aujourdhui(), au=aujourdhui())
    refuse(au_tour(atelier), phrase="sécurité")


def test_un_avis_inapte_plus_recent_l_emporte(atelier: Atelier) -> None:
    AvisUsine(apprenant=atelier.ines, apte=False, du=il_y_a(10))
    refuse(au_tour(atelier), phrase="sécurité")
    ecrire(au_tour(atelier, jour=il_y_a(11)))
    AvisUsine(apprenant=atelier.ines, apte=True, du=il_y_a(3))
    ecrire(au_tour(atelier))


def test_la_declaration_de_l_ecole_couvre_le_travail(atelier: Atelier, voisin: Atelier) -> None:
    DeclarationDerogation.objects.filter(ecole=atelier.ecole).delete()
    refuse(au_tour(atelier), phrase="sécurité")


def test_une_declaration_vaut_trois_ans_le_jour_d_envoi_compris(atelier: Atelier) -> None:
    hier = il_y_a(HIER)
    declarations = DeclarationDerogation.objects.filter(ecole=atelier.ecole)
    declarations.update(envoyee_le=aujourdhui())
    refuse(au_tour(atelier), phrase="sécurité")
    declarations.update(envoyee_le=hier.replace(year=hier.year - 3, day=min(hier.day, 28)))
    refuse(au_tour(atelier, jour=hier.replace(day=min(hier.day, 28))), phrase="sécurité")
    declarations.update(envoyee_le=hier)
    ecrire(au_tour(atelier))


def test_la_formation_est_donnee_et_evaluee(atelier: Atelier) -> None:
    formations = FormationSecurite.objects.filter(apprenant=atelier.ines)
    formations.update(evaluee_le=None)
    refuse(au_tour(atelier), phrase="sécurité")
    formations.update(evaluee_le=aujourdhui())
    refuse(au_tour(atelier), phrase="sécurité")
    formations.update(evaluee_le=il_y_a(HIER))
    ecrire(au_tour(atelier))
    formations.update(travail_id="levage")
    refuse(au_tour(atelier), phrase="sécurité")


def test_une_personne_de_l_ecole_encadre(atelier: Atelier, voisin: Atelier) -> None:
    refuse(au_tour(atelier, encadrant=None), phrase="sécurité")
    refuse(au_tour(atelier, encadrant=voisin.maitre), phrase="sécurité")
    membres = MembreEquipe.objects.filter(utilisateur=atelier.maitre)
    membres.update(fonction="secretariat")
    refuse(au_tour(atelier), phrase="sécurité")
    membres.update(fonction="maitre", au=il_y_a(2))
    refuse(au_tour(atelier), phrase="sécurité")
    ecrire(au_tour(atelier, encadrant=atelier.direction))


def test_la_personne_qui_encadre_est_designee_pour_ce_travail_ce_jour_la(atelier: Atelier) -> None:
    designations = Encadrement.objects.filter(membre__utilisateur=atelier.maitre)
    designation = designations.get()
    designation.travaux.set(["levage"])
    refuse(au_tour(atelier), phrase="sécurité")
    designation.travaux.set([TOUR])
    designations.update(du=aujourdhui())
    refuse(au_tour(atelier), phrase="sécurité")
    designations.update(du=il_y_a(3), au=il_y_a(2))
    refuse(au_tour(atelier), phrase="sécurité")
    designations.update(du=il_y_a(HIER), au=il_y_a(HIER))
    ecrire(au_tour(atelier))


def test_une_declaration_retiree_ne_couvre_plus_depuis_ce_jour(atelier: Atelier) -> None:
    declarations = DeclarationDerogation.objects.filter(ecole=atelier.ecole)
    declarations.update(retiree_le=il_y_a(HIER))
    refuse(au_tour(atelier), phrase="sécurité")
    declarations.update(retiree_le=aujourdhui())
    ecrire(au_tour(atelier))


def test_un_travail_interdit_l_est_avec_toutes_les_pieces(atelier: Atelier) -> None:
    TravailReglemente.objects.filter(pk=TOUR).update(derogeable=False)
    refuse(au_tour(atelier), phrase="sécurité")


def test_l_age_minimal_d_une_derogation_compte(atelier: Atelier) -> None:
    TravailReglemente.objects.filter(pk=TOUR).update(age_minimal=17)
    refuse(au_tour(atelier), phrase="sécurité")


def test_une_ligne_sur_machine_ne_se_note_pas_sans_la_machine(atelier: Atelier) -> None:
    refuse(au_tour(atelier, travail_id=None), phrase="machine dangereuse")


def test_une_heure_refusee_se_garde_a_regulariser(atelier: Atelier) -> None:
    ecrire(au_tour(atelier, apprenant=atelier.malo, etat="a_regulariser", motif="Il manque l'avis."))
    with pytest.raises(IntegrityError, match="sécurité"), transaction.atomic():
        Pointage.objects.update(etat="valide", motif="")
