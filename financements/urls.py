"""Public addresses of the funding trade."""

from django.urls import path

from financements import views

app_name = "financements"
urlpatterns = [
    path("donnees/subventions.csv", views.subventions, name="subventions"),
]
