"""Convention, notification and payment through the pages of the admin, for each side that meets them."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from ecoles.models import CoordonneesBancaires
from financements.etats import Etat
from financements.models import Campagne, Demande, Paiement
from reseau.nombres import aujourdhui
from reseau.roles import Role
from tests.usines_financements import (
    Territoire,
    identifier_le_service,
    produire_les_documents,
    territoire,
    un_pdf,
)

if TYPE_CHECKING:
    from django.test import Client

pytestmark = pytest.mark.django_db


def aller(client: Client, lieu: Territoire, role: Role, demande: Demande, nom: str) -> str:
    client.force_login(lieu.agents[role])
    return reverse("admin:financements_demande_transition", args=[demande.pk, nom])


def texte(reponse: Any) -> str:
    return reponse.content.decode().replace("&#x27;", "'").replace("\xa0", " ").replace("\u202f", " ")


def convention(**valeurs: Any) -> dict[str, Any]:
    """What the page of the convention sends."""
    jour = aujourdhui().isoformat()
    scan = SimpleUploadedFile("convention.pdf", un_pdf(), "application/pdf")
    defaut = {
        "signataire_ecole": "Sonia Essai", "signee_ecole_le": jour,
        "signataire_etat": "Hélène Essai", "signee_etat_le": jour, "scan": scan,
    }  # fmt: skip
    return defaut | valeurs


def test_de_l_accord_au_paiement_par_les_pages(client: Client, lieu: Territoire) -> None:
    demande = lieu.demande(Etat.ACCORDEE)
    produire_les_documents()
    identifier_le_service(lieu.region)
    page = aller(client, lieu, Role.GESTIONNAIRE, demande, "conventionner")
    assert 'enctype="multipart/form-data"' in texte(client.get(page))
    assert client.post(page, convention()).status_code == 302
    page = aller(client, lieu, Role.GESTIONNAIRE, demande, "notifier")
    assert "202 200,00 € : un versement unique" in texte(client.get(page))
    assert client.post(page, {"numero_ej": "2100012345"}).status_code == 302
    page = aller(client, lieu, Role.LIQUIDATEUR, demande, "payer")
    assert client.post(page, envoi_de(client, page)).status_code == 302
    dossier = texte(client.get(reverse("admin:financements_demande_change", args=[demande.pk])))
    for phrase in ("En exécution", "Reste à payer", "0,00 €", "2100012345", "Certificat de paiement (PDF)"):
        assert phrase in dossier
    assert "n'est pas encore possible" not in dossier
    assert Paiement.objects.get().montant == demande.montant_propose


@pytest.mark.parametrize(
    ("valeurs", "phrase"),
    [
        ({"scan": ""}, "obligatoire"),
        ({"scan": SimpleUploadedFile("x.pdf", b"GIF89a", "application/pdf")}, "PDF"),
        ({"signataire_etat": ""}, "obligatoire"),
        ({"signee_ecole_le": (aujourdhui() + timedelta(days=1)).isoformat()}, "dans le futur"),
    ],
)
def test_une_convention_incomplete_a_sa_phrase(
    client: Client, lieu: Territoire, valeurs: dict[str, Any], phrase: str
) -> None:
    demande = lieu.demande(Etat.ACCORDEE)
    page = aller(client, lieu, Role.GESTIONNAIRE, demande, "conventionner")
    reponse = client.post(page, convention(**valeurs))
    assert reponse.status_code == 200
    assert phrase in texte(reponse)
    assert "Sonia Essai" in texte(reponse)
    demande.refresh_from_db()
    assert demande.etat == Etat.ACCORDEE


@pytest.mark.parametrize("numero", ["", "12345", "21000123456", "ABCDEFGHIJ", "2100 12345"])
def test_un_numero_d_engagement_a_dix_chiffres(client: Client, lieu: Territoire, numero: str) -> None:
    demande = lieu.demande(Etat.CONVENTIONNEE)
    produire_les_documents()
    page = aller(client, lieu, Role.GESTIONNAIRE, demande, "notifier")
    reponse = client.post(page, {"numero_ej": numero})
    assert reponse.status_code == 200
    assert "dix chiffres" in texte(reponse)
    demande.refresh_from_db()
    assert (demande.etat, demande.numero_ej) == (Etat.CONVENTIONNEE, "")


def test_notifier_sans_convention_ni_pdf_dit_les_deux(client: Client, lieu: Territoire) -> None:
    demande = lieu.demande(Etat.ACCORDEE)
    vue = texte(client.get(aller(client, lieu, Role.GESTIONNAIRE, demande, "notifier")))
    assert "plus de 23 000,00 € cette année : il faut d'abord la convention signée" in vue
    assert "Le PDF de la décision n'est pas encore produit" in vue


def test_sous_le_seuil_la_convention_n_est_pas_proposee(client: Client, lieu: Territoire) -> None:
    Campagne.objects.filter(pk=lieu.campagne.pk).update(seuil_convention=1_000_000)
    demande = lieu.demande(Etat.ACCORDEE)
    client.force_login(lieu.agents[Role.GESTIONNAIRE])
    page = texte(client.get(reverse("admin:financements_demande_change", args=[demande.pk])))
    assert "Notifier la décision" in page
    assert "Enregistrer la convention signée" not in page


def test_le_meme_envoi_deux_fois_est_un_paiement(client: Client, lieu: Territoire) -> None:
    deux_tranches(lieu)
    demande = lieu.demande(Etat.NOTIFIEE)
    page = aller(client, lieu, Role.LIQUIDATEUR, demande, "payer")
    envoi = envoi_de(client, page)
    assert client.post(page, envoi).status_code == 302
    assert "Ce paiement est déjà enregistré." in texte(client.post(page, envoi))
    assert Paiement.objects.count() == 1


def test_le_versement_unique_envoye_deux_fois_se_dit_deja_enregistre(
    client: Client, lieu: Territoire
) -> None:
    """Nothing is left to pay: the person reads first that her payment is there, and was not lost."""
    demande = lieu.demande(Etat.NOTIFIEE)
    page = aller(client, lieu, Role.LIQUIDATEUR, demande, "payer")
    envoi = envoi_de(client, page)
    assert client.post(page, envoi).status_code == 302
    seconde = texte(client.post(page, envoi))
    assert "Ce paiement est déjà enregistré." in seconde
    assert "Tout l'échéancier est payé." in seconde


def envoi_de(client: Client, page: str) -> dict[str, Any]:
    """What the page sends when nothing is changed in it."""
    formulaire = client.get(page).context["formulaire"]
    return {nom: formulaire[nom].value() or "" for nom in formulaire.fields}


def deux_tranches(lieu: Territoire, *, acompte_dans: int = 0, service_fait: bool = False) -> None:
    for rang, jours in ((1, 0), (2, acompte_dans)):
        lieu.campagne.echeances.create(
            rang=rang, nature="avance" if rang == 1 else "solde", part=50,
            prevue_le=aujourdhui() + timedelta(days=jours), service_fait=service_fait and rang == 2,
        )  # fmt: skip


def payer_encore(client: Client, lieu: Territoire) -> str:
    """The first part is paid; what the page of the second one says."""
    demande = lieu.demande(Etat.EN_EXECUTION)
    return texte(client.get(aller(client, lieu, Role.LIQUIDATEUR, demande, "payer")))


def test_une_tranche_attend_son_jour(client: Client, lieu: Territoire) -> None:
    deux_tranches(lieu, acompte_dans=40)
    assert "« Solde 2 » se paie à partir du" in payer_encore(client, lieu)


def test_le_solde_attend_le_service_fait(client: Client, lieu: Territoire) -> None:
    deux_tranches(lieu, service_fait=True)
    assert "« Solde 2 » se paie après le service fait" in payer_encore(client, lieu)


def test_un_iban_change_attend_une_seconde_personne(client: Client, lieu: Territoire) -> None:
    demande = lieu.demande(Etat.NOTIFIEE)
    ancien = demande.ecole.coordonnees_bancaires.get()
    ancien.au = aujourdhui() - timedelta(days=2)
    ancien.save()
    nouveau = CoordonneesBancaires.objects.create(
        ecole=demande.ecole, iban="FR7610011000201234567890188", saisi_par=ancien.saisi_par, du=aujourdhui()
    )
    page = aller(client, lieu, Role.LIQUIDATEUR, demande, "payer")
    assert "une seconde personne doit le confirmer" in texte(client.get(page))
    nouveau.confirme_par = lieu.agents[Role.GESTIONNAIRE]
    nouveau.save()
    assert "doit le confirmer" not in texte(client.get(page))


def test_les_credits_de_paiement_manquent(client: Client) -> None:
    lieu = territoire(ouvert="1")
    lieu.enveloppe.mouvements.create(
        nature="complement", ae=500_000, cp=100_000, reference="AE", date_acte=aujourdhui(),
        saisi_par=lieu.agents[Role.GESTIONNAIRE],
    )  # fmt: skip
    demande = lieu.demande(Etat.NOTIFIEE)
    page = aller(client, lieu, Role.LIQUIDATEUR, demande, "payer")
    phrase = (
        "L'enveloppe n'a plus que 100 001,00 € de crédits de paiement, et la tranche en prend 202 200,00 €."
    )
    assert phrase in texte(client.get(page))
    reponse = client.post(page, envoi_de(client, page))
    assert phrase in texte(reponse)
    assert not Paiement.objects.exists()


def test_l_ecole_lit_ses_versements_et_pas_les_papiers_de_l_etat(client: Client, lieu: Territoire) -> None:
    demande = lieu.demande(Etat.EN_EXECUTION)
    produire_les_documents()
    actes = {acte.nature: acte for acte in demande.allocation.actes.all()}
    client.force_login(lieu.directions[demande.ecole])
    page = texte(client.get(reverse("admin:financements_demande_change", args=[demande.pk])))
    assert "Lettre de notification (PDF)" in page
    assert "Certificat" not in page
    for nature, attendu in (("notification", 200), ("certificat", 404)):
        adresse = reverse("admin:financements_demande_acte", args=[demande.pk, actes[nature].pk])
        assert client.get(adresse).status_code == attendu


def test_un_acte_d_ailleurs_n_existe_pas(client: Client, lieu: Territoire) -> None:
    demande, autre = lieu.demande(Etat.EN_EXECUTION), lieu.demande(Etat.EN_EXECUTION)
    voisin = territoire("32", exercice=lieu.campagne)
    acte = demande.allocation.actes.first()
    client.force_login(voisin.agents[Role.INSTRUCTEUR])
    assert (
        client.get(reverse("admin:financements_demande_acte", args=[demande.pk, acte.pk])).status_code == 404
    )
    client.force_login(lieu.agents[Role.INSTRUCTEUR])
    assert client.get(reverse("admin:financements_demande_acte", args=[autre.pk, acte.pk])).status_code == 404


def test_chacun_trouve_ce_qui_l_attend(client: Client, lieu: Territoire) -> None:
    a_notifier, a_payer, payee = (
        lieu.demande(e) for e in (Etat.CONVENTIONNEE, Etat.NOTIFIEE, Etat.EN_EXECUTION)
    )
    accueils = {}
    for role in (Role.GESTIONNAIRE, Role.LIQUIDATEUR):
        client.force_login(lieu.agents[role])
        accueils[role] = texte(client.get("/admin/"))
    assert a_notifier.numero in accueils[Role.GESTIONNAIRE]
    assert a_payer.numero not in accueils[Role.GESTIONNAIRE]
    assert a_payer.numero in accueils[Role.LIQUIDATEUR]
    assert payee.numero not in accueils[Role.LIQUIDATEUR]
