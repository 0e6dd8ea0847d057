"""The door of applications: who may move them, when, and what an enrolment writes."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError

from ecoles.etats_candidature import PASSAGES, MotifRefus
from ecoles.models import Apprenant, Candidature, EtapeParcours, Inscription, Offre, RepresentantLegal
from ecoles.places import refus_de_place, verrouiller_les_places
from ecoles.regles_inscription import SANS_REPRESENTANT, demande_un_representant
from reseau.nombres import aujourdhui, montrer_date
from reseau.requetes import plier
from reseau.socle.etats import Contexte, Machine, Transition

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from ecoles.models import Titre

# What the confirmation page puts where nothing was typed yet: rules on a date wait for one.
_A_SAISIR = "?"
_NOMS = ("prenom", "nom", "representant_prenom", "representant_nom", "telephone", "courriel")


def _jour(contexte: Contexte, nom: str) -> date:
    """The date typed, today when nothing was."""
    saisi = contexte.donnees.get(nom)
    return saisi if isinstance(saisi, date) else aujourdhui()


# --- Guards: one sentence a refusal


def visite_passee(_candidature: Candidature, contexte: Contexte) -> Iterable[str]:
    """A visit is noted once it took place."""
    if _jour(contexte, "visite_le") > aujourdhui():
        yield "La date de la visite est dans le futur : notez-la quand elle a eu lieu."


def essai_possible(candidature: Candidature, contexte: Contexte) -> Iterable[str]:
    """A trial week has two days in order, after the visit."""
    du, au = contexte.donnees.get("essai_du"), contexte.donnees.get("essai_au")
    if not isinstance(du, date) or not isinstance(au, date):
        return
    if au < du:
        yield "La semaine d'essai finit avant de commencer : vérifiez les deux dates."
    if candidature.visite_le and du < candidature.visite_le:
        yield f"La semaine d'essai vient après la visite, faite le {montrer_date(candidature.visite_le)}."


def essai_fini(candidature: Candidature, _contexte: Contexte) -> Iterable[str]:
    """One decides after the trial week, not during it."""
    if candidature.essai_au and candidature.essai_au > aujourdhui():
        yield f"La semaine d'essai finit le {montrer_date(candidature.essai_au)} : décidez après."


def motivation_dite(candidature: Candidature, _contexte: Contexte) -> Iterable[str]:
    """Admission is on motivation: it is written."""
    if not candidature.motivation.strip():
        yield "Écrivez ce qui motive le jeune : l'admission se décide là-dessus."


def refus_explique(_candidature: Candidature, contexte: Contexte) -> Iterable[str]:
    """A refusal has a reason, and words when none of the list fits."""
    motif = contexte.donnees.get("motif_refus")
    if not motif:
        yield "Indiquez la raison du refus."
    if motif == MotifRefus.AUTRE and not str(contexte.donnees.get("precision_refus", "")).strip():
        yield "Écrivez quelle est cette autre raison."


def inscription_en_regle(candidature: Candidature, contexte: Contexte) -> Iterable[str]:
    """Every rule of an enrolment: birth date, title, age, places, representative."""
    if candidature.ne_le is None:
        yield "Indiquez la date de naissance sur la page de la candidature."
        return
    inscription, du = inscription_de(candidature, contexte), _jour(contexte, "du")
    if inscription is None:
        yield "L'école ne propose plus ce parcours : choisissez-en un autre sur la page de la candidature."
        return
    if contexte.donnees.get("du") != _A_SAISIR:
        yield from _refus_a_cette_date(inscription)
        yield from refus_de_place(candidature.ecole_id, inscription.titre_id, du)
    represente = candidature.representant_nom or inscription.apprenant.representants.exists()
    if demande_un_representant(candidature.ne_le, max(du, aujourdhui())) and not represente:
        yield SANS_REPRESENTANT


def _refus_a_cette_date(inscription: Inscription) -> list[str]:
    try:
        inscription.clean()
        inscription.validate_constraints(exclude=["personne"])
    except ValidationError as refus:
        return refus.messages
    return []


# --- What an enrolment is made of


def deja_connu(candidature: Candidature) -> Apprenant | None:
    """The learner of the school with the same name and birth date: somebody who comes back."""
    if candidature.ne_le is None:
        return None
    memes = Apprenant.objects.filter(
        ecole=candidature.ecole_id, ne_le=candidature.ne_le, anonyme_le__isnull=True
    )
    voulu = plier(f"{candidature.nom} {candidature.prenom}")
    return next((jeune for jeune in memes if plier(f"{jeune.nom} {jeune.prenom}") == voulu), None)


def titres_de(candidature: Candidature) -> list[Titre]:
    """Titles of the parcours, in the order of its steps: one begins with the first unless said otherwise."""
    etapes = EtapeParcours.objects.filter(parcours=candidature.parcours_id).order_by("rang")
    return [etape.titre for etape in etapes.select_related("titre")]


def inscription_de(candidature: Candidature, contexte: Contexte) -> Inscription | None:
    """The enrolment to come, not saved; nothing when the school offers the parcours no more."""
    offre = Offre.objects.filter(ecole=candidature.ecole_id, parcours=candidature.parcours_id)
    if candidature.ne_le is None or not offre.exists():
        return None
    titres = titres_de(candidature)
    titre = next((t for t in titres if t.pk == contexte.donnees.get("titre")), titres[0])
    jeune = deja_connu(candidature) or Apprenant(
        ecole=candidature.ecole, prenom=candidature.prenom, nom=candidature.nom, ne_le=candidature.ne_le
    )
    motif = contexte.donnees.get("motif_age", "")
    return Inscription(apprenant=jeune, titre=titre, du=_jour(contexte, "du"), motif_age=str(motif).strip())


def verrouiller_l_ecole(candidature: Candidature) -> None:
    """Places are counted one enrolment at a time."""
    verrouiller_les_places(candidature.ecole_id)


# --- Effects


def noter_la_visite(candidature: Candidature, contexte: Contexte) -> Mapping[str, Any]:
    """When they came."""
    candidature.visite_le = _jour(contexte, "visite_le")
    return {"visite_le": candidature.visite_le.isoformat()}


def noter_l_essai(candidature: Candidature, contexte: Contexte) -> Mapping[str, Any]:
    """From when to when."""
    candidature.essai_du, candidature.essai_au = contexte.donnees["essai_du"], contexte.donnees["essai_au"]
    return {"du": candidature.essai_du.isoformat(), "au": candidature.essai_au.isoformat()}


def noter_le_refus(candidature: Candidature, contexte: Contexte) -> Mapping[str, Any]:
    """Why; the journal keeps the code of the list, never the words."""
    candidature.motif_refus = str(contexte.donnees["motif_refus"])
    candidature.precision_refus = str(contexte.donnees.get("precision_refus", "")).strip()
    candidature.close_le = aujourdhui()
    return {"motif": candidature.motif_refus}


def clore(candidature: Candidature, _contexte: Contexte) -> Mapping[str, Any]:
    """The family changed its mind: nobody asks why."""
    candidature.close_le = aujourdhui()
    return {}


def inscrire(candidature: Candidature, contexte: Contexte) -> Mapping[str, Any]:
    """Write the learner, who answers for her, her enrolment; the names leave the application."""
    inscription = inscription_de(candidature, contexte)
    assert inscription is not None  # the guard said so  # noqa: S101
    jeune = inscription.apprenant
    if jeune._state.adding:
        jeune.save(force_insert=True)
    _ajouter_le_representant(candidature, jeune)
    inscription.save(force_insert=True)
    candidature.apprenant, candidature.close_le, candidature.ne_le = jeune, aujourdhui(), None
    candidature.lien = ""
    for champ in _NOMS:
        setattr(candidature, champ, "")
    return {"apprenant": str(jeune.pk), "titre": inscription.titre_id, "du": inscription.du.isoformat()}


def _ajouter_le_representant(candidature: Candidature, jeune: Apprenant) -> None:
    nom = candidature.representant_nom
    if not nom or jeune.representants.filter(nom=nom, prenom=candidature.representant_prenom).exists():
        return
    RepresentantLegal.objects.create(
        apprenant=jeune,
        lien=candidature.lien or RepresentantLegal.Lien.AUTRE,
        prenom=candidature.representant_prenom,
        nom=nom,
        telephone=candidature.telephone,
        courriel=candidature.courriel,
    )


TRANSITIONS: tuple[Transition, ...] = (
    Transition(
        "visiter", *PASSAGES["visiter"], "suivre", "Noter la visite",
        gardes=(visite_passee,), effet=noter_la_visite, champs=("visite_le",),
    ),
    Transition(
        "essayer", *PASSAGES["essayer"], "suivre", "Fixer la semaine d'essai",
        gardes=(essai_possible,), effet=noter_l_essai, champs=("essai_du", "essai_au"),
    ),
    Transition(
        "admettre", *PASSAGES["admettre"], "decider", "Admettre", gardes=(essai_fini, motivation_dite)
    ),
    Transition(
        "inscrire", *PASSAGES["inscrire"], "decider", "Inscrire",
        gardes=(inscription_en_regle,), effet=inscrire, verrou=verrouiller_l_ecole,
        champs=("titre", "du", "motif_age"),
    ),
    Transition(
        "refuser", *PASSAGES["refuser"], "decider", "Refuser",
        gardes=(refus_explique,), effet=noter_le_refus, champs=("motif_refus", "precision_refus"),
    ),
    Transition("retirer", *PASSAGES["retirer"], "suivre", "La famille se retire", effet=clore),
)  # fmt: skip

MACHINE = Machine(
    TRANSITIONS,
    chaine=lambda candidature: f"candidature:{candidature.ecole_id}",
    evenements={"creer": "Candidature reçue", "modifier": "Modification"},
)
