"""Public addresses of the schools."""

from django.urls import path

from ecoles import views, views_pdf

app_name = "ecoles"
urlpatterns = [
    path("ecoles/", views.liste, name="liste"),
    path("ecoles/region/<slug:slug>/", views.region, name="region"),
    path("ecole/<slug:slug>/", views.fiche, name="fiche"),
    path("ecole/<slug:slug>/fiche.pdf", views_pdf.fiche_pdf, name="fiche_pdf"),
    path("ecole/<slug:slug>/contact/", views.contact, name="contact"),
    path("demande/<str:jeton>/", views.suivi, name="suivi"),
]
