"""What awaits a person at the workshop."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.urls import reverse

from commandes.etats import Etat
from commandes.models import Commande, Pointage
from reseau.nombres import aujourdhui, montrer_date_courte, montrer_duree
from reseau.socle.a_faire import Ligne, Rubrique

if TYPE_CHECKING:
    from reseau.models import Utilisateur

NB_LIGNES = 8
_LISTE = "admin:commandes_commande_changelist"


def a_faire(utilisateur: Utilisateur) -> list[Rubrique]:
    """Return the rubrics of this person."""
    if not utilisateur.detient("commande.modifier"):
        return []
    rubriques = [_a_livrer(utilisateur), _recues(utilisateur)]
    if utilisateur.detient("pointage.regulariser"):
        rubriques.append(_a_regulariser(utilisateur))
    return rubriques


def _a_livrer(utilisateur: Utilisateur) -> Rubrique:
    jour = aujourdhui()
    dimanche = jour + timedelta(days=6 - jour.weekday())
    commandes = Commande.objects.visibles_par(utilisateur).filter(
        etat__in=(Etat.QUALIFIEE, Etat.EN_PRODUCTION), a_livrer_le__lte=dimanche
    )
    raccourcis = [("Nouvelle commande", reverse("admin:commandes_commande_add"))]
    if utilisateur.detient("pointage.saisir"):
        raccourcis.insert(0, ("Heures d'atelier", reverse("commandes:atelier")))
    return Rubrique(
        titre="À livrer cette semaine",
        entetes=("Commande", "Objet", "Client", "À livrer le"),
        lignes=tuple(
            _ligne(c, retard=c.a_livrer_le is not None and c.a_livrer_le < jour)
            for c in commandes.select_related("client").order_by("a_livrer_le", "id")[:NB_LIGNES]
        ),
        vide="Rien à livrer cette semaine.",
        total=commandes.count(),
        tout=f"{reverse(_LISTE)}?etat__exact=en_production",
        raccourcis=tuple(raccourcis),
    )


def _recues(utilisateur: Utilisateur) -> Rubrique:
    commandes = Commande.objects.visibles_par(utilisateur).filter(etat=Etat.DEMANDE)
    return Rubrique(
        titre="Commandes à prendre à l'atelier",
        entetes=("Commande", "Objet", "Client", "À livrer le"),
        lignes=tuple(
            _ligne(c) for c in commandes.select_related("client").order_by("recue_le", "id")[:NB_LIGNES]
        ),
        vide="Aucune commande n'attend.",
        total=commandes.count(),
        tout=f"{reverse(_LISTE)}?etat__exact=demande",
    )


def _ligne(commande: Commande, *, retard: bool = False) -> Ligne:
    jour = montrer_date_courte(commande.a_livrer_le) if commande.a_livrer_le else "pas de date"
    return Ligne(
        lien=reverse("admin:commandes_commande_change", args=[commande.pk]),
        cellules=(
            commande.numero,
            commande.intitule,
            commande.client.nom,
            f"{jour}, en retard" if retard else jour,
        ),
        alerte=retard,
    )


def _a_regulariser(utilisateur: Utilisateur) -> Rubrique:
    pointages = Pointage.objects.visibles_par(utilisateur, "regulariser").a_regulariser()
    premiers = pointages.select_related("apprenant", "commande").order_by("jour", "id")[:NB_LIGNES]
    page = reverse("commandes:a_regulariser")
    return Rubrique(
        titre="Heures d'atelier à régulariser",
        entetes=("Jeune", "Durée", "Jour", "Ce qui manque"),
        lignes=tuple(
            Ligne(
                lien=page,
                cellules=(
                    str(p.apprenant),
                    montrer_duree(p.minutes),
                    montrer_date_courte(p.jour),
                    p.motif,
                ),
            )
            for p in premiers
        ),
        vide="Aucune heure n'attend une pièce.",
        total=pointages.count(),
        tout=page,
    )
