"""What awaits a person at the workshop."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.db.models import Count, Q
from django.urls import reverse

from commandes.etats import Etat
from commandes.models import Commande, Pointage
from commandes.regularisation import a_revoir, examiner
from ecoles.diplomes import pluriel
from reseau.nombres import aujourdhui, montrer_date_courte, montrer_duree
from reseau.socle.a_faire import Attente, Ligne, Rubrique

if TYPE_CHECKING:
    from commandes.requetes import RequetePointages
    from ecoles.models import Ecole
    from reseau.models import Utilisateur

NB_LIGNES = 8
_A_L_ATELIER = (Etat.QUALIFIEE, Etat.EN_PRODUCTION)
_LISTE = "admin:commandes_commande_changelist"


def a_faire(utilisateur: Utilisateur) -> list[Rubrique]:
    """Return the rubrics of this person."""
    if not utilisateur.detient("commande.modifier"):
        return []
    rubriques = [_a_livrer(utilisateur), _recues(utilisateur)]
    if utilisateur.detient("pointage.regulariser"):
        rubriques += [*_a_revoir(utilisateur), _a_regulariser(utilisateur)]
    return rubriques


def attentes(utilisateur: Utilisateur, ecole: Ecole) -> list[Attente]:
    """Return what awaits this person at the workshop of this school."""
    if not utilisateur.detient("commande.modifier"):
        return []
    compte = (
        Commande.objects.visibles_par(utilisateur)
        .filter(ecole=ecole)
        .aggregate(
            demande=Count("pk", filter=Q(etat=Etat.DEMANDE)),
            retard=Count("pk", filter=Q(etat__in=_A_L_ATELIER, a_livrer_le__lt=aujourdhui())),
        )
    )
    liste = reverse(_LISTE)
    trouvees = [
        (compte["retard"], "en retard", f"{liste}?etat__exact=en_production", True),
        (compte["demande"], "à prendre à l'atelier", f"{liste}?etat__exact=demande", False),
    ]
    phrases = [
        Attente(f"{pluriel(nombre, 'commande')} {quoi}", lien, alerte=alerte)
        for nombre, quoi, lien, alerte in trouvees
        if nombre
    ]
    if utilisateur.detient("pointage.regulariser"):
        pointages = Pointage.objects.visibles_par(utilisateur, "regulariser")
        nombre = pointages.filter(commande__ecole=ecole).a_regulariser().count()
        if nombre:
            quoi = f"{pluriel(nombre, 'saisie')} d'heures à régulariser"
            phrases.append(Attente(quoi, reverse("commandes:a_regulariser"), alerte=True))
    return phrases


def _a_livrer(utilisateur: Utilisateur) -> Rubrique:
    jour = aujourdhui()
    dimanche = jour + timedelta(days=6 - jour.weekday())
    commandes = Commande.objects.visibles_par(utilisateur).filter(
        etat__in=_A_L_ATELIER, a_livrer_le__lte=dimanche
    )
    raccourcis = [
        ("Nouvelle commande", reverse("admin:commandes_commande_add")),
        ("Commandes du mois", f"{reverse(_LISTE)}?recue=ce-mois"),
    ]
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
    return _heures(
        "Heures d'atelier à régulariser", "Ce qui manque", pointages, "Aucune heure n'attend une pièce."
    )


def _a_revoir(utilisateur: Utilisateur) -> list[Rubrique]:
    """Counted minutes that the rules allow no longer: shown when there are some."""
    rubrique = _heures("Heures comptées, mais plus en règle", "Ce qui a changé", a_revoir(utilisateur), "")
    return [rubrique] if rubrique.lignes else []


def _heures(titre: str, pourquoi: str, pointages: RequetePointages[Pointage], vide: str) -> Rubrique:
    """Minutes, with what the rules say of them today."""
    examines, _ = examiner(pointages.order_by("jour", "id")[:NB_LIGNES])
    page = reverse("commandes:a_regulariser")
    lignes = tuple(
        Ligne(
            lien=page,
            cellules=(
                str(p.apprenant),
                montrer_duree(p.minutes),
                montrer_date_courte(p.jour),
                " ".join(refus) or "Toutes les pièces sont là.",
            ),
        )
        for p, refus in examines
    )
    total = pointages.count() if len(lignes) == NB_LIGNES else len(lignes)
    entetes = ("Jeune", "Durée", "Jour", pourquoi)
    return Rubrique(titre=titre, entetes=entetes, lignes=lignes, vide=vide, total=total, tout=page)
