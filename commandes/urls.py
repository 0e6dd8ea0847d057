"""Addresses of the workshop."""

from django.urls import path

from commandes import views, views_regularisation

app_name = "commandes"
urlpatterns = [
    path("atelier/", views.atelier, name="atelier"),
    path("atelier/annuler/<uuid:lot>/", views.annuler_saisie, name="annuler_saisie"),
    path("atelier/a-regulariser/", views_regularisation.a_regulariser, name="a_regulariser"),
]
