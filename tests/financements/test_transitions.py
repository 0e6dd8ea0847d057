"""The state table, row by row: accepted once, refused once, and the whole product refused elsewhere."""

from __future__ import annotations

from decimal import Decimal
from functools import partial
from typing import TYPE_CHECKING

import pytest
from django.db import DatabaseError, connection, transaction

from ecoles.models import Ecole, Gestionnaire
from financements.etats import LIBELLES_ECOLE, MACHINE, TRANSITIONS, Etat
from financements.models import Demande
from reseau.roles import Role
from reseau.socle.etats import Contexte, TransitionRefusee
from tests.financements.test_confirmations import sur_papier
from tests.usines_bilans import APRES_RESILIATION
from tests.usines_financements import (
    AVANT_L_AVENANT,
    CHEMIN,
    CONVENTIONNER,
    MOIS_MANQUANTS,
    QUI,
    Territoire,
    personne,
    preparer_avenant,
    saisies,
    territoire,
)
from tests.usines_reprises import reprendre, reprise_a_solder

if TYPE_CHECKING:
    from collections.abc import Callable

    from reseau.socle.etats import Transition

pytestmark = pytest.mark.django_db
FIN_DE_VIE = {
    Etat.BILAN_DEPOSE,
    Etat.BILAN_A_CORRIGER,
    Etat.SERVICE_FAIT,
    Etat.REVERSEMENT,
    Etat.SOLDEE,
    Etat.CLOSE,
}
SUR_SCAN: dict[str, tuple[str, ...]] = {
    "deposer_sur_scan": (),
    "confirmer": ("deposer_sur_scan",),
    "completer_sur_scan": ("deposer_sur_scan", "demander_complement"),
}


def _au_depart(lieu: Territoire, transition: Transition) -> Demande:
    """A request in the first source of a transition, ready to be crossed."""
    if transition.nom in AVANT_L_AVENANT:
        demande = lieu.demande(Etat.EN_EXECUTION)
        preparer_avenant(demande)
        return lieu.avancer(demande, *AVANT_L_AVENANT[transition.nom])
    if transition.nom in AILLEURS:
        return AILLEURS[transition.nom](lieu)
    if transition.cible in FIN_DE_VIE or transition.sources[0] in FIN_DE_VIE:
        return fin_de_vie(lieu, transition)
    if transition.nom in CONVENTIONNER[1:]:
        return sans_convention(lieu, transition.sources[0])
    if transition.nom not in SUR_SCAN:
        return lieu.demande(transition.sources[0])
    return lieu.avancer(sur_papier(lieu), *SUR_SCAN[transition.nom])


def fin_de_vie(lieu: Territoire, transition: Transition) -> Demande:
    """A file whose report can take this step: something paid too much where it is claimed back."""
    if transition.nom in {"reclamer", "renoncer"}:
        lieu.manque = MOIS_MANQUANTS
    if transition.nom == "renoncer":
        type(lieu.campagne).objects.filter(pk=lieu.campagne.pk).update(seuil_reversement=10_000)
    demande = lieu.demande(transition.sources[0])
    avant = {"deposer_bilan": ("preparer_bilan",), "figer_bilan": ("contredire_bilan",)}
    return lieu.avancer(demande, *avant.get(transition.nom, ()))


def resiliee(lieu: Territoire, suite: str) -> Demande:
    """A terminated decision of which the school keeps nothing, about to be claimed, waived or given back."""
    if suite == "renoncer_resiliation":
        type(lieu.campagne).objects.filter(pk=lieu.campagne.pk).update(seuil_reversement=1_000_000)
    demande = lieu.demande(Etat.EN_EXECUTION)
    saisie = Contexte(lieu.qui("resilier", demande.ecole), saisies("resilier", montant_acquis=Decimal(0)))
    demande = MACHINE.franchir(demande, "resilier", saisie)
    return lieu.avancer(demande, *(("reclamer_resiliation",) if suite == "recouvrer_resiliation" else ()))


def sans_convention(lieu: Territoire, etat: str) -> Demande:
    """A small grant that needed none, until a second school of the same body was granted more."""
    corps = Gestionnaire.objects.create(nom="Association Essai")
    ecole, autre = lieu.ecole(), lieu.ecole()
    Ecole.objects.filter(pk__in=(ecole.pk, autre.pk)).update(gestionnaire=corps)
    petite = lieu.demande(Etat.ACCORDEE, ecole=ecole, effectif_demande=4, majorations_demandees=0)
    petite = lieu.avancer(petite, "notifier", *(("payer",) if etat == Etat.EN_EXECUTION else ()))
    lieu.demande(Etat.ACCORDEE, ecole=autre)
    return petite


# Where the way there is not that of every file.
AILLEURS: dict[str, Callable[[Territoire], Demande]] = {
    "annuler_reprise": reprendre,
    "conventionner_service_fait": reprise_a_solder,
    **{nom: partial(resiliee, suite=nom) for nom in APRES_RESILIATION},
}


@pytest.mark.parametrize("transition", TRANSITIONS, ids=lambda t: t.nom)
def test_chaque_transition_passe_avec_la_bonne_personne(lieu: Territoire, transition: Transition) -> None:
    demande = _au_depart(lieu, transition)
    depart = demande.etat
    if transition.nom == "notifier":
        demande = lieu.avancer(demande, "conventionner")
        depart = demande.etat
    lieu.avancer(demande, transition.nom)
    demande.refresh_from_db()
    assert demande.etat == transition.vers(depart)
    ligne = demande.journal.order_by("rang").last()
    assert ligne is not None
    assert (ligne.evenement, ligne.de, ligne.vers) == (transition.nom, depart, transition.vers(depart))


@pytest.mark.parametrize("transition", TRANSITIONS, ids=lambda t: t.nom)
def test_chaque_transition_se_refuse_a_qui_n_a_pas_le_role(lieu: Territoire, transition: Transition) -> None:
    demande = _au_depart(lieu, transition)
    depart = demande.etat
    sans_role = lieu.agents[Role.ORDONNATEUR if transition.nom in {"payer", "solder"} else Role.LIQUIDATEUR]
    with pytest.raises(TransitionRefusee) as refus:
        MACHINE.franchir(
            demande,
            transition.nom,
            Contexte(sans_role, saisies(transition.nom)),
        )
    assert refus.value.refus == ["Vos rôles ne permettent pas cette action sur ce dossier."]
    demande.refresh_from_db()
    assert demande.etat == depart


@pytest.mark.parametrize("etat", list(CHEMIN))
def test_aucune_transition_ne_part_d_un_autre_etat(lieu: Territoire, etat: str) -> None:
    demande = lieu.demande(etat)
    for transition in TRANSITIONS:
        if etat in transition.sources:
            continue
        with pytest.raises(TransitionRefusee) as refus:
            MACHINE.franchir(
                demande,
                transition.nom,
                Contexte(lieu.qui(transition.nom, demande.ecole), saisies(transition.nom)),
            )
        assert "n'est pas possible : l'étape est" in refus.value.refus[0]
    assert Demande.objects.get(pk=demande.pk).etat == etat


@pytest.mark.parametrize("etat", list(CHEMIN))
def test_la_base_refuse_tout_changement_d_etat_en_direct(lieu: Territoire, etat: str) -> None:
    demande = lieu.demande(etat)
    for cible in set(Etat) - {etat}:
        _refuser(demande, cible)


def _refuser(demande: Demande, cible: str) -> None:
    with (
        pytest.raises(DatabaseError, match="que par une transition|n'existe pas|check|accordée"),
        transaction.atomic(),
    ):
        Demande.objects.filter(pk=demande.pk).update(etat=cible)


def test_meme_a_la_porte_un_passage_hors_de_la_table_est_refuse(lieu: Territoire) -> None:
    demande = lieu.demande(Etat.DEPOSEE)
    with (
        pytest.raises(DatabaseError, match="n'existe pas"),
        transaction.atomic(),
        connection.cursor() as curseur,
    ):
        curseur.execute("SELECT set_config('edp.porte', %s, true)", [f"financements_demande:{demande.pk}"])
        Demande.objects.filter(pk=demande.pk).update(etat=Etat.SOLDEE)


def test_la_porte_d_un_dossier_n_ouvre_pas_celle_d_un_autre(lieu: Territoire) -> None:
    demande, autre = lieu.demande(Etat.DEPOSEE), lieu.demande(Etat.DEPOSEE)
    with (
        pytest.raises(DatabaseError, match="que par une transition"),
        transaction.atomic(),
        connection.cursor() as curseur,
    ):
        curseur.execute("SELECT set_config('edp.porte', %s, true)", [f"financements_demande:{demande.pk}"])
        Demande.objects.filter(pk=autre.pk).update(etat=Etat.EN_INSTRUCTION)


def test_depuis_le_change_a_chaque_transition_et_a_elle_seule(lieu: Territoire) -> None:
    demande = lieu.demande()
    avant = demande.depuis_le
    demande.note_interne = "À relire"
    demande.save()
    demande.refresh_from_db()
    assert demande.depuis_le == avant
    lieu.avancer(demande, "deposer")
    demande.refresh_from_db()
    assert demande.depuis_le > avant


def test_chaque_etat_a_un_libelle_pour_chacun() -> None:
    assert set(LIBELLES_ECOLE) == set(Etat)
    assert all(LIBELLES_ECOLE.values())


def test_chaque_transition_a_son_acteur_dans_les_essais() -> None:
    assert {t.nom for t in TRANSITIONS} == set(QUI)


def test_les_droits_d_une_region_ne_passent_pas_la_frontiere(lieu: Territoire) -> None:
    voisin = territoire("32", exercice=lieu.campagne)
    demande = lieu.demande(Etat.DEPOSEE)
    with pytest.raises(TransitionRefusee, match="Vos rôles"):
        MACHINE.franchir(demande, "instruire", Contexte(voisin.agents[Role.INSTRUCTEUR]))


def test_un_compte_sans_role_ne_fait_rien(lieu: Territoire) -> None:
    demande = lieu.demande()
    assert MACHINE.ouvertes(demande, personne("passant")) == []
