"""The fictional demonstration: complete, repeatable, of any size, and impossible elsewhere."""

from __future__ import annotations

import io
import re
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest
from django.core.management import CommandError, call_command, get_commands
from django.db.models import Count, F, Q, Sum
from django.test import override_settings
from stdnum import iban, luhn

from commandes.models import Client, Commande, JournalCommande, Pointage
from ecoles.models import (
    Apprenant,
    BlocCompetences,
    CoordonneesBancaires,
    DemandeContact,
    Ecole,
    Offre,
    Transfert,
)
from ecoles.places import nb_inscrits, places_de
from ecoles.transferts import MACHINE as TRANSFERTS
from ecoles.transferts import titres_proposes
from financements.etats import MACHINE, Etat
from financements.models import Allocation, Demande, Enveloppe, JournalDemande
from reseau.management.demonstration import identifiants
from reseau.management.demonstration.clients import FIRME_DU_RECIT, SIRET_DU_RECIT
from reseau.management.demonstration.comptes import COMPTES, mot_de_passe
from reseau.models import Commune, Compteur, Utilisateur
from reseau.nombres import aujourdhui
from reseau.roles import Role
from reseau.socle.etats import Contexte, TransitionRefusee
from tests.bases import viser
from tests.demonstration import semer

if TYPE_CHECKING:
    from pathlib import Path

    from django.db import models

pytestmark = pytest.mark.xdist_group("semis")


def compte(courriel: str) -> Utilisateur:
    return Utilisateur.objects.get(courriel=f"{courriel}@demo.invalid")


def effectifs(*modeles: type[models.Model]) -> list[int]:
    return [modele._default_manager.count() for modele in modeles]


@pytest.mark.parametrize("reglages", [{"DEMONSTRATION": False}, {"DEMONSTRATION": True, "PRODUCTION": True}])
def test_rien_de_fictif_hors_d_une_demonstration(reglages: dict[str, bool]) -> None:
    with override_settings(**reglages), pytest.raises(CommandError, match="que dans une démonstration"):
        call_command("semer_demo")


@pytest.mark.parametrize(
    ("options", "phrase"),
    [({"ecoles": 3}, "au moins 12 écoles"), ({"commandes": -1}, "positif"), ({"apprenants": 0}, "3 jeunes")],
)
def test_une_taille_impossible_a_sa_phrase(options: dict[str, int], phrase: str) -> None:
    with override_settings(DEMONSTRATION=True), pytest.raises(CommandError, match=phrase):
        call_command("semer_demo", **options)


def test_sans_referentiels_la_commande_le_dit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("reseau.management.commands.semer_demo.Commune.objects", Commune.objects.none())
    with override_settings(DEMONSTRATION=True), pytest.raises(CommandError, match="charger_referentiels"):
        call_command("semer_demo")


def test_la_demonstration_a_la_taille_promise(demo_lue: str) -> None:
    assert effectifs(Ecole, Apprenant, Commande) == [12, 300, 1000]
    assert not Ecole.objects.filter(fictive=False).exists()
    regions = Ecole.objects.values_list("commune__departement__region", flat=True)
    assert {"84", "32", "52"} < set(regions)
    assert set(Ecole.objects.values_list("publication", flat=True)) == {"publiee"}
    exercices = Enveloppe.objects.order_by("exercice").values_list("exercice", flat=True).distinct()
    assert list(exercices) == [aujourdhui().year - ecart for ecart in (2, 1, 0)]
    assert BlocCompetences.objects.filter(fictif=True).values("titre").distinct().count() == 2


def test_un_second_semis_n_ajoute_rien(demo_lue: str) -> None:
    avant = effectifs(Ecole, Apprenant, Commande, Pointage, Demande, JournalCommande, DemandeContact, Client)
    assert "déjà là, rien à ajouter" in semer()
    assert (
        effectifs(Ecole, Apprenant, Commande, Pointage, Demande, JournalCommande, DemandeContact, Client)
        == avant
    )


def test_un_semis_plus_grand_complete_le_premier(base_demo: str) -> None:
    annonce = semer(ecoles=20, commandes=1_100, apprenants=320)
    assert "8 écoles, 20 jeunes" in annonce
    assert effectifs(Ecole, Apprenant, Commande) == [20, 320, 1_100]
    assert Compteur.objects.filter(serie__startswith="commande:").aggregate(n=Sum("dernier"))["n"] == 1_100


def test_la_meme_graine_donne_les_memes_donnees(demo_lue: str, base_jetable: str) -> None:
    semer()
    ici = _traits()
    with viser(demo_lue):
        assert ici == _traits()


def _traits() -> list[list[tuple[object, ...]]]:
    """What a person would recognise: everything but keys and instants."""
    return [
        list(Ecole.objects.order_by("slug").values_list("slug", "siret", "internat", "telephone", "cout")),
        list(Apprenant.objects.order_by("nom", "prenom", "ne_le").values_list("nom", "prenom", "ne_le")),
        list(
            Commande.objects.order_by("ecole__slug", "numero").values_list(
                "ecole__slug", "numero", "client__nom", "intitule", "etat", "recue_le", "livree_le"
            )
        ),
        list(
            Pointage.objects.values_list("apprenant__nom", "jour", "minutes", "etat").order_by(
                "apprenant__nom", "jour", "minutes", "etat"
            )
        ),
        list(Demande.objects.order_by("numero").values_list("numero", "etat", "montant_demande")),
    ]


def test_aucune_adresse_ni_aucun_numero_ne_joint_quelqu_un(demo_lue: str) -> None:
    courriels = [
        *Utilisateur.objects.values_list("courriel", flat=True),
        *Ecole.objects.exclude(courriel="").values_list("courriel", flat=True),
        *Client.objects.exclude(courriel="").values_list("courriel", flat=True),
        *DemandeContact.objects.exclude(courriel="").values_list("courriel", flat=True),
    ]
    assert [c for c in courriels if not c.endswith(".invalid")] == []
    telephones = [
        *Ecole.objects.exclude(telephone="").values_list("telephone", flat=True),
        *Client.objects.exclude(telephone="").values_list("telephone", flat=True),
        *DemandeContact.objects.exclude(telephone="").values_list("telephone", flat=True),
    ]
    assert [t for t in telephones if not re.fullmatch(r"(019900|063998)\d{4}", t)] == []


def test_les_identifiants_ont_leur_cle_et_ne_sont_a_personne(demo_lue: str) -> None:
    sirets = [
        *Ecole.objects.values_list("siret", flat=True),
        *Client.objects.exclude(siret="").values_list("siret", flat=True),
    ]
    assert all(s.startswith("990") and luhn.is_valid(s) and luhn.is_valid(s[:9]) for s in sirets)
    ibans = CoordonneesBancaires.objects.values_list("iban", flat=True)
    assert all(iban.is_valid(numero) and numero[4:9] == "99999" for numero in ibans)
    assert identifiants.siret(identifiants.ECOLES) == "99010000000019"


def test_chaque_role_a_un_compte_qui_s_ouvre(demo_lue: str) -> None:
    assert {c.role for c in COMPTES} == set(Role)
    mot = mot_de_passe()
    assert len(mot) >= 16
    for prevu in COMPTES:
        utilisateur = Utilisateur.objects.get(courriel=prevu.courriel)
        assert utilisateur.check_password(mot)
        assert utilisateur.emailaddress_set.filter(verified=True, primary=True, email=prevu.courriel).exists()
    sans_mot = Utilisateur.objects.exclude(courriel__in=[c.courriel for c in COMPTES])
    assert not any(utilisateur.has_usable_password() for utilisateur in sans_mot)


def test_un_mot_de_passe_perdu_est_remplace_pour_tous(base_demo: str, tmp_path: Path) -> None:
    with override_settings(DONNEES=tmp_path):
        assert not compte("maitre").check_password(mot_de_passe())
        assert mot_de_passe() in semer()
        assert compte("maitre").check_password(mot_de_passe())
        assert (tmp_path / "mot-de-passe-demonstration.txt").stat().st_mode & 0o077 == 0


def test_la_commande_du_recit_est_au_centime(demo_lue: str) -> None:
    commande = Commande.objects.get(intitule="120 axes, 40 bagues")
    assert (commande.client.nom, commande.client.siret) == (FIRME_DU_RECIT, SIRET_DU_RECIT)
    assert commande.lignes.aggregate(total=Sum("net"))["total"] == Decimal("2678.05")
    refus = commande.pointages.get(etat=Pointage.Etat.A_REGULARISER)
    assert refus.apprenant.prenom == "Malo"
    assert "avis d'aptitude" in refus.motif


def test_les_commandes_vont_par_dates_et_par_etats(demo_lue: str) -> None:
    jour = aujourdhui()
    dates = Commande.objects.order_by("recue_le").values_list("recue_le", flat=True)
    assert dates[0] == jour - timedelta(days=548)
    assert max(dates) <= jour
    assert set(Commande.objects.values_list("etat", flat=True)) == {
        "demande", "qualifiee", "en_production", "livree", "sans_suite",
    }  # fmt: skip
    assert not Commande.objects.filter(etat="livree", livree_le=None).exists()
    assert not Commande.objects.filter(livree_le__gt=jour).exists()


def test_les_minutes_tiennent_dans_la_journee_et_la_semaine(demo_lue: str) -> None:
    par_jour = Pointage.objects.order_by().values("apprenant", "jour").annotate(total=Sum("minutes"))
    assert not par_jour.filter(total__gt=420).exists()
    semaines = Pointage.objects.order_by().values("apprenant", "jour__iso_year", "jour__week")
    assert not semaines.annotate(total=Sum("minutes")).filter(total__gt=2_100).exists()
    hors_inscription = Pointage.objects.exclude(
        Q(apprenant__inscriptions__du__lte=F("jour"))
        & (Q(apprenant__inscriptions__au__isnull=True) | Q(apprenant__inscriptions__au__gte=F("jour")))
    )
    assert not hors_inscription.exists()
    assert Pointage.objects.filter(travail__isnull=False, etat=Pointage.Etat.VALIDE).count() > 500
    assert not Pointage.objects.exclude(apprenant__ecole=F("commande__ecole")).exists()


def test_chaque_agent_a_quelque_chose_a_traiter(demo_lue: str) -> None:
    exercice = aujourdhui().year
    demandes = Demande.objects.filter(campagne__exercice=exercice, region="84")
    assert {
        "brouillon",
        "deposee",
        "a_completer",
        "en_instruction",
        "proposee",
        "visee",
        "accordee",
        "retiree",
    } <= set(demandes.values_list("etat", flat=True))
    etats = dict(
        Demande.objects.filter(campagne__exercice=exercice - 1).values_list("etat").annotate(Count("pk"))
    )
    une = (Etat.BILAN_DEPOSE, Etat.BILAN_A_CORRIGER, Etat.SERVICE_FAIT, Etat.REVERSEMENT)
    assert etats == {Etat.EN_EXECUTION: 7, **dict.fromkeys(une, 1)}
    assert DemandeContact.objects.filter(suite="attente", region="84").exists()


def test_les_etats_ont_leurs_lignes_de_journal(demo_lue: str) -> None:
    for modele, journal, cle in (
        (Demande, JournalDemande, "demande"),
        (Commande, JournalCommande, "commande"),
    ):
        arrivees = set(journal._default_manager.values_list(cle, "vers"))
        assert [
            ligne.pk for ligne in modele._default_manager.all() if (ligne.pk, ligne.etat) not in arrivees
        ] == []


def test_le_journal_et_les_comptes_sont_justes(demo_lue: str) -> None:
    for commande in ("verifier_journal", "verifier_invariants"):
        if commande in get_commands():
            call_command(commande, stdout=io.StringIO())


def test_trois_personnes_ont_decide(demo_lue: str) -> None:
    decision = Allocation.objects.get(demande__ecole__nom="Fonderie du Plateau", origine="outil")
    personnes = (decision.instruite_par, decision.visee_par, decision.accordee_par)
    assert [p.prenom for p in personnes if p] == ["Nadia", "Paul", "Hélène"]
    assert decision.montant == Decimal("109809.60")


def test_une_enveloppe_presque_vide_refuse_l_accord_suivant(demo_lue: str) -> None:
    demande = Demande.objects.get(region="52", etat=Etat.VISEE)
    assert demande.enveloppe is not None
    assert demande.enveloppe.ae_disponibles == Decimal(8_000)
    with pytest.raises(TransitionRefusee, match=r"ne dispose plus que de 8.000,00"):
        MACHINE.franchir(demande, "accorder", Contexte(compte("ordonnateur.52")))


def test_l_enveloppe_de_la_region_84_est_celle_du_recit(demo_lue: str) -> None:
    enveloppe = Enveloppe.objects.get(service="84", exercice=aujourdhui().year)
    assert enveloppe.ae_ouvertes == Decimal("1190400.00")
    assert list(enveloppe.mouvements.order_by("saisi_le").values_list("nature", "ae")) == [
        ("notification", Decimal(1_240_000)),
        ("gel", Decimal(-49_600)),
    ]


def test_l_annonce_ne_dit_que_ce_qui_sert(demo_lue: str) -> None:
    sortie = io.StringIO()
    call_command("semer_demo", stdout=sortie)
    lignes = sortie.getvalue().splitlines()
    assert lignes[-1] == f"Mot de passe commun : {mot_de_passe()}"
    assert sum("@demo.invalid" in ligne for ligne in lignes) == len(COMPTES)


def test_aucun_parcours_ne_deborde_et_il_reste_une_place_pour_qui_candidate(demo_lue: str) -> None:
    for offre in Offre.objects.filter(ecole__fictive=True):
        places = places_de(offre.ecole_id)
        titre = offre.parcours.etapes.order_by("rang")[0].titre_id
        assert places.refus_d_entree(titre, aujourdhui()) == []
        reste = (offre.capacite or 0) - nb_inscrits(offre.ecole_id, offre.parcours_id, aujourdhui())
        assert (offre.places or 0) <= reste


def test_un_changement_d_ecole_attend_dans_chaque_ecole_qui_a_des_comptes(demo_lue: str) -> None:
    for qui in ("direction", "direction.fonderie"):
        direction = compte(qui)
        (transfert,) = Transfert.objects.visibles_par(direction, "repondre").filter(etat="propose")
        saisies = {"titre": titres_proposes(transfert)[0].pk}
        assert TRANSFERTS.refus(transfert, "accepter", Contexte(direction, saisies)) == []
