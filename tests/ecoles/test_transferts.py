"""A learner changes school: one proposes, the other answers, one person is counted once at every date."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from ecoles.etats_transfert import EtatTransfert
from ecoles.models import Apprenant, AvisAptitude, Inscription, Offre, Transfert
from ecoles.transferts import A_LA_MAIN, MACHINE, NON_INSCRIT
from reseau.models import en_cours
from reseau.nombres import aujourdhui
from reseau.roles import ROLES_DREETS, ROLES_NATIONAUX, Role
from reseau.socle.etats import Contexte, TransitionRefusee
from tests.bases import en_parallele
from tests.monde import METALLIER, Cote, poser_le_monde
from tests.usines import il_y_a

if TYPE_CHECKING:
    from django.test import Client

LISTE, AJOUTER = "/admin/ecoles/transfert/", "/admin/ecoles/transfert/add/"


@pytest.fixture
def monde(db: None) -> tuple[Cote, Cote, Any]:
    return poser_le_monde()


def proposer(ici: Cote, la_bas: Cote) -> Transfert:
    return Transfert.objects.create(
        ecole=ici.ecole, apprenant=ici.lignes[Apprenant], vers=la_bas.ecole, le=aujourdhui()
    )


def accepter(transfert: Transfert, cote: Cote, titre: str = METALLIER) -> Transfert:
    return MACHINE.franchir(transfert, "accepter", Contexte(cote.personnes[Role.DIRECTION], {"titre": titre}))


def envoi(jeune: Apprenant, vers: Any, **autres: str) -> dict[str, str]:
    return {"apprenant": str(jeune.pk), "vers": str(vers.pk), "le": f"{aujourdhui():%d/%m/%Y}"} | autres


def page(transfert: Transfert, nom: str = "") -> str:
    if nom:
        return reverse("admin:ecoles_transfert_transition", args=[transfert.pk, nom])
    return reverse("admin:ecoles_transfert_change", args=[transfert.pk])


# --- The way


def test_d_une_ecole_a_l_autre_on_est_une_personne_comptee_une_fois(
    client: Client, monde: tuple[Cote, Cote, Any]
) -> None:
    ici, la_bas, _ = monde
    jeune = ici.lignes[Apprenant]
    client.force_login(ici.personnes[Role.DIRECTION])
    fiche = reverse("admin:ecoles_apprenant_change", args=[jeune.pk])
    assert f"{AJOUTER}?apprenant={jeune.pk}" in client.get(fiche).content.decode()
    assert client.post(AJOUTER, envoi(jeune, la_bas.ecole)).status_code == 302
    transfert = Transfert.objects.get()
    client.force_login(la_bas.personnes[Role.DIRECTION])
    assert str(jeune) in client.get("/admin/").content.decode()
    lue = client.get(page(transfert)).content.decode()
    assert "Inès De ici" in lue
    assert "1 mai 2009" in lue.replace("1er", "1").replace("\xa0", " ")
    assert client.get(fiche).status_code == 404
    assert client.post(page(transfert, "accepter"), {"titre": METALLIER}).status_code == 302
    transfert.refresh_from_db()
    jeune.refresh_from_db()  # the database says who she is
    arrivee = transfert.arrivee
    assert arrivee is not None
    assert (arrivee.ecole, arrivee.personne, arrivee.nom) == (la_bas.ecole, jeune.personne, jeune.nom)
    assert arrivee.representants.get().telephone == jeune.representants.get().telephone
    assert not AvisAptitude.objects.filter(apprenant=arrivee).exists()
    quittee = jeune.inscriptions.get()
    assert (quittee.au, quittee.motif_sortie) == (aujourdhui() - timedelta(days=1), "transfert")
    for recul in (300, 200, 1, 0, -1, -300):
        presentes = Inscription.objects.filter(en_cours(il_y_a(recul)), personne=jeune.personne)
        assert presentes.count() == (recul <= 200)
    assert client.get(reverse("admin:ecoles_apprenant_change", args=[arrivee.pk])).status_code == 200
    assert [ligne.evenement for ligne in transfert.journal.order_by("rang")] == ["creer", "accepter"]
    assert not any("Inès" in str(ligne.donnees) for ligne in transfert.journal.all())


def test_qui_revient_retrouve_sa_fiche(monde: tuple[Cote, Cote, Any]) -> None:
    ici, la_bas, _ = monde
    aller = accepter(proposer(ici, la_bas), la_bas)
    assert aller.arrivee is not None
    retour = Transfert.objects.create(
        ecole=la_bas.ecole, apprenant=aller.arrivee, vers=ici.ecole, le=aujourdhui() + timedelta(days=5)
    )
    assert accepter(retour, ici).arrivee == ici.lignes[Apprenant]
    assert Apprenant.objects.filter(personne=aller.arrivee.personne).count() == 2


# --- Refused, cancelled, impossible


def test_un_refus_a_sa_raison_et_ne_montre_plus_le_nom(client: Client, monde: tuple[Cote, Cote, Any]) -> None:
    ici, la_bas, _ = monde
    transfert = proposer(ici, la_bas)
    client.force_login(la_bas.personnes[Role.DIRECTION])
    assert client.post(page(transfert, "refuser"), {"motif_refus": ""}).status_code == 200
    assert client.post(page(transfert, "refuser"), {"motif_refus": "place"}).status_code == 302
    for adresse in (page(transfert), LISTE, "/admin/"):
        assert "Inès De ici" not in client.get(adresse).content.decode()
    assert ici.lignes[Apprenant].inscriptions.get().au is None
    client.force_login(ici.personnes[Role.DIRECTION])
    assert "Inès De ici" in client.get(page(transfert)).content.decode()


def test_on_annule_avant_la_reponse_et_pas_apres(client: Client, monde: tuple[Cote, Cote, Any]) -> None:
    ici, la_bas, _ = monde
    transfert = proposer(ici, la_bas)
    client.force_login(ici.personnes[Role.DIRECTION])
    assert client.post(page(transfert, "annuler")).status_code == 302
    client.force_login(la_bas.personnes[Role.DIRECTION])
    assert (
        "n&#x27;est pas possible"
        in client.post(page(transfert, "accepter"), {"titre": METALLIER}).content.decode()
    )
    assert "Inès De ici" not in client.get(page(transfert)).content.decode()
    autre = accepter(proposer(ici, la_bas), la_bas)
    with pytest.raises(TransitionRefusee):
        MACHINE.franchir(autre, "annuler", Contexte(ici.personnes[Role.DIRECTION]))


def test_les_regles_de_l_accueil(monde: tuple[Cote, Cote, Any]) -> None:
    ici, la_bas, _ = monde
    transfert = proposer(ici, la_bas)
    with pytest.raises(TransitionRefusee, match=A_LA_MAIN):
        accepter(transfert, la_bas, "50023447")
    Offre.objects.filter(ecole=la_bas.ecole).update(capacite=1)
    with pytest.raises(TransitionRefusee, match="plus de place"):
        accepter(transfert, la_bas)
    Offre.objects.filter(ecole=la_bas.ecole).update(capacite=2)
    Inscription.objects.filter(apprenant=transfert.apprenant).update(au=il_y_a(9), motif_sortie="abandon")
    with pytest.raises(TransitionRefusee, match=NON_INSCRIT):
        accepter(transfert, la_bas)
    assert Apprenant.objects.filter(ecole=la_bas.ecole).count() == 1


def test_ce_que_dit_le_formulaire(client: Client, monde: tuple[Cote, Cote, Any]) -> None:
    ici, la_bas, _ = monde
    jeune = ici.lignes[Apprenant]
    client.force_login(ici.personnes[Role.DIRECTION])

    def erreurs(**champs: Any) -> set[str]:
        reponse = client.post(AJOUTER, envoi(jeune, la_bas.ecole) | champs)
        return set(reponse.context["adminform"].form.errors)

    assert erreurs(vers=str(ici.ecole.pk)) == {"vers"}
    assert erreurs(le=f"{il_y_a(300):%d/%m/%Y}") == {"le"}
    assert erreurs(apprenant=str(la_bas.lignes[Apprenant].pk)) == {"apprenant"}
    la_bas.ecole.membres.update(au=il_y_a(1))
    assert erreurs() == {"vers"}
    proposer(ici, la_bas)
    assert "apprenant" in erreurs()


# --- Doors


def test_chacune_n_agit_que_de_son_cote(client: Client, monde: tuple[Cote, Cote, Any]) -> None:
    ici, la_bas, _ = monde
    transfert = proposer(ici, la_bas)
    client.force_login(ici.personnes[Role.DIRECTION])
    assert "Vos rôles" in client.post(page(transfert, "accepter"), {"titre": METALLIER}).content.decode()
    assert "Vos rôles" in client.post(page(transfert, "refuser"), {"motif_refus": "place"}).content.decode()
    client.force_login(la_bas.personnes[Role.DIRECTION])
    assert "Vos rôles" in client.post(page(transfert, "annuler")).content.decode()
    transfert.refresh_from_db()
    assert transfert.etat == EtatTransfert.PROPOSE
    assert str(ici.lignes[Apprenant].pk) not in client.get(AJOUTER).content.decode()


def test_personne_d_autre_ne_le_lit(client: Client, monde: tuple[Cote, Cote, Any]) -> None:
    ici, la_bas, nationaux = monde
    transfert = proposer(ici, la_bas)
    autres = [ici.personnes[role] for role in (*ROLES_DREETS, Role.MAITRE, Role.SECRETARIAT)]
    autres += [la_bas.personnes[Role.MAITRE], *(nationaux[role] for role in ROLES_NATIONAUX)]
    for personne in autres:
        client.force_login(personne)
        for adresse in (LISTE, AJOUTER, page(transfert), page(transfert, "accepter")):
            assert client.get(adresse).status_code in {403, 404}


def test_la_base_refuse_ce_que_la_porte_refuse(monde: tuple[Cote, Cote, Any]) -> None:
    ici, la_bas, _ = monde
    transfert = proposer(ici, la_bas)
    for changement in (
        {"etat": EtatTransfert.ANNULE},
        {"etat": EtatTransfert.ACCEPTE, "arrivee": la_bas.lignes[Apprenant]},
        {"vers": ici.ecole},
        {"le": il_y_a(3)},
        {"motif_refus": "place"},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            Transfert.objects.filter(pk=transfert.pk).update(**changement)
    for faux in (
        {"ecole": ici.ecole, "apprenant": la_bas.lignes[Apprenant], "vers": la_bas.ecole},
        {"ecole": ici.ecole, "apprenant": ici.lignes[Apprenant], "vers": la_bas.ecole},  # twice
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            Transfert.objects.create(le=aujourdhui(), **faux)


@pytest.mark.course
def test_deux_directions_acceptent_au_meme_moment(base_jetable: str) -> None:
    ici, la_bas, _ = poser_le_monde()
    transfert = proposer(ici, la_bas)
    resultats = en_parallele(*(lambda: accepter(transfert, la_bas) for _ in range(2)))
    assert sum(isinstance(r, TransitionRefusee) for r in resultats) == 1
    transfert.apprenant.refresh_from_db()
    assert Apprenant.objects.filter(personne=transfert.apprenant.personne).count() == 2
    assert (
        Inscription.objects.filter(en_cours(aujourdhui()), personne=transfert.apprenant.personne).count() == 1
    )


@pytest.mark.course
def test_accepter_et_annuler_au_meme_moment(base_jetable: str) -> None:
    ici, la_bas, _ = poser_le_monde()
    transfert = proposer(ici, la_bas)
    annuler = Contexte(ici.personnes[Role.DIRECTION])
    resultats = en_parallele(
        lambda: accepter(transfert, la_bas), lambda: MACHINE.franchir(transfert, "annuler", annuler)
    )
    assert sum(isinstance(r, TransitionRefusee) for r in resultats) == 1
    transfert.refresh_from_db()
    assert Apprenant.objects.filter(ecole=la_bas.ecole).count() == 1 + (
        transfert.etat == EtatTransfert.ACCEPTE
    )
