"""Learners without an enrolment yet, and their page as it is sent."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.urls import reverse

from ecoles.models import Apprenant, Inscription
from tests.usines import CAP_METALLIER, ApprenantUsine, RepresentantUsine, il_y_a

if TYPE_CHECKING:
    from django.test import Client

    from ecoles.models import Ecole


def jeune(ecole: Ecole) -> Apprenant:
    """Somebody who is not enrolled yet."""
    celui_ci: Apprenant = ApprenantUsine(ecole=ecole, inscription=False)
    RepresentantUsine(apprenant=celui_ci)
    return celui_ci


def inscription(ecole: Ecole, **champs: Any) -> Inscription:
    valeurs = {"titre_id": CAP_METALLIER, "du": il_y_a(10)} | champs
    return Inscription(apprenant=valeurs.pop("apprenant", None) or jeune(ecole), **valeurs)


def page_de(ici: Ecole, qui: Apprenant) -> dict[str, Any]:
    parent = qui.representants.get()
    return {
        "prenom": qui.prenom, "nom": qui.nom, "ne_le": qui.ne_le.strftime("%d/%m/%Y"),
        "representants-TOTAL_FORMS": 1, "representants-INITIAL_FORMS": 1,
        "representants-0-id": parent.pk, "representants-0-apprenant": qui.pk, "representants-0-lien": "mere",
        "representants-0-nom": parent.nom, "representants-0-telephone": "01 99 00 00 01",
        "inscriptions-TOTAL_FORMS": 1, "inscriptions-INITIAL_FORMS": 0,
        "inscriptions-0-apprenant": qui.pk, "inscriptions-0-titre": CAP_METALLIER,
        "inscriptions-0-du": il_y_a(2).strftime("%d/%m/%Y"),
        "avis-TOTAL_FORMS": 0, "avis-INITIAL_FORMS": 0,
        "formations-TOTAL_FORMS": 0, "formations-INITIAL_FORMS": 0,
    }  # fmt: skip


def enregistrer(client: Client, par: Any, qui: Apprenant, envoi: dict[str, Any]) -> Any:
    client.force_login(par)
    return client.post(reverse("admin:ecoles_apprenant_change", args=[qui.pk]), envoi)
