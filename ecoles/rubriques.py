"""The parts of the record of a school: plain words, each with where this person may change it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.urls import reverse

from ecoles.diplomes import duree_en_mots, pluriel
from ecoles.models import (
    Agrement,
    Ecole,
    Groupe,
    InscriptionListe,
    Label,
    Machine,
    MembreEquipe,
    Offre,
    Reconnaissance,
    Site,
)
from ecoles.models.statuts import NB_CRITERES
from ecoles.regles_parcours import alertes_de_groupe, alertes_de_parcours, places_a_verifier
from reseau.nombres import MOIS, montrer_date_courte

if TYPE_CHECKING:
    from datetime import date

    from reseau.models import Utilisateur


@dataclass(frozen=True, slots=True)
class Fait:
    """A line: what, details, warnings, where to change it (or nothing), whether it is past.

    ``geste``: what its link does; ``urgences``: what is already too late.
    """

    texte: str
    details: tuple[str, ...] = ()
    alertes: tuple[str, ...] = ()
    lien: str = ""
    passe: bool = False
    geste: str = "Modifier"
    urgences: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the record: title, lines, what to say without any, where to add one (text, address)."""

    cle: str
    titre: str
    faits: tuple[Fait, ...]
    vide: str
    ajouter: tuple[tuple[str, str], ...] = ()


class Liens:
    """Where this person may change or add what she sees."""

    def __init__(self, ecole: Ecole, utilisateur: Utilisateur) -> None:
        self.ecole, self.utilisateur = ecole, utilisateur

    def modifier(self, ligne: Any) -> str:
        """Address of the row, when she may change its kind."""
        nom = ligne._meta.model_name
        if not self.utilisateur.has_perm(f"{nom}.modifier"):
            return ""
        return reverse(f"admin:ecoles_{nom}_change", args=[ligne.pk])

    def ajouter(self, modele: Any, texte: str, *, avec_ecole: bool = True) -> tuple[tuple[str, str], ...]:
        """The button that adds a row of this kind to the school, or nothing."""
        nom = modele._meta.model_name
        if not self.utilisateur.has_perm(f"{nom}.ajouter"):
            return ()
        adresse = reverse(f"admin:ecoles_{nom}_add")
        return ((texte, f"{adresse}?ecole={self.ecole.pk}" if avec_ecole else adresse),)


def _periode(ligne: Any) -> str:
    du = montrer_date_courte(ligne.du)
    return f"du {du} au {montrer_date_courte(ligne.au)}" if ligne.au else f"depuis le {du}"


def _passe(ligne: Any, jour: date) -> bool:
    return ligne.au is not None and ligne.au < jour


def sites(ecole: Ecole, liens: Liens) -> Section:
    """Where the school teaches, and with which machines."""
    tous = Site.objects.visibles_par(liens.utilisateur).filter(ecole=ecole)
    faits = []
    for site in tous.select_related("commune").prefetch_related("ateliers__machines__travaux"):
        ou = ", ".join(filter(None, (site.adresse, site.commune.nom)))
        principal = " (site principal)" if site.principal else ""
        details = [_atelier(atelier) for atelier in site.ateliers.all()]
        faits.append(Fait(f"{site.nom}{principal} : {ou}", tuple(details), lien=liens.modifier(site)))
    ajouter = liens.ajouter(Site, "Ajouter un site")
    if faits:
        ajouter += liens.ajouter(Machine, "Ajouter une machine", avec_ecole=False)
    return Section("sites", "Sites, ateliers et machines", tuple(faits), "Aucun site décrit.", ajouter)


def _atelier(atelier: Any) -> str:
    surface = f", {atelier.surface} m²" if atelier.surface else ""
    machines = " ; ".join(_machine(machine) for machine in atelier.machines.all())
    return f"{atelier.nom}{surface} : {machines or 'aucune machine décrite'}"


def _machine(machine: Machine) -> str:
    return f"{machine} (dangereuse avant 18 ans)" if machine.travaux.all() else str(machine)


def parcours(ecole: Ecole, liens: Liens, jour: date) -> Section:
    """What it offers, each parcours with its steps in order and its places."""
    offres = Offre.objects.visibles_par(liens.utilisateur).filter(ecole=ecole).select_related("parcours")
    faits = [
        _offre(offre, liens, jour)
        for offre in offres.prefetch_related("parcours__etapes__titre__remplace_par").order_by(
            "parcours__niveau_vise", "parcours__nom"
        )
    ]
    ajouter = liens.ajouter(Offre, "Ajouter un parcours")
    return Section("parcours", "Diplômes, par parcours", tuple(faits), "Aucun parcours proposé.", ajouter)


def _offre(offre: Offre, liens: Liens, jour: date) -> Fait:
    details = [_etape(etape, jour) for etape in offre.parcours.etapes.all()]
    alertes = alertes_de_parcours(offre.parcours.duree_mois)
    if offre.capacite is None:
        alertes.append("Capacité non renseignée : le portail ne peut pas dire quand il n'y a plus de place.")
    else:
        details.append(f"Capacité : {pluriel(offre.capacite, 'place')}")
    if offre.mois_entree:
        details.append("Entrée : " + ", ".join(MOIS[mois - 1] for mois in offre.mois_entree))
    if offre.places_le is None:
        alertes.append("Places libres : pas encore comptées.")
    else:
        le = montrer_date_courte(offre.places_le)
        details.append(f"Places libres : {offre.places}, mis à jour le {le}")
        if places_a_verifier(offre.places_le, jour):
            alertes.append("Places à vérifier : le compte a plus de 30 jours.")
    return Fait(offre.parcours.nom, tuple(details), tuple(alertes), liens.modifier(offre))


def _etape(etape: Any, jour: date) -> str:
    texte = f"{etape.rang}. {etape.titre}, {duree_en_mots(etape.mois)}"
    if etape.titre.ferme_le is None:
        return texte
    verbe = "ferme" if etape.titre.ferme_le >= jour else "a fermé"
    texte += f", {verbe} le {montrer_date_courte(etape.titre.ferme_le)}"
    suite = etape.titre.remplace_par
    return f"{texte} : remplacé par {suite} ({suite.code_cfd})" if suite else texte


def groupes(ecole: Ecole, liens: Liens) -> Section:
    """The groups of the latest year that has some."""
    groupes = Groupe.objects.visibles_par(liens.utilisateur).filter(offre__ecole=ecole)
    tous = list(
        groupes.select_related("etape__titre")
        .prefetch_related("maitres__utilisateur")
        .order_by("-annee", "nom", "id")
    )
    annee = tous[0].annee if tous else 0
    faits = tuple(_groupe(groupe, liens) for groupe in tous if groupe.annee == annee)
    titre = f"Groupes, rentrée {annee}" if annee else "Groupes"
    ajouter = liens.ajouter(Groupe, "Ajouter un groupe", avec_ecole=False)
    return Section("groupes", titre, faits, "Aucun groupe.", ajouter)


def _groupe(groupe: Groupe, liens: Liens) -> Fait:
    maitres = [str(maitre.utilisateur) for maitre in groupe.maitres.all()]
    alertes = alertes_de_groupe(
        groupe.nb_jeunes, groupe.nb_debutants, len(maitres), groupe.heures_atelier, groupe.heures_cours
    )
    details = [f"{groupe.etape.titre}", f"Maîtres : {', '.join(maitres) or 'personne'}"]
    if groupe.heures_atelier is not None and groupe.heures_cours is not None:
        details.append(f"Par semaine : {groupe.heures_atelier} h d'atelier, {groupe.heures_cours} h de cours")
    if groupe.motif_exception:
        details.append(f"Exception : {groupe.motif_exception}")
    jeunes = pluriel(groupe.nb_jeunes, "jeune")
    return Fait(f"{groupe.nom} : {jeunes}", tuple(details), tuple(alertes), liens.modifier(groupe))


def _reconnue(ligne: Reconnaissance) -> str:
    return f"Reconnue par l'État : {ligne.acte}"


def _listee(ligne: InscriptionListe) -> str:
    return f"Liste {ligne.annee} (arrêté {ligne.nor})"


def _labellisee(ligne: Label) -> str:
    return f"Label du réseau : {ligne.nb_criteres} critères sur {NB_CRITERES}"


_STATUTS: tuple[tuple[Any, Any, str], ...] = (
    (Reconnaissance, _reconnue, "Ajouter une reconnaissance"),
    (InscriptionListe, _listee, "Ajouter une année de liste"),
    (Label, _labellisee, "Ajouter un label"),
)


def statuts(ecole: Ecole, liens: Liens, jour: date) -> Section:
    """Those of the day first, then the history."""
    faits: list[Fait] = []
    ajouter: tuple[tuple[str, str], ...] = ()
    for modele, dire, bouton in _STATUTS:
        lignes = modele.objects.visibles_par(liens.utilisateur).filter(ecole=ecole).order_by("-du", "id")
        faits += [
            Fait(dire(x), (_periode(x),), lien=liens.modifier(x), passe=_passe(x, jour)) for x in lignes
        ]
        ajouter += liens.ajouter(modele, bouton)
    faits.sort(key=lambda fait: fait.passe)
    return Section("statuts", "Reconnaissance et label", tuple(faits), "Aucun acte enregistré.", ajouter)


def equipe(ecole: Ecole, liens: Liens, jour: date) -> Section:
    """Functions held and agréments, those of the day first."""
    membres = MembreEquipe.objects.visibles_par(liens.utilisateur).filter(ecole=ecole)
    faits = [
        Fait(f"{m.utilisateur}, {m.get_fonction_display()}", (_periode(m),), passe=_passe(m, jour))
        for m in membres.select_related("utilisateur").order_by("fonction", "utilisateur__nom", "-du")
    ]
    agrements = Agrement.objects.visibles_par(liens.utilisateur).filter(ecole=ecole)
    faits += [
        Fait(
            f"Agrément de {a.utilisateur} : {a.get_fonction_display()}"
            + (f" ({a.filiere.nom})" if a.filiere else ""),
            (f"acte {a.numero}, {_periode(a)}",),
            lien=liens.modifier(a),
            passe=_passe(a, jour),
        )
        for a in agrements.select_related("utilisateur", "filiere").order_by("fonction", "-du", "id")
    ]
    faits.sort(key=lambda fait: fait.passe)
    ajouter = liens.ajouter(Agrement, "Ajouter un agrément")
    return Section("equipe", "Équipe et agréments", tuple(faits), "Personne d'indiqué.", ajouter)
