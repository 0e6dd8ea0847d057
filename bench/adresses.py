"""The product's addresses, and the floors beside them."""

from django.urls import include, path

from bench.planchers import SITE, mot, une_requete

urlpatterns = [
    path("plancher/mot/", mot),
    path("plancher/une-requete/", une_requete),
    path("plancher/admin/", SITE.urls),
    path("", include("reseau.urls")),
]
