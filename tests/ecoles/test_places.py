"""Places: capacity - enrolled >= 0 whatever writes; a sentence says how many for how many places."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any

import pgtrigger
import psycopg
import pytest
from django.db import IntegrityError, connection, transaction
from django.urls import reverse

from ecoles.models import EtapeParcours, Inscription, Offre, Parcours
from ecoles.places import places_de, verrouiller_les_places
from reseau.management.demonstration.versement import verser
from reseau.nombres import aujourdhui
from tests.ecoles.candidats import dans, direction, ecole_qui_recoit
from tests.ecoles.places import enregistrer, inscription, jeune, page_de
from tests.usines import (
    CAP_METALLIER,
    il_y_a,
)

if TYPE_CHECKING:
    from django.test import Client


BAC_PRO_METALLIER = "40025406"
base = pytest.mark.django_db


def refuse() -> Any:
    return pytest.raises((IntegrityError, psycopg.errors.CheckViolation), match="plus de place")


# --- The database alone, by every path


@base
def test_une_ligne_de_trop_est_refusee_a_l_ajout() -> None:
    ecole = ecole_qui_recoit(capacite=1)
    inscription(ecole).save()
    with refuse(), transaction.atomic():
        inscription(ecole).save()
    assert Inscription.objects.count() == 1


@base
def test_une_ecriture_en_nombre_et_un_copy_sont_comptes_ensemble() -> None:
    ecole = ecole_qui_recoit(capacite=2)
    trois = [inscription(ecole) for _ in range(3)]
    with refuse() as refus, transaction.atomic():
        Inscription.objects.bulk_create(trois)
    assert "3 jeunes y seraient inscrits, pour 2 place" in str(refus.value)
    with refuse(), transaction.atomic():
        verser(Inscription, trois)
    verser(Inscription, trois[:2])


@base
def test_une_modification_en_nombre_ne_passe_pas_non_plus() -> None:
    ecole = ecole_qui_recoit(capacite=1)
    inscription(ecole).save()
    fini = inscription(ecole, du=il_y_a(90), au=il_y_a(30), motif_sortie="abandon")
    fini.save()
    for changement in ({"au": None, "motif_sortie": ""}, {"au": dans(30)}):
        with refuse(), transaction.atomic():
            Inscription.objects.filter(pk=fini.pk).update(**changement)
    Offre.objects.create(ecole=ecole, parcours_id="50023447")
    Inscription.objects.filter(pk=fini.pk).update(au=dans(30), titre_id="50023447")
    with refuse(), transaction.atomic():
        Inscription.objects.filter(pk=fini.pk).update(titre_id=CAP_METALLIER)


@base
def test_la_place_de_qui_part_est_libre_le_lendemain_et_pas_avant() -> None:
    ecole = ecole_qui_recoit(capacite=1)
    inscription(ecole, au=dans(25), motif_sortie="abandon").save()
    with refuse(), transaction.atomic():
        inscription(ecole, du=dans(25)).save()
    apres = inscription(ecole, du=dans(26))
    apres.save()
    with refuse(), transaction.atomic():
        Inscription.objects.filter(pk=apres.pk).update(du=dans(20))
    inscription(ecole, du=il_y_a(200), au=il_y_a(40), motif_sortie="diplome").save()


@base
def test_une_capacite_ne_descend_pas_sous_les_inscrits() -> None:
    ecole = ecole_qui_recoit(capacite=2)
    for _ in range(2):
        inscription(ecole).save()
    offres = Offre.objects.filter(ecole=ecole)
    with refuse(), transaction.atomic():
        offres.update(capacite=1)
    assert offres.update(capacite=None) == offres.update(capacite=2) == 1
    offres.update(capacite=None)
    with refuse(), transaction.atomic():
        offres.update(capacite=1)
    Offre.objects.filter(ecole=ecole).delete()
    with refuse(), transaction.atomic():
        Offre.objects.create(ecole=ecole, parcours_id=CAP_METALLIER, capacite=1)


@base
def test_ce_qui_deborde_deja_peut_partir_et_le_reste_continue() -> None:
    """A base from before the rule: a departure, another school, another diploma are still written."""
    ecole, voisine = ecole_qui_recoit(), ecole_qui_recoit(capacite=1)
    eux = [inscription(ecole) for _ in range(3)]
    for ligne in eux:
        ligne.save()
    with pgtrigger.ignore("ecoles.Offre:places_de_l_offre"):
        Offre.objects.filter(ecole=ecole).update(capacite=1)
    Inscription.objects.filter(pk=eux[0].pk).update(au=aujourdhui(), motif_sortie="abandon")
    inscription(voisine).save()
    Offre.objects.create(ecole=ecole, parcours_id="50023447", capacite=1)
    inscription(ecole, titre_id="50023447").save()
    with refuse(), transaction.atomic():
        inscription(ecole).save()


@base
def test_deux_parcours_qui_commencent_par_le_meme_diplome_partagent_leurs_places() -> None:
    ecole = ecole_qui_recoit(capacite=1)
    long = Parcours.objects.create(code="long", nom="Long", niveau_vise=4, duree_mois=48)
    with transaction.atomic():
        EtapeParcours.objects.create(parcours=long, rang=1, titre_id=CAP_METALLIER, mois=24)
        EtapeParcours.objects.create(parcours=long, rang=2, titre_id=BAC_PRO_METALLIER, mois=24)
    Offre.objects.create(ecole=ecole, parcours=long, capacite=1)
    for _ in range(2):
        inscription(ecole).save()
    with refuse() as refus, transaction.atomic():
        inscription(ecole, titre_id=BAC_PRO_METALLIER).save()
    assert "Long ou" in str(refus.value) or "ou Long" in str(refus.value)
    with refuse(), transaction.atomic():
        Offre.objects.filter(ecole=ecole, parcours=long).delete()
    etape = EtapeParcours.objects.get(parcours=long, rang=1)
    with refuse(), transaction.atomic(), connection.cursor() as curseur:
        EtapeParcours.objects.filter(parcours=long, rang=2).update(rang=1, mois=48)
        etape.delete()
        Parcours.objects.filter(pk="long").update(duree_mois=48)
        curseur.execute("SET CONSTRAINTS ALL IMMEDIATE")


@base
def test_sans_capacite_personne_n_est_refuse() -> None:
    ecole = ecole_qui_recoit()
    Inscription.objects.bulk_create([inscription(ecole) for _ in range(40)])
    assert not places_de(ecole.pk).refus_d_entree(CAP_METALLIER, aujourdhui())


# --- The pages say it at its field


@base
def test_la_fiche_dit_au_diplome_combien_pour_combien_de_places(client: Client) -> None:
    ecole = ecole_qui_recoit(capacite=2)
    for _ in range(2):
        inscription(ecole).save()
    qui = jeune(ecole)
    page = page_de(ecole, qui)
    reponse = enregistrer(client, direction(ecole), qui, page)
    erreurs = reponse.context["inline_admin_formsets"][1].formset.errors
    assert erreurs[0].keys() == {"titre"}
    assert "2 jeunes inscrits ou attendus, pour 2 places" in erreurs[0]["titre"][0]
    fin = il_y_a(1).strftime("%d/%m/%Y")
    finie = page | {"inscriptions-0-au": fin, "inscriptions-0-motif_sortie": "abandon"}
    assert enregistrer(client, direction(ecole), qui, finie).status_code == 302


@base
def test_changer_de_diplome_chez_soi_ne_prend_pas_deux_places(client: Client) -> None:
    """Somebody already there frees her own place: her enrolment may be corrected, and followed by another."""
    ecole = ecole_qui_recoit(capacite=1)
    qui = jeune(ecole)
    siens = inscription(ecole, apprenant=qui)
    siens.save()
    page = page_de(ecole, qui) | {
        "inscriptions-INITIAL_FORMS": 1, "inscriptions-0-id": siens.pk,
        "inscriptions-0-du": il_y_a(30).strftime("%d/%m/%Y"),
    }  # fmt: skip
    reponse = enregistrer(client, direction(ecole), qui, page)
    assert reponse.status_code == 302
    siens.refresh_from_db()
    assert siens.du == il_y_a(30)


@base
def test_l_offre_sans_capacite_est_signalee_sur_la_page_de_l_ecole(client: Client) -> None:
    ecole = ecole_qui_recoit()
    client.force_login(direction(ecole))
    adresse = reverse("admin:ecoles_ecole_change", args=[ecole.pk])
    page = client.get(adresse).content.decode()
    assert "Capacité non renseignée" in page
    assert reverse("admin:ecoles_offre_change", args=[Offre.objects.get(ecole=ecole).pk]) in page
    Offre.objects.update(capacite=12)
    assert "Capacité non renseignée" not in client.get(adresse).content.decode()


@base
@pytest.mark.parametrize("capacite", [1, 2, 3])
def test_python_et_la_base_refusent_la_meme_chose(capacite: int) -> None:
    """Two present, one to leave, one to come: each entry asked of both."""
    ecole = ecole_qui_recoit(capacite=3)
    inscription(ecole, au=dans(20), motif_sortie="abandon").save()
    inscription(ecole, du=dans(10)).save()
    if capacite < 2:
        with refuse(), transaction.atomic():
            Offre.objects.update(capacite=capacite)
        return
    Offre.objects.update(capacite=capacite)
    for du, au in [(0, None), (0, 9), (0, 10), (15, 20), (21, None), (30, 40)]:
        debut, fin = dans(du), None if au is None else dans(au)
        verrouiller_les_places(ecole.pk)
        dit = places_de(ecole.pk).refus_d_entree(CAP_METALLIER, debut, fin)
        sortie = {"au": fin, "motif_sortie": "abandon"} if fin else {}
        ecrit = False
        with suppress(IntegrityError, ZeroDivisionError), transaction.atomic():
            inscription(ecole, du=debut, **sortie).save()
            ecrit = True
            raise ZeroDivisionError  # taken back
        assert ecrit == (not dit), (du, au, dit)
