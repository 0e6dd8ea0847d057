"""The spreadsheet to fill in for a takeover: its columns, and three lines, one of them wrong."""

from __future__ import annotations

import io
from datetime import date
from typing import TYPE_CHECKING, Any

from django.conf import settings

from ecoles.models import Ecole, EtapeParcours, Titre
from financements.etats import SANS_FINANCEMENT
from financements.models import Campagne, Demande, Enveloppe
from financements.reprise import RessourceReprises
from reseau.nombres import aujourdhui
from reseau.socle.export_classeurs import ecrire_xlsx
from reseau.socle.exports import ColonneExport, Export

if TYPE_CHECKING:
    from collections.abc import Sequence

_GENRES = {
    "exercice": "entier", "accorde": "montant", "paye": "montant", "decision": "date", "notification": "date",
    "convention": "date", "effectif": "entier",
}  # fmt: skip
# Schools that exist nowhere: their lines say so when they are read.
_INVENTEES = (
    ("École fictive des Quatre Vents", "Commune à remplacer"),
    ("École fictive du Moulin", "Commune à remplacer"),
    ("École fictive de la Gare", "Commune à remplacer"),
)


def modele(regions: Sequence[str]) -> bytes:
    """Return the XLSX; in the demonstration its schools are there, ready to be taken over."""
    annee, ecoles = _a_essayer(regions) if settings.DEMONSTRATION else (aujourdhui().year, [])
    nommees = [(e.nom, e.commune.nom, e.siret) for e in ecoles] or _sans_siret()
    lignes = _lignes(annee, nommees, _un_diplome(ecoles))
    export = Export(
        nature="reprises",
        libelle="reprise",
        permission=RessourceReprises.permission,
        colonnes=tuple(
            ColonneExport(colonne.libelle, "pk", _GENRES.get(colonne.champ, "texte"))
            for colonne in RessourceReprises.colonnes
        ),
    )
    sortie = io.BytesIO()
    champs = [colonne.champ for colonne in RessourceReprises.colonnes]
    ecrire_xlsx(export, ([ligne.get(champ) for champ in champs] for ligne in lignes), sortie)
    return sortie.getvalue()


def _sans_siret() -> list[tuple[str, str, str]]:
    return [(nom, commune, "") for nom, commune in _INVENTEES]


def _un_diplome(ecoles: Sequence[Ecole]) -> str:
    """The code of a diploma that the first school prepares, or of any."""
    prepares = EtapeParcours.objects.filter(parcours__offres__ecole__in=ecoles[:1]).order_by("titre_id")
    siens = prepares.values_list("titre_id", flat=True)
    return siens.first() or Titre.objects.order_by("pk").values_list("pk", flat=True).first() or ""


def _a_essayer(regions: Sequence[str]) -> tuple[int, list[Ecole]]:
    """The last year that has an envelope, and three schools without a file for it."""
    exercices = Enveloppe.objects.filter(service__in=regions, exercice__lte=aujourdhui().year)
    for annee in sorted(set(exercices.order_by().values_list("exercice", flat=True))):
        campagne = Campagne.objects.filter(exercice=annee).first()
        prises = Demande.objects.filter(campagne=campagne).exclude(etat__in=SANS_FINANCEMENT).order_by()
        libres = Ecole.objects.filter(fictive=True, commune__departement__region__in=regions).exclude(
            pk__in=prises.values("ecole")
        )
        if campagne and len(ecoles := list(libres.select_related("commune").order_by("siret")[:3])) == 3:
            return annee, ecoles
    return aujourdhui().year, []


def _lignes(annee: int, ecoles: Sequence[tuple[str, str, str]], diplome: str) -> list[dict[str, Any]]:
    """One file half paid, in two payments; one that nothing paid; one paid beyond its grant."""
    decision, notification = date(annee, 3, 16), date(annee, 3, 23)
    communs = {"exercice": annee, "decision": decision, "notification": notification}
    propres: tuple[dict[str, Any], ...] = (
        {
            "accorde": 66000, "paye": 46000, "convention": date(annee, 3, 20),
            "versements": f"10/04/{annee} : 33 000,00 ; 12/10/{annee} : 13 000,00",
            "effectif": 12, "diplome": diplome,
        },
        {"accorde": 22000, "paye": 0},
        {"accorde": 18000, "paye": 19000, "versements": f"10/04/{annee}"},
    )  # fmt: skip
    return [
        {"ecole": nom, "commune": commune, "siret": siret, "ej": f"21900000{rang:02d}", **communs, **propre}
        for rang, ((nom, commune, siret), propre) in enumerate(zip(ecoles, propres, strict=False), 1)
    ]
