"""What a list shows, written plainly: the same as Django's tags, which cost more than the rows themselves.

Load it in a template with ``{% load listes %}``. A test compares every list with Django's own writing.
"""

from __future__ import annotations

from datetime import date, time
from functools import cache
from html import escape
from typing import TYPE_CHECKING, Any

from django.contrib.admin.templatetags.admin_list import admin_list_filter, result_headers, result_list
from django.contrib.admin.templatetags.admin_urls import add_preserved_filters
from django.contrib.admin.utils import display_for_field, display_for_value, quote
from django.core.exceptions import FieldDoesNotExist, ObjectDoesNotExist
from django.db import models
from django.template import Library
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.encoding import iri_to_uri
from django.utils.html import conditional_escape, format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.text import capfirst

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    # What a cell shows of a row, and whether it is a moment, which is not cut at the end of a line.
    type Cellule = Callable[[Any], tuple[Any, bool]]

register = Library()
_FILTRE_ORDINAIRE = "admin/filter.html"


@register.simple_tag
def filtre(cl: Any, choix: Any) -> SafeString:
    """Return the choices of one filter; a filter that has a template of its own keeps it."""
    if choix.template != _FILTRE_ORDINAIRE:
        return admin_list_filter(cl, choix)
    lignes = (
        (
            SafeString(' class="selected"') if un["selected"] else "",
            iri_to_uri(un["query_string"]),
            un["display"],
        )
        for un in choix.choices(cl)
    )
    return format_html(
        '<details data-filter-title="{}" open><summary>Par {}</summary><ul>{}</ul></details>',
        choix.title,
        choix.title,
        format_html_join("\n", '<li{}><a href="{}">{}</a></li>', lignes),
    )


@register.simple_tag
def feuilles(page: Any) -> SafeString:
    """Return the links to the style sheets that this page of the admin asks for."""
    return _feuilles(page)


@cache
def _feuilles(page: Any) -> SafeString:
    """Written once: a page of the admin is made once a process, and asks for the same each time."""
    return SafeString(page.media["css"])


@register.simple_tag
def ajouter(cl: Any) -> str:
    """Return the address of the page that adds a row; from a small window, it gives the row back to it."""
    adresse = f"{_liste(cl)}add/"
    if cl.is_popup:
        contexte = {"opts": cl.opts, "preserved_filters": cl.preserved_filters}
        return str(add_preserved_filters(contexte, adresse, popup=True, to_field=cl.to_field))
    return f"{adresse}{_suite(cl)}"


@register.simple_tag
def gestes(formulaire: Any) -> SafeString:
    """Return the list of the gestures that a page offers on its rows; a list never comes back filled."""
    choix = formulaire.fields["action"].choices
    return format_html(
        '<select name="action" required>{}</select>',
        format_html_join("", '<option value="{}">{}</option>', choix),
    )


@register.simple_tag
def tableau(cl: Any) -> SafeString:
    """Return the table of one page; nothing when it has no row. What opens in a small window is Django's."""
    if cl.is_popup:
        return render_to_string("admin/change_list_results.html", result_list(cl))
    lignes = _lignes(cl)
    if not lignes:
        return SafeString()
    return format_html(
        '<div class="results"><table id="result_list"><thead><tr>{}</tr></thead>'
        "<tbody>{}</tbody></table></div>",
        SafeString("".join(_entetes(cl))),
        lignes,
    )


def _entetes(cl: Any) -> Iterator[str]:
    entetes = list(result_headers(cl))
    plusieurs = sum(1 for entete in entetes if entete.get("sorted")) > 1
    for entete in entetes:
        texte: Any = entete["text"]
        texte = texte if isinstance(texte, SafeString) else capfirst(texte)
        if not entete["sortable"]:
            yield format_html(
                '<th scope="col"{}><div class="text"><span>{}</span></div><div class="clear"></div></th>',
                entete["class_attrib"],
                texte,
            )
            continue
        yield format_html(
            '<th scope="col"{}>{}<div class="text"><a role="button" href="{}">{}</a></div>'
            '<div class="clear"></div></th>',
            entete["class_attrib"],
            _tri(entete, plusieurs) if entete["sort_priority"] else "",
            entete["url_primary"],
            texte,
        )


def _tri(entete: dict[str, Any], plusieurs: bool) -> SafeString:
    rang = entete["sort_priority"]
    return format_html(
        '<div class="sortoptions"><a class="sortremove" href="{}" title="Enlever du tri"></a>{}'
        '<a href="{}" class="toggle {}" title="Inverser le tri"></a></div>',
        entete["url_remove"],
        format_html('<span class="sortpriority" title="Priorité de tri : {}">{}</span>', rang, rang)
        if plusieurs
        else "",
        entete["url_toggle"],
        "ascending" if entete["ascending"] else "descending",
    )


def _lignes(cl: Any) -> SafeString:
    colonnes = [(nom, _lire(cl, nom)) for nom in cl.list_display]
    liens = _colonnes_liees(cl)
    adresse, suite = (str(conditional_escape(bout)) for bout in (_liste(cl), _suite(cl)))
    html: list[str] = []
    for ligne in cl.result_list:
        html.append("<tr>")
        lien = f'<a href="{adresse}{conditional_escape(quote(ligne.pk))}/change/{suite}">'
        tete = "th"
        for nom, lire in colonnes:
            valeur, insecable = lire(ligne)
            classe = "action-checkbox" if nom == "action_checkbox" else f"field-{nom}"
            classe += " nowrap" if insecable else ""
            contenu = escape(valeur) if type(valeur) is str else conditional_escape(valeur)
            if nom in liens:
                html.append(f'<{tete} class="{classe}">{lien}{contenu}</a></{tete}>')
                tete = "td"
            else:
                html.append(f'<td class="{classe}">{contenu}</td>')
        html.append("</tr>\n")
    return SafeString("".join(html))


def _colonnes_liees(cl: Any) -> tuple[str, ...]:
    """The columns that lead to the page of their row: those that are named, else the first."""
    if cl.list_display_links is None:
        return ()
    return tuple(cl.list_display_links) or (cl.list_display[0],)


def _liste(cl: Any) -> str:
    return reverse(f"admin:{cl.opts.app_label}_{cl.opts.model_name}_changelist")


def _suite(cl: Any) -> str:
    """What follows the address of a page: the filters are kept to come back to the list as it was."""
    return f"?{cl.preserved_filters}" if cl.preserved_filters else ""


def _lire(cl: Any, nom: str) -> Cellule:
    """What shows this column of a row: a field, a method of the page, or an attribute of the row."""
    vide = cl.model_admin.get_empty_value_display()
    try:
        return _champ(cl.lookup_opts.get_field(nom), vide)
    except FieldDoesNotExist:
        pass
    methode = getattr(cl.model_admin, nom, None) if nom != "__str__" else None
    source: Any = methode or getattr(cl.model, nom)
    source = source.fget if isinstance(source, property) else source
    vide = getattr(source, "empty_value_display", vide)
    booleen = getattr(source, "boolean", False)

    def lire(ligne: Any) -> tuple[Any, bool]:
        try:
            valeur = source(ligne)
        except ObjectDoesNotExist:
            return vide, False
        if isinstance(valeur, SafeString) and valeur and not booleen:
            return valeur, False
        return display_for_value(valeur, vide, booleen), isinstance(valeur, date | time)

    return lire


def _champ(champ: Any, vide: Any) -> Cellule:
    nom, insecable = champ.name, isinstance(champ, models.DateField | models.TimeField | models.ForeignKey)
    if isinstance(champ, models.ForeignKey):

        def lire_cle(ligne: Any) -> tuple[Any, bool]:
            valeur = getattr(ligne, nom)
            return (vide if valeur is None else valeur), insecable

        return lire_cle
    mots = dict(champ.flatchoices) if champ.choices else None

    def lire(ligne: Any) -> tuple[Any, bool]:
        valeur = getattr(ligne, nom)
        if mots is not None:
            return mots.get(valeur, vide), insecable
        return display_for_field(valeur, champ, vide, avoid_link=True), insecable

    return lire
