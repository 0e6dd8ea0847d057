"""Pages of scans that are left to a person, who sees them, and the convention that takes its scan."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.urls import reverse

from financements.actes_versements import figer_convention
from financements.etats import Etat
from financements.models import DepotScans, PageScan, ScanSigne
from reseau.models import FichierDepose
from reseau.nombres import aujourdhui
from reseau.roles import Role
from tests.financements.conftest import refuse
from tests.usines_financements import Territoire, territoire
from tests.usines_scans import acte_imprime, deposer, pages_de, sans_code, texte

if TYPE_CHECKING:
    from django.test import Client

    from financements.models import Acte

pytestmark = pytest.mark.django_db


# --- what is left to a person


def test_une_page_illisible_est_rattachee_a_la_main(
    client: Client, lieu: Territoire, convention: Acte
) -> None:
    une, deux = pages_de(convention)
    depot = deposer(lieu, une, sans_code(deux))
    client.force_login(lieu.agents[Role.GESTIONNAIRE])
    vue = texte(client.get(reverse("admin:financements_depotscans_change", args=[depot.pk])))
    assert "2 pages, 0 acte rattaché, 1 page à rattacher à la main." in vue
    assert "il manque la page 2 sur 2" in vue
    page = reverse("admin:financements_depotscans_page", args=[depot.pk, 2])
    assert "Le code de cette page n'a pas été lu." in texte(client.get(page))
    image = client.get(reverse("admin:financements_depotscans_image", args=[depot.pk, 2]))
    assert image["Content-Type"] == "image/png"
    assert image.content.startswith(b"\x89PNG")
    for numero, phrase in (("1", "Cette page est en double."), ("7", "L'acte n'a pas cette page.")):
        assert phrase in texte(client.post(page, {"acte": convention.pk, "page": numero}))
    assert client.post(page, {"acte": convention.pk, "page": "2"}).status_code == 302
    assert ScanSigne.objects.get().acte == convention
    vue = texte(client.get(reverse("admin:financements_depotscans_change", args=[depot.pk])))
    assert "2 pages, 1 acte rattaché, 0 page à rattacher à la main." in vue
    assert "Rien n'est à dire de cette page." in texte(client.get(page))


def test_une_page_mise_de_cote_ne_demande_plus_rien(
    client: Client, lieu: Territoire, convention: Acte
) -> None:
    depot = deposer(lieu, sans_code(pages_de(convention)[0]))
    client.force_login(lieu.agents[Role.GESTIONNAIRE])
    ecarter = reverse("admin:financements_depotscans_ecarter", args=[depot.pk, 1])
    assert client.get(ecarter).status_code == 405
    assert client.post(ecarter).status_code == 302
    vue = texte(client.get(reverse("admin:financements_depotscans_change", args=[depot.pk])))
    assert "0 page à rattacher à la main" in vue
    assert "Page 1 : mise de côté." in vue


def test_l_exemple_de_la_demonstration_se_depose(
    client: Client, lieu: Territoire, convention: Acte, settings: Any
) -> None:
    client.force_login(lieu.agents[Role.GESTIONNAIRE])
    exemple = reverse("admin:financements_depotscans_exemple")
    settings.DEMONSTRATION = True
    assert client.get(exemple).status_code == 404  # nothing fictional waits
    type(convention.demande.ecole).objects.filter(pk=convention.demande.ecole_id).update(fictive=True)
    contenu = client.get(exemple).content
    settings.DEMONSTRATION = False
    assert client.get(exemple).status_code == 404
    page = reverse("admin:financements_depotscans_add")
    fichier = SimpleUploadedFile("exemple.pdf", contenu, "application/pdf")
    vue = client.post(page, {"televerse": fichier}, follow=True)
    assert "2 pages, 0 acte rattaché, 1 page à rattacher à la main." in texte(vue)
    client.force_login(lieu.agents[Role.LIQUIDATEUR])
    assert client.get(exemple).status_code == 403


# --- who, where


def test_une_autre_region_ne_voit_ni_le_depot_ni_ses_pages(
    client: Client, lieu: Territoire, convention: Acte
) -> None:
    depot = deposer(lieu, sans_code(pages_de(convention)[0]))
    voisin = territoire("32", exercice=lieu.campagne)
    client.force_login(voisin.agents[Role.GESTIONNAIRE])
    for nom, args in (("change", []), ("page", [1]), ("image", [1])):
        assert (
            client.get(reverse(f"admin:financements_depotscans_{nom}", args=[depot.pk, *args])).status_code
            == 404
        )
    for nom, args in (("relire", []), ("ecarter", [1]), ("page", [1])):
        page = reverse(f"admin:financements_depotscans_{nom}", args=[depot.pk, *args])
        assert client.post(page, {"acte": convention.pk, "page": 1}).status_code == 404
    assert depot.fichier.nom_origine not in texte(
        client.get(reverse("admin:financements_depotscans_changelist"))
    )
    page = reverse("admin:financements_depotscans_add")
    assert convention.demande.numero not in texte(client.get(page))
    client.force_login(lieu.agents[Role.LIQUIDATEUR])
    assert client.get(page).status_code == 403


def test_on_ne_designe_pas_un_acte_d_une_autre_region(
    client: Client, lieu: Territoire, convention: Acte
) -> None:
    voisin = territoire("32", exercice=lieu.campagne)
    la_bas = acte_imprime(voisin.demande(Etat.ACCORDEE))
    depot = deposer(lieu, sans_code(pages_de(convention)[0]))
    client.force_login(lieu.agents[Role.GESTIONNAIRE])
    page = reverse("admin:financements_depotscans_page", args=[depot.pk, 1])
    assert "Sélectionnez un choix valide" in texte(client.post(page, {"acte": la_bas.pk, "page": 1}))
    with refuse("à un acte de sa région"):
        depot.pages.update(acte=la_bas, page=1)


def test_la_base_garde_chaque_clause(lieu: Territoire, convention: Acte) -> None:
    une, deux = pages_de(convention)
    depot = deposer(lieu, une, deux)
    scan = ScanSigne.objects.get()
    with refuse("rattachée ne change plus"):
        PageScan.objects.filter(depot=depot).update(page=1)
    with refuse("page_scan_une_fois"):
        depot.pages.create(rang=9, acte=convention, page=1)
    with refuse("page_scan_entiere"):
        depot.pages.create(rang=9, acte=convention, motif="doublon")
    with refuse("page_scan_connue_ou_motivee"):
        depot.pages.create(rang=9)
    with refuse("dans le scan de son acte"):
        decision = acte_imprime(convention.demande, "decision")
        depot.pages.create(rang=9, acte=decision, page=1, scan=scan)
    with refuse("page_scan_rattachee_connue"):
        depot.pages.create(rang=9, acte=convention, page=3, motif="doublon", scan=scan)
    with refuse("qu'en ajout"):
        ScanSigne.objects.update(acte=convention)
    with pytest.raises(IntegrityError, match="depot_de_scans_unique"), transaction.atomic():
        copie = FichierDepose.objects.create(
            fichier="depots/x.pdf", nom_origine="x.pdf", type_mime="application/pdf", taille=1,
            empreinte="0" * 64, depose_par=depot.depose_par,
        )  # fmt: skip
        DepotScans.objects.create(
            region=depot.region, fichier=copie, empreinte=depot.empreinte, depose_par=depot.depose_par
        )


# --- row 11


def test_la_convention_se_conclut_avec_le_scan_deja_rattache(
    client: Client, lieu: Territoire, convention: Acte
) -> None:
    deposer(lieu, *pages_de(convention))
    demande = convention.demande
    client.force_login(lieu.agents[Role.GESTIONNAIRE])
    page = reverse("admin:financements_demande_transition", args=[demande.pk, "conventionner"])
    vue = texte(client.get(page))
    assert "Convention signée, numérisée" not in vue
    assert "rien n'est à joindre" in vue
    jour = aujourdhui().isoformat()
    envoi = {
        "signataire_ecole": "Sonia Essai", "signee_ecole_le": jour,
        "signataire_etat": "Hélène Essai", "signee_etat_le": jour,
    }  # fmt: skip
    assert client.post(page, envoi).status_code == 302
    assert demande.allocation.conventions.get().scan == ScanSigne.objects.get().fichier
    dossier = texte(client.get(reverse("admin:financements_demande_change", args=[demande.pk])))
    assert "Convention signée, numérisée (PDF)" in dossier
    signe = reverse("admin:financements_demande_signe", args=[demande.pk, convention.pk])
    assert client.get(signe).content.startswith(b"%PDF-")
    client.force_login(lieu.directions[demande.ecole])
    assert client.get(signe).status_code == 200
    voisin = territoire("32", exercice=lieu.campagne)
    client.force_login(voisin.agents[Role.GESTIONNAIRE])
    assert client.get(signe).status_code == 404


def test_le_scan_d_une_version_remplacee_ne_suffit_pas(
    client: Client, lieu: Territoire, convention: Acte
) -> None:
    deposer(lieu, *pages_de(convention))
    figer_convention(convention.demande.allocation)
    client.force_login(lieu.agents[Role.GESTIONNAIRE])
    page = reverse("admin:financements_demande_transition", args=[convention.demande_id, "conventionner"])
    assert "Convention signée, numérisée" in texte(client.get(page))
