"""Addresses of the roof's public pages."""

from django.urls import path

from reseau.portail import donnees, publiques

urlpatterns = [
    path("", publiques.accueil, name="accueil"),
    path("plan-du-site/", publiques.plan_du_site, name="plan_du_site"),
    path("accessibilite/", publiques.accessibilite, name="accessibilite"),
    path("mentions-legales/", publiques.mentions_legales, name="mentions_legales"),
    path("donnees-personnelles/", publiques.donnees_personnelles, name="donnees_personnelles"),
    path("donnees/", donnees.donnees, name="donnees"),
    path("donnees/catalogue.jsonld", donnees.catalogue, name="catalogue"),
    path("robots.txt", publiques.robots, name="robots"),
    path("sitemap.xml", publiques.sitemap, name="sitemap"),
]
