"""Every address of the portal."""

from django.contrib import admin
from django.urls import include, path

urlpatterns = [
    path("", include("reseau.portail.urls")),
    path("", include("ecoles.urls")),
    path("", include("commandes.urls")),
    path("", include("financements.urls")),
    path("admin/", admin.site.urls),
    path("comptes/", include("allauth.urls")),
]
