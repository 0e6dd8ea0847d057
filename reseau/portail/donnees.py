"""Open data under the roof: what there is, and its entry for catalogues (DCAT)."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse

from financements.donnees_ouvertes import compter
from financements.schema_scdl import champs
from reseau.socle.pages_publiques import page_publique

if TYPE_CHECKING:
    from django.http import HttpRequest

LICENCE = "https://www.etalab.gouv.fr/licence-ouverte-open-licence/"
SCHEMA = "https://schema.data.gouv.fr/scdl/subventions/2.1.1"


@page_publique
def donnees(request: HttpRequest) -> HttpResponse:
    """What may be copied, and under which licence."""
    contexte = {
        "champs": champs(),
        "nombre": compter(),
        "adresse": reverse("financements:subventions"),
        "catalogue": reverse("catalogue"),
        "canonique": request.build_absolute_uri(request.path),
    }
    return render(request, "portail/donnees.html", contexte)


@page_publique
def catalogue(request: HttpRequest) -> HttpResponse:
    """The same for a machine: one dataset, one distribution."""
    page = request.build_absolute_uri(reverse("donnees"))
    fichier = request.build_absolute_uri(reverse("financements:subventions"))
    jeu = {
        "@id": f"{page}#subventions",
        "@type": "dcat:Dataset",
        "dct:title": "Subventions de l'État aux écoles de production",
        "dct:description": "Une ligne par décision notifiée, au montant du jour.",
        "dct:language": "fr",
        "dct:license": {"@id": LICENCE},
        "dct:conformsTo": {"@id": SCHEMA},
        "dcat:landingPage": {"@id": page},
        "dcat:distribution": {
            "@type": "dcat:Distribution",
            "dct:title": "subventions.csv",
            "dct:format": "CSV",
            "dcat:mediaType": "text/csv",
            "dct:license": {"@id": LICENCE},
            "dcat:downloadURL": {"@id": fichier},
        },
    }
    entree = {
        "@context": {"dcat": "http://www.w3.org/ns/dcat#", "dct": "http://purl.org/dc/terms/"},
        "@id": page,
        "@type": "dcat:Catalog",
        "dct:title": "Données ouvertes du portail des écoles de production",
        "dcat:dataset": [jeu],
    }
    contenu = json.dumps(entree, ensure_ascii=False)
    return HttpResponse(contenu, content_type="application/ld+json; charset=utf-8")
