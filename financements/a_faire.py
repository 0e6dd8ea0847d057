"""What awaits a person in this trade: files by duty, ordered by deadline; for a school, where hers stand."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from django.urls import reverse
from django.utils.text import Truncator

from financements import tableau
from financements.avenants_montres import avenants_a_traiter
from financements.bilans_attendus import bilans_attendus
from financements.etats import EN_COURS, Etat
from financements.fonctions import ENVELOPPES, devoirs_sans_personne, pages_de_pilotage
from financements.liste_lue import colonnes
from financements.models import Campagne, Demande
from financements.models.enveloppes import nom_d_enveloppe
from financements.ou_en_est import etape_de
from financements.suites import suites
from reseau.nombres import aujourdhui, montrer_montant
from reseau.socle.a_faire import Attente, Ligne, Rubrique, premieres, premieres_et_total, total
from reseau.socle.pretes import PreteParPersonne

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from ecoles.models import Ecole
    from reseau.models import Utilisateur

LIGNES_MONTREES = 10
_A_CONFIRMER = "La DREETS l'a saisie pour vous : relisez-la et confirmez-la."
# Verb, heading, what is said when nothing awaits.
_DEVOIRS = (
    ("instruire", "Demandes à instruire", "Aucune demande n'attend votre instruction."),
    ("viser", "Propositions à viser", "Aucune proposition n'attend votre visa."),
    ("accorder", "Décisions à prendre", "Aucun dossier visé n'attend votre décision."),
)
_LUS = (
    "pk",
    "numero",
    "ecole__nom",
    "etat",
    "renvoi",
    "montant_demande",
    "montant_retenu",
    "montant_propose",
    "depuis_le",
    "echeance_le",
    "nb_demandes",
    "nb_retenus",
    "libre",
)
_ENTETES = (
    "École",
    "Effectif demandé / retenu",
    "Montant envisagé",
    "Reste de l'enveloppe après accord",
    "Étape",
    "Depuis",
    "Échéance",
)


def a_faire(utilisateur: Utilisateur) -> list[Rubrique]:
    """Return the rubrics of this person; an officer's first, by duty."""
    rubriques = [
        _a_traiter(utilisateur, verbe, titre, vide)
        for verbe, titre, vide in _DEVOIRS
        if utilisateur.detient(f"demande.{verbe}")
    ]
    rubriques += avenants_a_traiter(utilisateur)
    rubriques += suites(utilisateur)
    rubriques += bilans_attendus(utilisateur)
    if utilisateur.detient("enveloppe.voir") and not utilisateur.detient_au_national("enveloppe.voir"):
        rubriques.append(_enveloppes(utilisateur))
    rubriques += _pilotage(utilisateur)
    if utilisateur.detient("demande.deposer"):
        rubriques.append(_demandes_de_l_ecole(utilisateur))
    return rubriques


def attentes(utilisateur: Utilisateur, ecole: Ecole) -> list[Attente]:
    """Return the requests of this school that are not decided yet, in the words of this person's side."""
    demandes = Demande.objects.visibles_par(utilisateur).filter(ecole=ecole, etat__in=EN_COURS)
    de_l_ecole = utilisateur.detient("demande.deposer")
    return [
        _attente(demande, de_l_ecole=de_l_ecole)
        for demande in tableau.avec_confirmation(demandes.order_by("-id"))
    ]


def _attente(demande: Demande, *, de_l_ecole: bool) -> Attente:
    etat = demande.etat_pour_l_ecole if de_l_ecole else demande.get_etat_display()
    a_relire = de_l_ecole and tableau.attend_confirmation(demande)
    texte = f"Demande {demande.numero} : {etat}" + f". {_A_CONFIRMER}" * a_relire
    alerte = a_relire or (de_l_ecole and demande.etat == Etat.A_COMPLETER)
    return Attente(texte, _lien(demande), alerte=alerte)


def _qui_attendent(verbe: str, personne: Utilisateur) -> QuerySet[Any, Any]:
    demandes = Demande.objects.visibles_par(personne, verbe).filter(tableau.qui_attendent(verbe))
    en_ordre = demandes.annotate(**colonnes()).order_by("echeance_le", "-id")
    return premieres(en_ordre, LIGNES_MONTREES, *_LUS)


_ATTENDENT = {verbe: PreteParPersonne(partial(_qui_attendent, verbe)) for verbe, *_ in _DEVOIRS}


def _a_traiter(utilisateur: Utilisateur, verbe: str, titre: str, vide: str) -> Rubrique:
    lues = _ATTENDENT[verbe].lire(utilisateur)
    return Rubrique(
        titre=titre,
        entetes=_ENTETES,
        lignes=tuple(_ligne(demande) for demande in lues),
        vide=vide,
        total=total(lues),
        tout=reverse("admin:financements_demande_changelist") + "?etape=moi",
    )


def _ligne(demande: Any) -> Ligne:
    reste, (echeance, passee) = tableau.reste_apres(demande), tableau.echeance(demande)
    depasse = reste is not None and reste < 0
    return Ligne(
        lien=_lien(demande),
        cellules=(
            f"{demande.ecole__nom} ({demande.numero})",
            tableau.effectif(demande),
            montrer_montant(tableau.envisage(demande)),
            "Pas d'enveloppe" if reste is None else montrer_montant(reste) + " : dépasse" * depasse,
            Etat(demande.etat).label + _precision(demande),
            tableau.depuis(demande),
            echeance or "—",
        ),
        alerte=depasse or passee,
        alerte_sur=-1 if passee else 3,
    )


def _precision(demande: Any) -> str:
    """A file that came back from the visa or the decision is not a new one; a silent school's says so."""
    if demande.etat == Etat.A_COMPLETER:
        return ", l'école n'a pas répondu"
    return ", renvoyée" if demande.etat == Etat.EN_INSTRUCTION and demande.renvoi else ""


def _lien(demande: Any) -> str:
    return reverse("admin:financements_demande_change", args=[demande.pk])


def _enveloppes(utilisateur: Utilisateur) -> Rubrique:
    """What is left this year, and which duty nobody holds."""
    exercice, lues = aujourdhui().year, ENVELOPPES.lire(utilisateur)
    lignes = tuple(_enveloppe(lue) for lue in lues if lue.annee__pk)
    # Who sees every service has too many to be told what each one lacks: a page shows it.
    tenus = {} if utilisateur.is_superuser else {lue.nom: lue.roles for lue in lues}
    ajouter = (("Ouvrir une enveloppe", reverse("admin:financements_enveloppe_add")),)
    return Rubrique(
        titre=f"Enveloppe {exercice}",
        entetes=("Enveloppe", "AE ouvertes", "Engagées", "Disponibles", "CP payés"),
        lignes=lignes,
        vide=f"Aucune enveloppe n'est ouverte pour {exercice}.",
        tout=reverse("admin:financements_enveloppe_changelist"),
        avertissement=" ".join(devoirs_sans_personne(tenus)),
        raccourcis=ajouter if not lignes and utilisateur.detient("enveloppe.ajouter") else (),
    )


def _enveloppe(lue: Any) -> Ligne:
    libres = lue.annee__ae_ouvertes - lue.annee__ae_engagees - lue.annee__ae_deleguees
    montants = lue.annee__ae_ouvertes, lue.annee__ae_engagees, libres, lue.annee__cp_payes
    nom = nom_d_enveloppe(lue.nom, lue.annee__exercice, lue.annee__programme, lue.annee__action)
    return Ligne(
        lien=reverse("admin:financements_enveloppe_change", args=[lue.annee__pk]),
        cellules=(nom, *(montrer_montant(montant) for montant in montants)),
    )


def _pilotage(utilisateur: Utilisateur) -> list[Rubrique]:
    """The pages that show a whole service, or the country."""
    lignes = tuple(
        Ligne(lien=reverse(f"admin:financements_enveloppe_{nom}"), cellules=(titre, montre))
        for nom, titre, montre in pages_de_pilotage(utilisateur)
    )
    return [Rubrique(titre="Pilotage", entetes=("Page", "Ce qu'elle montre"), lignes=lignes, vide="")] * bool(
        lignes
    )


def _demandes_de_l_ecole(utilisateur: Utilisateur) -> Rubrique:
    demandes = tableau.avec_confirmation(
        Demande.objects.visibles_par(utilisateur, "deposer").exclude(etat=Etat.RETIREE)
    )
    en_ordre = demandes.annotate(nb_demandes=colonnes()["nb_demandes"]).order_by("echeance_le", "-id")
    lignes, nombre = premieres_et_total(en_ordre.select_related("ecole", "campagne"), LIGNES_MONTREES)
    return Rubrique(
        titre="Financement de l'État",
        entetes=("Demande", "Nombre de jeunes", "Montant", "Où en est la demande", "Date limite"),
        lignes=tuple(_ligne_de_l_ecole(demande) for demande in lignes),
        vide="Vous n'avez pas encore fait de demande.",
        total=nombre,
        tout=reverse("admin:financements_demande_changelist") if nombre else "",
        raccourcis=_raccourcis(demandes),
    )


def _ligne_de_l_ecole(demande: Demande) -> Ligne:
    """An amount is the one asked until the decision is made; a missing thing is said by its name."""
    a_la_main = demande.etat in (*tableau.ATTEND["deposer"], *tableau.ATTEND["rendre"])
    accorde = demande.etat not in EN_COURS and demande.montant_propose is not None
    montant = demande.montant_propose if accorde else demande.montant_demande
    echeance, passee = tableau.echeance_de_l_ecole(demande)
    # The whole letter is on the page of the file.
    court = Truncator(demande.motif.rstrip(" .")).chars(300)
    motif = f" : {court}" if demande.etat == Etat.A_COMPLETER else ""
    a_relire = tableau.attend_confirmation(demande)
    suite = _A_CONFIRMER if a_relire else etape_de(demande).main.label
    return Ligne(
        lien=_lien(demande),
        cellules=(
            f"{demande.campagne} ({demande.numero})",
            str(demande.nb_demandes or 0),  # type: ignore[attr-defined]
            montrer_montant(montant),
            f"{demande.etat_pour_l_ecole}{motif}. {suite}",
            echeance if a_la_main and echeance else "aucune",
        ),
        alerte=a_relire or (a_la_main and passee),
        alerte_sur=3 if a_relire else -1,
    )


def _raccourcis(demandes: QuerySet[Demande]) -> tuple[tuple[str, str], ...]:
    """A button to ask, while a campaign is open and this person's schools have not all asked."""
    jour = aujourdhui()
    ouverte = (
        Campagne.objects.filter(ouverte_du__lte=jour, ouverte_au__gte=jour).order_by("-exercice").first()
    )
    if ouverte is None or demandes.filter(campagne=ouverte).exists():
        return ()
    return ((f"Faire une demande pour {ouverte.exercice}", reverse("admin:financements_demande_add")),)
