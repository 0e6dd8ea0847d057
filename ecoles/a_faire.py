"""What awaits a person about the schools: families to answer, schools that nobody can reach."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import Count, Q
from django.urls import reverse

from ecoles import expirations
from ecoles.diplomes import pluriel
from ecoles.etats_candidature import OUVERTES
from ecoles.etats_transfert import EtatTransfert
from ecoles.ibans import rubrique_des_ibans
from ecoles.models import Candidature, DemandeContact, Ecole, Transfert
from reseau.nombres import aujourdhui, montrer_date_courte
from reseau.socle.a_faire import Attente, Ligne, Rubrique, premieres, premieres_et_total, total
from reseau.socle.pretes import PreteParPersonne

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from reseau.models import Utilisateur

NB_LIGNES = 8
_EN_ATTENTE = (DemandeContact.Suite.ATTENTE, DemandeContact.Suite.PAS_JOINT)


def a_faire(utilisateur: Utilisateur) -> list[Rubrique]:
    """Return the rubrics of this person."""
    rubriques = []
    if utilisateur.detient("candidature.suivre"):
        rubriques.append(_candidatures(utilisateur))
    if utilisateur.detient("transfert.repondre"):
        rubriques += _arrivees(utilisateur)
    if utilisateur.detient("demandecontact.traiter"):
        rubriques.append(_questions(utilisateur))
        if utilisateur.detient_en_region("demandecontact.traiter"):
            rubriques.append(_sans_telephone(utilisateur))
    if utilisateur.detient("coordonneesbancaires.confirmer"):
        rubriques += rubrique_des_ibans(utilisateur)
    return [*rubriques, *expirations.rubrique(utilisateur)]


def attentes(utilisateur: Utilisateur, ecole: Ecole) -> list[Attente]:
    """Return what awaits this person at this school: young people who apply, families who wrote to it."""
    return [*_attentes_de_candidatures(utilisateur, ecole), *_attentes_de_familles(utilisateur, ecole)]


def _attentes_de_candidatures(utilisateur: Utilisateur, ecole: Ecole) -> list[Attente]:
    if not utilisateur.detient("candidature.suivre"):
        return []
    nombre = _en_cours(utilisateur).filter(ecole=ecole).count()
    quoi = f"{pluriel(nombre, 'candidature')} qui attend{'ent' if nombre > 1 else ''} une réponse"
    return [Attente(quoi, reverse("admin:ecoles_candidature_changelist"))] if nombre else []


def _attentes_de_familles(utilisateur: Utilisateur, ecole: Ecole) -> list[Attente]:
    if not utilisateur.detient("demandecontact.traiter"):
        return []
    familles = DemandeContact.objects.visibles_par(utilisateur, "traiter").filter(
        ecole=ecole, suite__in=_EN_ATTENTE
    )
    compte = familles.aggregate(
        nombre=Count("pk"), retards=Count("pk", filter=Q(repondre_avant_le__lt=aujourdhui()))
    )
    if not compte["nombre"]:
        return []
    retards = f", dont {compte['retards']} en retard" if compte["retards"] else ""
    liste = reverse("admin:ecoles_demandecontact_changelist")
    s = "s" if compte["nombre"] > 1 else ""
    return [
        Attente(
            f"{compte['nombre']} famille{s} à qui répondre{retards}",
            f"{liste}?suite__exact=attente&ecole__id__exact={ecole.pk}",
            alerte=bool(compte["retards"]),
        )
    ]


def _en_cours(utilisateur: Utilisateur) -> QuerySet[Candidature]:
    return Candidature.objects.visibles_par(utilisateur, "suivre").filter(etat__in=OUVERTES)


def _candidatures(utilisateur: Utilisateur) -> Rubrique:
    """Young people who wait for an answer, the oldest first."""
    attendent = _en_cours(utilisateur).select_related("parcours", "apprenant").order_by("recue_le", "id")
    lues, nombre = premieres_et_total(attendent, NB_LIGNES)
    return Rubrique(
        titre="Candidatures qui attendent une réponse",
        entetes=("Jeune", "Parcours voulu", "Reçue le", "Où on en est"),
        lignes=tuple(
            Ligne(
                lien=reverse("admin:ecoles_candidature_change", args=[candidature.pk]),
                cellules=(
                    str(candidature),
                    candidature.parcours.nom,
                    montrer_date_courte(candidature.recue_le),
                    candidature.get_etat_display(),
                ),
            )
            for candidature in lues
        ),
        vide="Aucune candidature n'attend de réponse.",
        total=nombre,
        tout=reverse("admin:ecoles_candidature_changelist"),
        raccourcis=(("Nouvelle candidature", reverse("admin:ecoles_candidature_add")),),
    )


def _arrivees(utilisateur: Utilisateur) -> list[Rubrique]:
    """Young people that another school sends, the oldest proposal first; shown when there are some."""
    attendent = Transfert.objects.visibles_par(utilisateur, "repondre").filter(etat=EtatTransfert.PROPOSE)
    en_ordre = attendent.select_related("apprenant", "ecole").order_by("demande_le", "id")
    lues, nombre = premieres_et_total(en_ordre, NB_LIGNES)
    lignes = tuple(
        Ligne(
            lien=reverse("admin:ecoles_transfert_change", args=[transfert.pk]),
            cellules=(str(transfert.apprenant), transfert.ecole.nom, montrer_date_courte(transfert.le)),
        )
        for transfert in lues
    )
    if not lignes:
        return []
    entetes = ("Jeune", "École quittée", "Premier jour chez vous")
    liste = f"{reverse('admin:ecoles_transfert_changelist')}?etat__exact={EtatTransfert.PROPOSE}"
    titre = "Changements d'école à accepter"
    return [Rubrique(titre, entetes, lignes, vide="", total=nombre, tout=liste)]


def _qui_attendent(personne: Utilisateur) -> QuerySet[Any, Any]:
    demandes = DemandeContact.objects.visibles_par(personne, "traiter").filter(suite__in=_EN_ATTENTE)
    lus = ("pk", "code", "ecole__nom", "motif", "suite", "repondre_avant_le")
    return premieres(demandes.order_by("repondre_avant_le", "id"), NB_LIGNES, *lus)


_ATTENDENT = PreteParPersonne(_qui_attendent)


def _questions(utilisateur: Utilisateur) -> Rubrique:
    lues = _ATTENDENT.lire(utilisateur)
    liste = reverse("admin:ecoles_demandecontact_changelist")
    return Rubrique(
        titre="Familles à qui répondre",
        entetes=("Code", "École", "Demande", "Répondre avant le", "Où on en est"),
        lignes=tuple(_question(demande) for demande in lues),
        vide="Aucune famille n'attend de réponse.",
        total=total(lues),
        tout=f"{liste}?suite__exact=attente",
    )


def _question(demande: Any) -> Ligne:
    retard = demande.repondre_avant_le < aujourdhui()
    avant = montrer_date_courte(demande.repondre_avant_le)
    return Ligne(
        lien=reverse("admin:ecoles_demandecontact_change", args=[demande.pk]),
        cellules=(
            demande.code,
            demande.ecole__nom,
            DemandeContact.Motif(demande.motif).label,
            f"{avant}, en retard" if retard else avant,
            DemandeContact.Suite(demande.suite).label,
        ),
        alerte=retard,
        alerte_sur=3,
    )


def _injoignables(personne: Utilisateur) -> QuerySet[Any, Any]:
    ecoles = Ecole.objects.visibles_par(personne, "modifier").publiques().filter(telephone="", courriel="")
    return premieres(ecoles.order_by("nom", "id"), NB_LIGNES, "pk", "nom", "commune__nom")


_INJOIGNABLES = PreteParPersonne(_injoignables)


def _sans_telephone(utilisateur: Utilisateur) -> Rubrique:
    lues = _INJOIGNABLES.lire(utilisateur)
    nombre = total(lues)
    s = "s" if nombre > 1 else ""
    combien = f"{nombre} école{s}" if nombre else "Écoles"
    return Rubrique(
        titre=f"{combien} de ma région sans téléphone ni adresse électronique",
        entetes=("École", "Ville", "Ce qui manque"),
        lignes=tuple(
            Ligne(
                lien=reverse("admin:ecoles_ecole_change", args=[ecole.pk]),
                cellules=(ecole.nom, ecole.commune__nom, "téléphone, adresse électronique"),
            )
            for ecole in lues
        ),
        vide="Toutes les écoles publiées peuvent être jointes.",
        total=nombre,
        tout=f"{reverse('admin:ecoles_ecole_changelist')}?publication__exact=publiee" if nombre else "",
    )
