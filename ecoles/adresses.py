"""The address of a school's page: made from its name, free, and never lost when the name changes."""

from __future__ import annotations

from django.db import transaction
from django.utils.text import slugify

from ecoles.models import AncienSlug, Ecole

LONGUEUR = 150


def adresse_libre(ecole: Ecole) -> str:
    """Return an address made from the name that no other school has, or ever had.

    A second school of the same name takes its commune, then a number.
    """
    base = slugify(ecole.nom)[:LONGUEUR] or "ecole"
    avec_commune = slugify(f"{ecole.nom} {ecole.commune.nom}")[:LONGUEUR]
    candidats = [base, avec_commune, *(f"{avec_commune}-{n}" for n in range(2, 50))]
    prises = {
        *Ecole.objects.filter(slug__in=candidats).exclude(pk=ecole.pk).values_list("slug", flat=True),
        *AncienSlug.objects.filter(slug__in=candidats).exclude(ecole=ecole).values_list("slug", flat=True),
    }
    return next(candidat for candidat in candidats if candidat not in prises)


def enregistrer(ecole: Ecole) -> None:
    """Save a school; a new one gets its address, a renamed one a new address.

    The database keeps the old one, which answers 301 (``ecoles.models.declencheurs``).
    """
    with transaction.atomic():
        ancien_nom = Ecole.objects.filter(pk=ecole.pk).values_list("nom", flat=True).first()
        if ancien_nom != ecole.nom:
            ecole.slug = adresse_libre(ecole)
        ecole.save()
