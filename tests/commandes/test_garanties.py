"""What the database refuses about orders and minutes, whatever path they come by: one test a clause.

Rows are written past Python (``bulk_create``, ``update``), so that only the database can say no.
"""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
from django.db import IntegrityError, ProgrammingError, connection, transaction

from commandes.etats import MACHINE
from commandes.models import Client, Commande, LigneCommande, Pointage
from ecoles.models import (
    AvisAptitude,
    DeclarationDerogation,
    FormationSecurite,
    Inscription,
    MembreEquipe,
    TravailReglemente,
)
from reseau.champs import uuid7
from reseau.nombres import aujourdhui, maintenant
from reseau.socle.etats import Contexte
from tests.usines import (
    TOUR,
    ApprenantUsine,
    AvisUsine,
    BlocUsine,
    ClientUsine,
    LigneUsine,
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
    jeune = ApprenantUsine(ecole=atelier.ecole, ne_le=ne_il_y_a(15))
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


# --- O12


def test_un_jeune_d_une_autre_ecole_est_refuse(atelier: Atelier, voisin: Atelier) -> None:
    refuse(pointage(atelier, apprenant=voisin.malo), phrase="pas de l'école de la commande")


def test_une_ligne_d_une_autre_commande_est_refusee(atelier: Atelier, voisin: Atelier) -> None:
    refuse(pointage(atelier, ligne=voisin.simple), phrase="d'une autre commande")


def test_un_client_d_une_autre_ecole_est_refuse(atelier: Atelier, voisin: Atelier) -> None:
    with pytest.raises(IntegrityError, match="celui d'une autre école"), transaction.atomic():
        Commande.objects.filter(pk=atelier.commande.pk).update(client=voisin.commande.client)
    with pytest.raises(IntegrityError, match="reste à son école"), transaction.atomic():
        Client.objects.filter(pk=atelier.commande.client_id).update(ecole=voisin.ecole)


def test_une_commande_garde_son_ecole_et_son_numero(atelier: Atelier, voisin: Atelier) -> None:
    for champs in ({"ecole": voisin.ecole, "client": voisin.commande.client}, {"numero": "CMD-1"}):
        with pytest.raises(IntegrityError, match="garde son école et son numéro"), transaction.atomic():
            Commande.objects.filter(pk=atelier.commande.pk).update(**champs)


def test_un_bloc_d_un_diplome_que_l_ecole_n_a_pas_est_refuse(atelier: Atelier) -> None:
    atelier.commande.blocs.add(BlocUsine())
    with pytest.raises(IntegrityError, match="pas d'un diplôme proposé"), transaction.atomic():
        atelier.commande.blocs.add(BlocUsine(titre_id="50020101"))


# --- What is delivered or recorded changes no more


def livrer(atelier: Atelier) -> Commande:
    commande = MACHINE.franchir(atelier.commande, "lancer", Contexte(atelier.maitre))
    return MACHINE.franchir(commande, "livrer", Contexte(atelier.maitre, {"recu_par": "Mme Roux"}))


def test_les_lignes_livrees_ne_changent_plus(atelier: Atelier) -> None:
    livrer(atelier)
    lignes = LigneCommande.objects.filter(commande=atelier.commande)
    for geste in (
        lambda: lignes.update(prix_unitaire=Decimal(1)),
        lambda: lignes.filter(pk=atelier.simple.pk).delete(),
        lambda: LigneUsine(commande=atelier.commande, rang=9),
    ):
        with pytest.raises(IntegrityError, match="ne changent plus"), transaction.atomic():
            geste()


def test_une_commande_livree_garde_client_et_dates(atelier: Atelier) -> None:
    livrer(atelier)
    commandes = Commande.objects.filter(pk=atelier.commande.pk)
    autre = ClientUsine(ecole=atelier.ecole, nom="Autre")
    for champs in ({"client": autre}, {"recue_le": il_y_a(20)}, {"livree_le": None}):
        with pytest.raises(IntegrityError), transaction.atomic():
            commandes.update(**champs)


def test_une_commande_recue_demain_est_refusee(atelier: Atelier) -> None:
    with pytest.raises(IntegrityError, match="dans le futur"), transaction.atomic():
        Commande.objects.update(recue_le=aujourdhui() + timedelta(days=1))


def test_des_heures_notees_ne_se_reecrivent_pas(atelier: Atelier) -> None:
    ecrire(pointage(atelier))
    for champs in ({"minutes": 65}, {"jour": il_y_a(2)}, {"apprenant": atelier.ines}, {"cle": uuid7()}):
        with pytest.raises(IntegrityError, match="ne se réécrivent pas"), transaction.atomic():
            Pointage.objects.update(**champs)


def test_des_heures_ne_s_effacent_que_dix_minutes(atelier: Atelier) -> None:
    ecrire(pointage(atelier, saisi_le=maintenant() - timedelta(minutes=12)))
    with pytest.raises(IntegrityError, match="que pendant dix minutes"), transaction.atomic():
        Pointage.objects.all().delete()
    vider = pytest.raises((IntegrityError, ProgrammingError))  # by the trigger, or for want of the right
    with vider, transaction.atomic(), connection.cursor() as curseur:
        curseur.execute("TRUNCATE commandes_pointage")


@pytest.mark.parametrize(
    "champs",
    [{"quantite": 0}, {"prix_unitaire": -1}, {"remise": 101}, {"remise": -1}, {"taux_tva": Decimal("19.6")}],
)
def test_les_bornes_d_une_ligne(atelier: Atelier, champs: dict[str, Any]) -> None:
    with pytest.raises(IntegrityError, match="ligne_"), transaction.atomic():
        LigneCommande.objects.filter(pk=atelier.simple.pk).update(**champs)
