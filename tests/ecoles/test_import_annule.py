"""An accepted batch can be taken back while nothing depends on it, and says what does."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse

from ecoles.models import AncienSlug, DemandeContact, Ecole, Offre
from reseau.nombres import aujourdhui
from reseau.roles import Role
from reseau.socle.lots import ImportRefuse, accepter, annuler
from tests.ecoles.imports import lire_lignes, verdicts
from tests.monde import poser_le_monde

pytestmark = pytest.mark.django_db


def _ecole(**champs: Any) -> Ecole:
    valeurs = {"nom": "Atelier du Pont", "slug": "atelier-du-pont", "commune_id": "69123", "effectif": 10}
    return Ecole.objects.create(**(valeurs | champs))


def _question(ecole: Ecole) -> None:
    DemandeContact.objects.create(
        ecole=ecole, region_id="84", message="Bonjour", prenom="A", courriel="a@b.invalid",
        repondre_avant_le=aujourdhui(),
    )  # fmt: skip


def _image() -> list[Any]:
    return [
        list(Ecole.objects.order_by("pk").values()),
        sorted(Ecole.filieres.through.objects.values_list("ecole_id", "filiere_id")),
        sorted(Offre.objects.values_list("pk", "ecole_id", "parcours_id", "capacite")),
        sorted(AncienSlug.objects.values_list("slug", "ecole_id")),
    ]


def _accepter_trois_lignes() -> Any:
    lot = lire_lignes(
        ("Forge", "Lyon", "69", "", "Industrie", "CAP Métallier"),
        ("Atelier du Quai", "Lyon", "69", "", "Bois", "CAP Primeur", "", "12", "0134435A"),
        ("Scierie", "Lyon", "69"),
    )
    assert verdicts(lot) == ["creer", "modifier", "creer"]
    accepter(lot, None)
    return lot


def test_annuler_remet_tout_comme_avant() -> None:
    ecole = _ecole(uai="0134435A")
    ecole.filieres.add("industrie")
    Offre.objects.create(ecole=ecole, parcours_id="50025439", capacite=12)
    avant = _image()
    lot = _accepter_trois_lignes()
    assert _image() != avant
    annuler(lot, None)
    assert _image() == avant
    assert lot.etat == "annule"
    with pytest.raises(ImportRefuse, match="n'attend plus rien"):
        annuler(lot, None)


def test_ce_qui_depend_d_une_ecole_creee_est_dit_et_rien_n_est_retire() -> None:
    _ecole(uai="0134435A")
    lot = _accepter_trois_lignes()
    forge = Ecole.objects.get(nom="Forge")
    _question(forge)
    avant = _image()
    with pytest.raises(ImportRefuse) as refus:
        annuler(lot, None)
    assert "« Forge » a désormais 1 demande de contact." in str(refus.value)
    assert (_image(), lot.__class__.objects.get().etat) == (avant, "accepte")


def test_une_fiche_changee_depuis_n_est_pas_ecrasee() -> None:
    ecole = _ecole(uai="0134435A")
    lot = _accepter_trois_lignes()
    ecole.refresh_from_db()
    ecole.save()  # saved again without a change: only the hour of it moves
    Ecole.objects.filter(pk=ecole.pk).update(telephone="0491000000")
    Offre.objects.create(ecole=Ecole.objects.get(nom="Scierie"), parcours_id="50025439")
    with pytest.raises(ImportRefuse) as refus:
        annuler(lot, None)
    assert str(refus.value) == (
        "La fiche « Atelier du Quai » (ligne 3) a changé depuis cet import. "
        "La fiche « Scierie » (ligne 4) a changé depuis cet import."
    )


def test_une_ecole_retiree_depuis_le_dit_aussi() -> None:
    lot = lire_lignes(("Forge", "Lyon", "69"))
    accepter(lot, None)
    Ecole.objects.get(nom="Forge").delete()
    with pytest.raises(ImportRefuse, match="« Forge » .ligne 2. a changé"):
        annuler(lot, None)


def test_ce_qui_dependait_deja_d_une_ecole_modifiee_ne_retient_rien() -> None:
    ecole = _ecole(uai="0134435A")
    _question(ecole)
    lot = _accepter_trois_lignes()
    annuler(lot, None)
    assert list(Ecole.objects.values_list("nom", flat=True)) == ["Atelier du Pont"]


def test_a_l_ecran_qui_importe_annule_et_l_autre_region_ne_peut_pas(client: Any) -> None:
    ici, la_bas, _ = poser_le_monde()
    lot = lire_lignes(("Forge", "Lyon", "69"), regions=["84"])
    accepter(lot, None)
    page, geste = (reverse(f"admin:reseau_lotimport_{n}", args=[lot.pk]) for n in ("change", "annuler"))
    client.force_login(la_bas.personnes[Role.INSTRUCTEUR])
    assert client.post(geste).status_code == 404
    client.force_login(ici.personnes[Role.INSTRUCTEUR])
    assert "Annuler cet import" in client.get(page).content.decode()
    reponse = client.post(geste, follow=True).content.decode()
    assert "tout est comme avant lui" in reponse
    assert not Ecole.objects.filter(nom="Forge").exists()
