"""The night tells the officers: a silence that becomes a rejection, a convention to sign, a part to pay."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest

from financements import rappels_dreets
from financements.etats import Etat
from financements.models import Campagne, Tranche
from financements.rappels_dreets import rappeler_les_services
from financements.regles import ajouter_jours_ouvres, retirer_jours_ouvres
from reseau.models import AffectationDreets, Courriel, RappelEcheance
from reseau.nombres import aujourdhui
from reseau.roles import Role
from tests.usines_financements import Territoire, territoire

if TYPE_CHECKING:
    from financements.models import Demande

pytestmark = pytest.mark.django_db

POUR_SIGNER = 10  # the campaign's own, unless told otherwise


def recus(role: Role, lieu: Territoire) -> list[str]:
    courriels = Courriel.objects.filter(cle__startswith="service:", destinataire=lieu.agents[role])
    return list(courriels.order_by("cree_le", "cle").values_list("corps", flat=True))


def fin_du_silence(demande: Demande) -> date:
    assert demande.echeance_le is not None
    return demande.echeance_le


@pytest.mark.parametrize(
    ("etat", "role"),
    [
        (Etat.DEPOSEE, Role.INSTRUCTEUR),
        (Etat.EN_INSTRUCTION, Role.INSTRUCTEUR),
        (Etat.PROPOSEE, Role.CHEF_DE_SERVICE),
        (Etat.VISEE, Role.ORDONNATEUR),
    ],
)
def test_le_silence_se_rappelle_a_qui_tient_le_dossier(lieu: Territoire, etat: Etat, role: Role) -> None:
    demande = lieu.demande(etat)
    fin = fin_du_silence(demande)
    nuits = [fin + timedelta(n) for n in range(-40, 40) for _ in range(2)]
    donnes = [nuit for nuit in nuits if rappeler_les_services(nuit) == (1, 1)]
    assert donnes == [fin - timedelta(30), retirer_jours_ouvres(fin, 10), fin + timedelta(1)]
    corps = recus(role, lieu)
    assert len(corps) == 3
    assert f"{demande.numero}), {demande.get_etat_display().lower()} : le silence vaut rejet" in corps[0]
    assert "rejet depuis le" in corps[2]
    assert Courriel.objects.filter(cle__startswith="service:").count() == 3


def test_une_demande_repondue_ne_se_rappelle_plus(lieu: Territoire) -> None:
    demande = lieu.demande(Etat.DEPOSEE)
    fin = fin_du_silence(demande)
    lieu.avancer(demande, "demander_complement")
    assert [rappeler_les_services(fin + timedelta(n)) for n in range(-40, 31)] == [(0, 0)] * 71


def test_la_convention_a_signer_se_rappelle_une_fois(lieu: Territoire) -> None:
    demande = lieu.demande(Etat.ACCORDEE)
    fin = ajouter_jours_ouvres(aujourdhui(), POUR_SIGNER)
    nuits = [aujourdhui() + timedelta(n) for n in range(60)]
    assert [nuit for nuit in nuits if rappeler_les_services(nuit)[0]] == [fin]
    (corps,) = recus(Role.GESTIONNAIRE, lieu)
    assert "accordée : convention obligatoire depuis le" in corps
    assert demande.numero in corps


def test_une_convention_signee_ne_se_rappelle_pas(lieu: Territoire) -> None:
    lieu.demande(Etat.CONVENTIONNEE)
    fin = ajouter_jours_ouvres(aujourdhui(), POUR_SIGNER)
    assert rappeler_les_services(fin) == (0, 0)


def test_sous_le_seuil_il_n_y_a_pas_de_convention_a_rappeler(lieu: Territoire) -> None:
    Campagne.objects.update(seuil_convention=1_000_000)
    lieu.demande(Etat.ACCORDEE)
    fin = ajouter_jours_ouvres(aujourdhui(), POUR_SIGNER)
    assert rappeler_les_services(fin) == (0, 0)


def test_le_delai_pour_signer_est_celui_de_la_campagne(lieu: Territoire) -> None:
    Campagne.objects.update(delai_convention=3)
    lieu.demande(Etat.ACCORDEE)
    nuits = [aujourdhui() + timedelta(n) for n in range(60)]
    assert [nuit for nuit in nuits if rappeler_les_services(nuit)[0]] == [
        ajouter_jours_ouvres(aujourdhui(), 3)
    ]


def test_une_tranche_a_payer_se_dit_le_jour_venu_et_se_rattrape(lieu: Territoire) -> None:
    demande = lieu.demande(Etat.NOTIFIEE)
    tranche = Tranche.objects.get()
    veille = tranche.prevue_le - timedelta(1)
    assert rappeler_les_services(veille) == (0, 0)
    assert rappeler_les_services(tranche.prevue_le + timedelta(30)) == (1, 1)
    assert rappeler_les_services(tranche.prevue_le) == (0, 0)
    (corps,) = recus(Role.LIQUIDATEUR, lieu)
    assert "202\u202f200,00\u00a0€, à payer à partir du" in corps
    assert demande.ecole.nom in corps


def test_trop_tard_un_rappel_n_apprend_plus_rien(lieu: Territoire) -> None:
    lieu.demande(Etat.NOTIFIEE)
    assert rappeler_les_services(Tranche.objects.get().prevue_le + timedelta(31)) == (0, 0)


def test_une_tranche_payee_ne_se_rappelle_pas(lieu: Territoire) -> None:
    lieu.demande(Etat.EN_EXECUTION)
    assert rappeler_les_services(Tranche.objects.get().prevue_le) == (0, 0)


def test_chaque_region_lit_les_siens(lieu: Territoire) -> None:
    ailleurs = territoire("32", exercice=lieu.campagne)
    ici, la_bas = lieu.demande(Etat.DEPOSEE), ailleurs.demande(Etat.DEPOSEE)
    assert rappeler_les_services(fin_du_silence(ici) + timedelta(1)) == (2, 2)
    (corps,) = recus(Role.INSTRUCTEUR, lieu)
    assert ici.numero in corps
    assert la_bas.numero not in corps


def test_qui_tient_deux_fonctions_recoit_un_seul_courriel(lieu: Territoire) -> None:
    AffectationDreets.objects.create(
        utilisateur=lieu.agents[Role.INSTRUCTEUR], service_id=lieu.region, role=Role.CHEF_DE_SERVICE,
        du=date(2020, 1, 1),
    )  # fmt: skip
    deposee = lieu.demande(Etat.DEPOSEE)
    lieu.demande(Etat.PROPOSEE)
    assert rappeler_les_services(fin_du_silence(deposee) + timedelta(1)) == (2, 2)
    (corps,) = recus(Role.INSTRUCTEUR, lieu)
    assert corps.count("le silence vaut rejet") == 2


def test_sans_personne_le_rappel_attend(lieu: Territoire) -> None:
    demande = lieu.demande(Etat.DEPOSEE)
    lendemain = fin_du_silence(demande) + timedelta(1)
    AffectationDreets.objects.filter(role=Role.INSTRUCTEUR).update(au=aujourdhui())
    assert rappeler_les_services(lendemain) == (0, 0)
    assert not RappelEcheance.objects.filter(nature="silence").exists()
    AffectationDreets.objects.filter(role=Role.INSTRUCTEUR).update(au=None)
    assert rappeler_les_services(lendemain + timedelta(1)) == (1, 1)


def test_une_coupure_entre_le_rappel_et_son_courriel_ne_perd_rien(
    lieu: Territoire, monkeypatch: pytest.MonkeyPatch
) -> None:
    def tomber(**_: object) -> bool:
        raise RuntimeError("coupure")

    lendemain = fin_du_silence(lieu.demande(Etat.DEPOSEE)) + timedelta(1)
    with monkeypatch.context() as panne, pytest.raises(RuntimeError):
        panne.setattr(rappels_dreets, "ecrire", tomber)
        rappeler_les_services(lendemain)
    assert not RappelEcheance.objects.filter(nature="silence").exists()
    assert rappeler_les_services(lendemain) == (1, 1)
