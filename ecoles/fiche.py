"""The page of one school, as plain words; a missing fact says that it is missing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from django.urls import reverse

from ecoles.carte import CartePoints, carte_points
from ecoles.diplomes import (
    INSECABLE,
    EtapeLue,
    ParcoursLu,
    duree_en_mots,
    encore_ouverts,
    entrees_en_mots,
    jour_court,
    parcours_lus,
    places_du_parcours,
    places_en_mots,
    pluriel,
)
from ecoles.models import Ecole
from ecoles.presentation import enumerer, telephone_en_mots, ville_de
from ecoles.reconnaissances import statuts_en_mots
from ecoles.toponymes import a_commune

if TYPE_CHECKING:
    from datetime import date

MANQUE = "L’école n’a pas encore donné cette information."


@dataclass(frozen=True, slots=True)
class Reponse:
    """One of the three answers that come first."""

    question: str
    reponse: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class LigneParcours:
    """A parcours of the school: name, steps when there are several, facts, what is to be known."""

    intitule: str
    etapes: tuple[str, ...]
    faits: str
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Liens:
    """How to reach the school, and how to tell somebody about it; empty when it reaches nobody."""

    contact: str
    telephone: str
    telephone_texte: str
    courriel: str
    site: str
    fiche_pdf: str
    sms: str
    partage: str


@dataclass(frozen=True, slots=True)
class FicheEcole:
    """Everything ``ecoles/fiche.html`` and the PDF show."""

    nom: str
    ville: str
    a_ville: str
    metiers: str
    adresse_page: str
    etapes: tuple[tuple[str, str], ...]
    liens: Liens
    a_confirmer: bool
    phrase_injoignable: str
    reponses: tuple[Reponse, ...]
    facile: tuple[str, ...]
    parcours: tuple[LigneParcours, ...]
    places: str
    statuts: tuple[str, ...]
    lieu: tuple[str, ...]
    carte: CartePoints | None
    reperes: tuple[tuple[str, str], ...]
    sources: tuple[str, ...]


def _reponses(ecole: Ecole, liste: list[ParcoursLu]) -> tuple[Reponse, ...]:
    textes = [parcours.court for parcours in liste]
    diplome = Reponse(
        "Quel diplôme ?",
        f"{INSECABLE}; ".join(textes[:3]) or "Pas indiqué",
        "Un diplôme national, le même qu’au lycée." if textes else MANQUE,
    )
    logement = {
        "oui": Reponse("Où dort-on ?", "Il y a un logement sur place"),
        "non": Reponse("Où dort-on ?", "Pas de logement sur place", "On rentre chez soi le soir."),
        "": Reponse("Où dort-on ?", "Pas indiqué", MANQUE),
    }[ecole.internat]
    cout = Reponse("Combien ça coûte ?", ecole.cout or "Pas indiqué", "" if ecole.cout else MANQUE)
    return cout, diplome, logement


def _facile(ecole: Ecole, metiers: list[str], liste: list[ParcoursLu], jour: date) -> tuple[str, ...]:
    """The easy-to-read block: fifteen words a sentence at most, « tu »."""
    phrases = [f"L’école est {a_commune(ecole.commune.nom)}."]
    if metiers:
        phrases.append(f"Tu y apprends : {', '.join(metiers).lower()}.")
    phrases.append("Tu travailles à l’atelier, pour de vrais clients.")
    if ecole.taille_groupe:
        phrases.append(f"Vous êtes {ecole.taille_groupe} dans le groupe.")
    if liste:
        premier, *suite = liste[0].etapes
        phrases += [f"Tu prépares un diplôme : {premier.texte}.", f"Cela dure {premier.duree}."]
        phrases += [f"Ensuite, tu peux préparer un {e.genre} en {e.duree}." for e in suite]
        if len(liste) > 1:
            autres = "un autre diplôme" if len(liste) == 2 else "d’autres diplômes"
            phrases.append(f"L’école prépare aussi {autres}.")
    phrases.append(
        {
            "oui": "Tu peux dormir sur place.",
            "non": "Le soir, tu rentres dormir chez toi.",
            "": "Nous ne savons pas encore si tu peux dormir sur place.",
        }[ecole.internat]
    )
    places = places_en_mots(liste, jour)
    if places.startswith("oui"):
        phrases.append(f"Il reste des places : l’école l’a {places.removeprefix('oui, ')}.")
    phrases.append("Viens voir l’atelier : ta motivation compte plus que tes notes.")
    return tuple(phrases)


def _note(etape: EtapeLue, jour: date, laquelle: str) -> str:
    if etape.ferme_le is None:
        return ""
    if etape.ferme_le >= jour:
        return f"{laquelle} ferme le {jour_court(etape.ferme_le)}."
    note = f"{laquelle} a fermé le {jour_court(etape.ferme_le)}."
    return f"{note} Elle est remplacée par : {etape.remplace_par}." if etape.remplace_par else note


def _ligne_parcours(parcours: ParcoursLu, jour: date) -> LigneParcours:
    plusieurs = len(parcours.etapes) > 1
    notes = (
        _note(e, jour, f"Cette version du {e.genre}" if plusieurs else "Cette version")
        for e in parcours.etapes
    )
    faits = [
        f"{duree_en_mots(parcours.mois)} en tout" if plusieurs else parcours.etapes[0].duree,
        f"{pluriel(parcours.capacite, 'place')} en tout" if parcours.capacite else "",
        places_du_parcours(parcours, jour),
        entrees_en_mots(parcours),
    ]
    return LigneParcours(
        intitule=parcours.court if plusieurs else parcours.etapes[0].texte,
        etapes=tuple(f"{e.texte}, {e.duree}" for e in parcours.etapes) if plusieurs else (),
        faits=" · ".join(filter(None, faits)),
        notes=tuple(filter(None, notes)),
    )


def _sources(ecole: Ecole) -> tuple[str, ...]:
    if ecole.fictive:
        return ("École inventée pour la démonstration : rien de ce qu’on lit ici n’est vrai.",)
    lignes = [f"Source : {ecole.source}." if ecole.source else "Source non indiquée."]
    if ecole.verifiee_le:
        lignes.append(f"Relevé vérifié le {jour_court(ecole.verifiee_le)}.")
    else:
        lignes.append("Ce relevé n’a pas encore été vérifié.")
    return tuple(lignes)


def _reperes(ecole: Ecole) -> tuple[tuple[str, str], ...]:
    """Dated facts: a headcount never stands without its year."""
    reperes = []
    if ecole.annee_ouverture:
        reperes.append(("Ouverture", str(ecole.annee_ouverture)))
    if ecole.effectif and ecole.effectif_annee:
        reperes.append(("Jeunes dans l’école", f"{ecole.effectif} en {ecole.effectif_annee}"))
    if ecole.taille_groupe:
        reperes.append(("Taille des groupes", pluriel(ecole.taille_groupe, "jeune")))
    return tuple(reperes)


def _injoignable(ecole: Ecole) -> str:
    if ecole.telephone:
        return ""
    return (
        f"Nous n’avons pas encore le téléphone de cette école, {a_commune(ville_de(ecole))}. Écrivez-lui ici."
    )


def _liens(ecole: Ecole, adresse_absolue: str) -> Liens:
    telephone, lien = telephone_en_mots(ecole.telephone)
    texte = f"{ecole.nom}, école de production {a_commune(ecole.commune.nom)} : {adresse_absolue}"
    return Liens(
        contact=reverse("ecoles:contact", args=[ecole.slug]),
        telephone=lien,
        telephone_texte=f"Appeler le {telephone}" if telephone else "",
        courriel=f"mailto:{ecole.courriel}" if ecole.courriel else "",
        site=ecole.site_web,
        fiche_pdf=reverse("ecoles:fiche_pdf", args=[ecole.slug]),
        sms=f"sms:?&body={quote(texte)}",
        partage=f"mailto:?subject={quote(ecole.nom)}&body={quote(texte)}",
    )


def fiche_ecole(ecole: Any, adresse_absolue: str, jour: date) -> FicheEcole:
    """Return the page of a school loaded by ``avec_details`` with its region."""
    liste = parcours_lus(ecole.lignes_parcours)
    ouverts = encore_ouverts(liste, jour)
    region = ecole.commune.departement.region
    degres = (float(ecole.commune.latitude or 0), float(ecole.commune.longitude or 0))
    return FicheEcole(
        nom=ecole.nom,
        ville=ville_de(ecole),
        a_ville=a_commune(ville_de(ecole)),
        metiers=enumerer(ecole.noms_metiers),
        adresse_page=adresse_absolue,
        etapes=(
            ("Toutes les écoles", reverse("ecoles:liste")),
            (region.nom, reverse("ecoles:region", args=[region.slug])),
        ),
        liens=_liens(ecole, adresse_absolue),
        a_confirmer=ecole.verification != Ecole.Verification.OUI,
        phrase_injoignable=_injoignable(ecole),
        reponses=_reponses(ecole, ouverts),
        facile=_facile(ecole, ecole.noms_metiers, ouverts, jour),
        parcours=tuple(_ligne_parcours(p, jour) for p in liste),
        places=places_en_mots(liste, jour),
        statuts=statuts_en_mots(ecole),
        lieu=tuple(filter(None, (ecole.adresse, ville_de(ecole), region.nom))),
        carte=carte_points([degres], entiere=True),
        reperes=_reperes(ecole),
        sources=_sources(ecole),
    )
