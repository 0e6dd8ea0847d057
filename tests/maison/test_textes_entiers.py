"""No page of the admin lets a browser cut a text of some sentences: it is sent whole, or refused."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.test import RequestFactory

from reseau.models import Utilisateur
from reseau.socle.portee import TEXTE_LONG
from tests.monde import poser_le_monde

if TYPE_CHECKING:
    from collections.abc import Iterator


def _champs(requete: Any, page: Any, objet: Any) -> Iterator[tuple[str, Any]]:
    yield from page.get_form(requete, objet, change=True).base_fields.items()
    for lot, _ in page.get_formsets_with_inlines(requete, objet):
        yield from lot.form.base_fields.items()
    if hasattr(page, "champs_transition"):
        yield from page._formulaire_de(page.champs_transition, None, None).fields.items()
    if hasattr(page, "formulaire_import"):
        yield from page.formulaire_import().fields.items()


def test_aucun_texte_long_n_est_coupe_par_le_navigateur(db: None) -> None:
    cote = poser_le_monde(execution=True)[0]
    lus = 0
    for qui in (Utilisateur.objects.create_superuser("racine@demo.invalid", "mot"), *cote.personnes.values()):
        requete: Any = RequestFactory().get("/")
        requete.user = qui
        for modele, page in admin.site._registry.items():
            if modele not in cote.lignes:
                continue
            for nom, champ in _champs(requete, page, cote.lignes[modele]):
                if (getattr(champ, "max_length", None) or 0) >= TEXTE_LONG:
                    assert "maxlength" not in champ.widget.attrs, (modele, nom)
                    lus += 1
    assert lus > 20
