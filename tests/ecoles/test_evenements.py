"""Open days and trial weeks: places, cancellation, and who is told."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.db import IntegrityError, transaction

from ecoles.contact import DatePrise, enregistrer, jeton_de
from ecoles.evenements import RefusAnnulation, a_venir, annuler, quand
from ecoles.models import DemandeContact, Evenement
from reseau.nombres import PARIS, aujourdhui, maintenant
from reseau.roles import Role
from tests.bases import en_parallele
from tests.ecoles.annuaire import ecole, poser_le_pays
from tests.monde import Cote, poser_le_monde

if TYPE_CHECKING:
    from django.test import Client

    from ecoles.models import Ecole

PAGE = "/admin/ecoles/evenement/"
CONTACT = "/ecole/la-forge/contact/"


@pytest.fixture
def forge(db: None) -> Ecole:
    poser_le_pays()
    return ecole("La Forge")


def dater(ou: Ecole, jours: int = 10, **valeurs: Any) -> Evenement:
    debut = (maintenant() + timedelta(days=jours)).astimezone(PARIS).replace(hour=9, minute=0)
    defauts = {"nature": "portes_ouvertes", "debut": debut, "fin": debut + timedelta(hours=8)}
    return Evenement.objects.create(ecole=ou, **(defauts | valeurs))


def famille(ou: Ecole, date: Evenement | None = None) -> DemandeContact:
    demande = DemandeContact(qui="parent", prenom="Sam", courriel="sam@famille.invalid", motif="visiter")
    demande.evenement = date
    return enregistrer(demande, ou)


def test_une_date_se_dit_a_l_heure_de_paris() -> None:
    debut = datetime.fromisoformat("2026-12-12T08:00:00+00:00")
    assert quand(debut, debut + timedelta(hours=8)) == "samedi 12\xa0décembre 2026, de 9\xa0h à 17\xa0h"
    demie = debut + timedelta(minutes=30)
    assert quand(demie, demie + timedelta(hours=1)).endswith("de 9\xa0h\xa030 à 10\xa0h\xa030")
    semaine = "du mercredi 1er\xa0juillet 2026 au dimanche 5\xa0juillet 2026"
    ete = datetime.fromisoformat("2026-07-01T07:00:00+00:00")
    assert quand(ete, ete + timedelta(days=4)) == semaine


@pytest.mark.parametrize(
    ("valeurs", "contrainte"),
    [
        ({"fin": maintenant() - timedelta(days=900)}, "evenement_finit_apres"),
        ({"familles": 0}, "evenement_une_place"),
        ({"motif": "Neige"}, "evenement_annule_avec_raison"),
        ({"annule_le": maintenant()}, "evenement_annule_avec_raison"),
    ],
)
def test_une_date_impossible_est_refusee(forge: Ecole, valeurs: dict[str, Any], contrainte: str) -> None:
    with pytest.raises(IntegrityError, match=contrainte), transaction.atomic():
        dater(forge, **valeurs)


def test_la_derniere_place_prise_la_date_est_complete(forge: Ecole) -> None:
    date = dater(forge, familles=2)
    famille(forge, date)
    assert a_venir(forge)[0].places == "il reste 1 place"
    famille(forge, date)
    assert a_venir(forge)[0].complet
    with pytest.raises(DatePrise, match="complète"):
        famille(forge, date)
    assert DemandeContact.objects.count() == 2


def test_une_famille_envoyee_ailleurs_rend_sa_place(forge: Ecole) -> None:
    date = dater(forge, familles=1)
    demande = famille(forge, date)
    membre = poser_le_monde()[0].personnes[Role.DIRECTION]
    DemandeContact.objects.filter(pk=demande.pk).update(
        suite="autre_ecole", traitee_par=membre, traitee_le=maintenant()
    )
    assert famille(forge, date).evenement == date


def test_la_date_d_une_autre_ecole_est_refusee(forge: Ecole) -> None:
    with pytest.raises(IntegrityError, match="autre école"), transaction.atomic():
        famille(forge, dater(ecole("La Lime")))


@pytest.mark.course
def test_deux_familles_ne_prennent_pas_la_meme_place(base_jetable: str) -> None:
    poser_le_pays()
    forge = ecole("La Forge")
    date = dater(forge, familles=1)
    issues = en_parallele(*[lambda: famille(forge, date)] * 6)
    assert sum(isinstance(issue, DemandeContact) for issue in issues) == 1
    assert sum(isinstance(issue, DatePrise) for issue in issues) == 5


def test_annuler_rappelle_chaque_famille_avant_le_jour_dit(forge: Ecole) -> None:
    date = dater(forge)
    attendue, partie = famille(forge, date), famille(forge, date)
    membre = poser_le_monde()[0].personnes[Role.DIRECTION]
    traitee = {"traitee_par": membre, "traitee_le": maintenant()}
    DemandeContact.objects.filter(pk=attendue.pk).update(suite="repondu", **traitee)
    DemandeContact.objects.filter(pk=partie.pk).update(suite="autre_ecole", **traitee)
    assert annuler(date, "Neige annoncée") == 1
    attendue.refresh_from_db()
    partie.refresh_from_db()
    assert (attendue.suite, attendue.traitee_par, partie.suite) == ("attente", None, "autre_ecole")
    assert aujourdhui() <= attendue.repondre_avant_le < date.debut.astimezone(PARIS).date()


@pytest.mark.parametrize(
    ("jours", "motif", "phrase"),
    [(10, "  ", "Écrivez la raison"), (-3, "Neige", "est passée")],
)
def test_une_annulation_refusee_a_sa_phrase(forge: Ecole, jours: int, motif: str, phrase: str) -> None:
    date = dater(forge, jours)
    with pytest.raises(RefusAnnulation, match=phrase):
        annuler(date, motif)
    date.refresh_from_db()
    assert date.annule_le is None


def test_une_date_annulee_ne_bouge_plus(forge: Ecole) -> None:
    date = dater(forge)
    annuler(date, "Neige")
    with pytest.raises(RefusAnnulation, match="déjà annulée"):
        annuler(date, "Encore")
    for champ in ({"annule_le": None, "motif": ""}, {"familles": 3}):
        with pytest.raises(IntegrityError, match="ne se modifie plus"), transaction.atomic():
            Evenement.objects.filter(pk=date.pk).update(**champ)
    with pytest.raises(DatePrise, match="annulée"):
        famille(forge, date)


def test_une_date_garde_son_ecole_et_ses_familles(forge: Ecole) -> None:
    date = dater(forge, familles=5)
    famille(forge, date)
    famille(forge, date)
    with pytest.raises(IntegrityError, match="Plus de familles"), transaction.atomic():
        Evenement.objects.filter(pk=date.pk).update(familles=1)
    with pytest.raises(IntegrityError, match="reste à son école"), transaction.atomic():
        Evenement.objects.filter(pk=date.pk).update(ecole=ecole("La Lime"))


def test_la_page_montre_les_dates_a_venir_et_dit_les_annulees(client: Client, forge: Ecole) -> None:
    dater(forge, -20, precisions="Déjà passée")
    libre = dater(forge, 12, precisions="Entrée par la cour")
    annuler(dater(forge, 20), "Travaux")
    page = client.get("/ecole/la-forge/").content.decode()
    assert "Entrée par la cour" in page
    assert f"{CONTACT}?date={libre.pk}" in page
    assert "<strong>Annulé</strong> : Travaux" in page
    assert "Déjà passée" not in page


ENVOI = {"qui": "parent", "motif": "visiter", "prenom": "Sam", "telephone": "0199000001", "courriel": ""}


def test_une_famille_choisit_sa_date_et_la_relit(client: Client, forge: Ecole) -> None:
    date = dater(forge)
    formulaire = client.get(f"{CONTACT}?date={date.pk}").content.decode()
    assert f'<option value="{date.pk}" selected>' in formulaire
    reponse = client.post(CONTACT, ENVOI | {"evenement": str(date.pk)}, follow=True)
    assert "Vous avez prévu de venir : Portes ouvertes" in reponse.content.decode()
    annuler(date, "Neige annoncée")
    suivi = client.get(f"/demande/{jeton_de(DemandeContact.objects.get())}/").content.decode()
    assert "La date choisie est annulée" in suivi
    assert "Neige annoncée" in suivi


@pytest.mark.parametrize("date", ["pas-une-cle", "01a206f7-9035-76be-a909-0f2cecc47859"])
def test_une_date_inconnue_ne_perd_rien(client: Client, forge: Ecole, date: str) -> None:
    dater(forge)
    assert client.get(f"{CONTACT}?date={date}").status_code == 200
    reponse = client.post(CONTACT, ENVOI | {"evenement": date})
    assert reponse.status_code == 422
    assert "n’est plus proposée" in reponse.content.decode()
    assert 'value="Sam"' in reponse.content.decode()
    assert not DemandeContact.objects.exists()


def test_la_place_partie_pendant_la_saisie_est_dite_au_champ(client: Client, forge: Ecole) -> None:
    date = dater(forge, familles=1)
    famille(forge, date)
    reponse = client.post(CONTACT, ENVOI | {"evenement": str(date.pk)})
    assert reponse.status_code == 422
    assert "Cette date est complète" in reponse.content.decode()
    assert 'value="Sam"' in reponse.content.decode()


def test_sans_date_a_venir_rien_n_est_demande(client: Client, forge: Ecole) -> None:
    assert "Une date pour venir" not in client.get(CONTACT).content.decode()
    assert client.post(CONTACT, ENVOI).status_code == 302


@pytest.fixture
def monde(db: None) -> tuple[Cote, Cote]:
    ici, la_bas, _nationaux = poser_le_monde()
    return ici, la_bas


def _saisie(jours: int, **autres: str) -> dict[str, str]:
    jour = (aujourdhui() + timedelta(days=jours)).strftime("%d/%m/%Y")
    saisie: dict[str, str] = {
        "nature": "portes_ouvertes",
        "debut_0": jour,
        "debut_1": "09:00",
        "fin_0": jour,
        "fin_1": "17:00",
    }
    return saisie | {"precisions": "", "familles": ""} | autres


def test_le_secretariat_tient_les_dates_de_son_ecole(client: Client, monde: tuple[Cote, Cote]) -> None:
    Evenement.objects.all().delete()
    client.force_login(monde[0].personnes[Role.SECRETARIAT])
    assert client.post(f"{PAGE}add/", _saisie(9, ecole=str(monde[1].ecole.pk))).status_code == 302
    date = Evenement.objects.get()
    assert date.ecole == monde[0].ecole
    assert "passée" in client.post(f"{PAGE}add/", _saisie(-2)).content.decode()
    assert "La fin doit venir" in client.post(f"{PAGE}add/", _saisie(9, fin_1="08:00")).content.decode()
    famille(monde[0].ecole, date)
    famille(monde[0].ecole, date)
    reponse = client.post(f"{PAGE}{date.pk}/change/", _saisie(9, familles="1"))
    assert "2 familles ont déjà prévu de venir" in reponse.content.decode()


def test_annuler_dans_l_admin_demande_une_raison_et_dit_qui_prevenir(
    client: Client, monde: tuple[Cote, Cote]
) -> None:
    date = dater(monde[0].ecole)
    famille(monde[0].ecole, date)
    client.force_login(monde[0].personnes[Role.DIRECTION])
    adresse = f"{PAGE}{date.pk}/annuler/"
    assert adresse in client.get(f"{PAGE}{date.pk}/change/").content.decode()
    assert "Familles à prévenir : 1" in client.get(adresse).content.decode()
    sans_raison = client.post(adresse, {"motif": " "})
    assert (sans_raison.status_code, Evenement.objects.get(pk=date.pk).annule_le) == (422, None)
    reponse = client.post(adresse, {"motif": "Neige"}, follow=True)
    assert "1 famille à prévenir" in reponse.content.decode()
    assert client.get(adresse).status_code == 302
    demande = DemandeContact.objects.filter(evenement=date).get()
    fiche = client.get(f"/admin/ecoles/demandecontact/{demande.pk}/change/").content.decode()
    assert "annulée : à prévenir" in fiche


def test_une_autre_ecole_n_annule_rien(client: Client, monde: tuple[Cote, Cote]) -> None:
    date = dater(monde[1].ecole)
    client.force_login(monde[0].personnes[Role.DIRECTION])
    for adresse in (f"{PAGE}{date.pk}/change/", f"{PAGE}{date.pk}/annuler/"):
        assert client.get(adresse).status_code == 404
    assert client.post(f"{PAGE}{date.pk}/annuler/", {"motif": "Neige"}).status_code == 404
    client.force_login(monde[1].personnes[Role.MAITRE])
    assert client.post(f"{PAGE}{date.pk}/annuler/", {"motif": "Neige"}).status_code == 403
    date.refresh_from_db()
    assert date.annule_le is None
