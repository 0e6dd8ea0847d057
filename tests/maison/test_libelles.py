"""A name of the code, which has no accent, is not shown where nobody gave a label."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.contrib import admin
from django.contrib.admin.utils import label_for_field
from django.test import RequestFactory

from reseau.models import Utilisateur

if TYPE_CHECKING:
    from collections.abc import Iterator


def _sans_accent(mot: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFKD", mot.lower()) if not unicodedata.combining(c))


def _libelles() -> Iterator[tuple[str, str]]:
    """What each list and each page shows beside a value."""
    requete = RequestFactory().get("/")
    requete.user = Utilisateur(is_superuser=True, is_active=True)
    for modele, page in admin.site._registry.items():
        noms: list[Any] = [*page.get_list_display(requete), *page.get_readonly_fields(requete)]
        for nom in dict.fromkeys(noms):
            if isinstance(nom, str):
                yield f"{modele.__name__}.{nom}", str(label_for_field(nom, modele, page))


def _mots_accentues() -> dict[str, str]:
    textes = [libelle for _, libelle in _libelles()]
    for modele in apps.get_models():
        textes.append(str(modele._meta.verbose_name))
        textes += [str(champ.verbose_name) for champ in modele._meta.fields]
    mots = {mot.lower() for texte in textes for mot in texte.split()}
    return {_sans_accent(mot): mot for mot in mots if _sans_accent(mot) != mot}


def test_aucun_libelle_n_a_perdu_ses_accents() -> None:
    accentues = _mots_accentues()
    assert accentues["departement"] == "département"
    fautifs = {
        ou: accentues[mot]
        for ou, libelle in _libelles()
        for mot in libelle.lower().split()
        # Django gives the name in the code to what nobody named.
        if mot in accentues and libelle == ou.partition(".")[2].replace("_", " ") and mot != "du"
    }
    assert fautifs == {}
