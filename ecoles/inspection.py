"""What the inspector's file says (code du travail, R4153-41 and R4153-45): plain texts, frozen in its PDF.

For each learner under age on a day: who she is, what she learns, her opinion, her safety trainings, who
supervises; what is in order, and every missing piece in the sentences of ``ecoles.regles``.
Medical data: fit or not and dates only.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ecoles.classes import annee_scolaire
from ecoles.diplomes import duree_en_mots
from ecoles.inspection_ecole import (
    declarations_de_l_ecole,
    encadrants_de_l_ecole,
    identite,
    machines_de_l_ecole,
)
from ecoles.models import Inscription, Titre, TravailReglemente
from ecoles.preuves import charger_declarations, charger_designations, charger_jeunes
from ecoles.regles import MAJORITE, age_le, designes, refus_de_l_ecole, refus_de_travail
from reseau.models import en_cours
from reseau.nombres import INSECABLE, maintenant, montrer_date, montrer_date_courte, montrer_instant
from reseau.socle.documents import figer

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from ecoles.models import Apprenant, DossierInspection, Ecole
    from ecoles.regles import Declaration, Formation, Jeune, Refus
    from reseau.models import Utilisateur

GABARIT = "ecoles/inspection_pdf.html"
# What is the school's to bring is said once; the rest is said for each learner.
DE_L_ECOLE = frozenset({"declaration", "encadrant"})


@dataclass(frozen=True)
class Preuves:
    """What the school can show on a day. ``travaux``: derogable works that it declared, does or taught."""

    jour: date
    travaux: Sequence[TravailReglemente]
    declarations: dict[str, list[Declaration]]
    encadrants: dict[str, list[str]]

    def refus(self, jeune: Jeune, travail: TravailReglemente) -> list[Refus]:
        """Every reason why this learner may not do this work on the day."""
        encadre = bool(self.encadrants.get(travail.code))
        envois = self.declarations.get(travail.code, [])
        return refus_de_travail(jeune, travail, self.jour, envois, encadre=encadre)

    def refus_de_l_ecole(self) -> list[str]:
        """What the school lacks, work by work."""
        return [
            _sur_papier(refus)
            for travail in self.travaux
            for refus in refus_de_l_ecole(
                travail,
                self.jour,
                self.declarations.get(travail.code, []),
                encadre=bool(self.encadrants.get(travail.code)),
            )
        ]


def mineurs_le(
    ecole: Ecole, jour: date, titre: Titre | None = None, annee: int | None = None
) -> list[Inscription]:
    """Return the enrolments on ``jour`` of learners under 18 that day, by diploma then name.

    ``annee``: only those in this year of their diploma, from 1; school years begin in September.
    """
    inscriptions = Inscription.objects.filter(
        en_cours(jour), apprenant__ecole=ecole, apprenant__anonyme_le__isnull=True
    )
    if titre is not None:
        inscriptions = inscriptions.filter(titre=titre)
    lues = inscriptions.select_related("apprenant", "titre").order_by(
        "titre__niveau", "titre__intitule", "apprenant__nom", "apprenant__prenom", "id"
    )
    return [
        inscription
        for inscription in lues
        if age_le(inscription.apprenant.ne_le, jour) < MAJORITE
        and annee in {None, annee_scolaire(jour) - annee_scolaire(inscription.du) + 1}
    ]


def produire_dossier(dossier: DossierInspection, par: Utilisateur) -> list[Apprenant]:
    """Fill in the row and freeze its document, inside the caller's transaction; return who it names."""
    mineurs = mineurs_le(dossier.ecole, dossier.jour, dossier.titre, dossier.annee)
    contexte = contexte_du_dossier(dossier.ecole, dossier.jour, dossier.pour, mineurs, par)
    dossier.nb_jeunes = len(mineurs)
    dossier.nb_incomplets = sum(not jeune["en_regle"] for jeune in contexte["jeunes"])
    dossier.produit_par = par
    jour = montrer_date_courte(dossier.jour)
    dossier.document = figer(
        gabarit=GABARIT,
        contexte=contexte,
        titre=f"Dossier pour l'inspection du travail, {dossier.ecole.nom}, {jour}",
        nom_fichier=f"inspection-{dossier.ecole.slug}-{dossier.jour:%Y-%m-%d}.pdf",
        effacable=True,
    )
    return [inscription.apprenant for inscription in mineurs]


def contexte_du_dossier(
    ecole: Ecole, jour: date, pour: str, mineurs: Sequence[Inscription], par: Utilisateur
) -> dict[str, Any]:
    """Return every value that the file prints, as texts."""
    preuves = _preuves(ecole, jour, mineurs)
    manques = preuves.refus_de_l_ecole()
    fiches = _jeunes(mineurs, preuves)
    return {
        "jour": montrer_date(jour),
        "qui": f"les jeunes de « {pour} »" if pour else "tous les jeunes",
        "produit": {"le": montrer_instant(maintenant()), "par": par.get_full_name() or "la direction"},
        "demonstration": ecole.fictive,
        "ecole": identite(ecole),
        "formations": [str(t) for t in Titre.objects.proposes_par(ecole.pk).order_by("niveau", "intitule")],
        "declarations": declarations_de_l_ecole(ecole, jour),
        "machines": machines_de_l_ecole(ecole),
        "encadrants": encadrants_de_l_ecole(ecole, jour),
        "travaux": [str(travail) for travail in preuves.travaux],
        "manques": manques,
        "jeunes": fiches,
        "bilan": {
            "jeunes": str(len(fiches)),
            "en_regle": str(sum(fiche["en_regle"] for fiche in fiches)),
            "incomplets": str(sum(not fiche["en_regle"] for fiche in fiches)),
        },
    }


def _preuves(ecole: Ecole, jour: date, mineurs: Sequence[Inscription]) -> Preuves:
    """Works: those declared until that day, those of the machines, those that a learner was trained for."""
    apprenants = [inscription.apprenant_id for inscription in mineurs]
    travaux = TravailReglemente.objects.filter(derogeable=True)
    concernes = (
        travaux.filter(declarations__ecole=ecole, declarations__envoyee_le__lte=jour).values("pk")
        .union(travaux.filter(machines__atelier__site__ecole=ecole).values("pk"))
        .union(travaux.filter(formations__apprenant__in=apprenants).values("pk"))
    )  # fmt: skip
    nommes = {code: designes(liste, jour) for (_, code), liste in charger_designations([ecole.pk]).items()}
    noms = {
        m.utilisateur_id: str(m.utilisateur)
        for m in ecole.membres.select_related("utilisateur").order_by("du", "id")
    }
    return Preuves(
        jour,
        list(travaux.filter(pk__in=concernes).order_by("article", "code")),
        {code: envois for (_, code), envois in charger_declarations([ecole.pk]).items()},
        {code: sorted(noms[cle] for cle in cles) for code, cles in nommes.items()},
    )


def _jeunes(mineurs: Sequence[Inscription], preuves: Preuves) -> list[dict[str, Any]]:
    jeunes = charger_jeunes(inscription.apprenant for inscription in mineurs)
    return [_fiche(inscription, jeunes[inscription.apprenant_id], preuves) for inscription in mineurs]


def _fiche(inscription: Inscription, jeune: Jeune, preuves: Preuves) -> dict[str, Any]:
    """One learner. What the school lacks closes a work to her too, and is written elsewhere."""
    jour, apprenant = preuves.jour, inscription.apprenant
    refus = {travail.code: preuves.refus(jeune, travail) for travail in preuves.travaux}
    siens = [r for liste in refus.values() for r in liste if r.piece not in DE_L_ECOLE]
    return {
        "nom": f"{apprenant.prenom} {apprenant.nom}",
        "ne_le": montrer_date_courte(apprenant.ne_le),
        "age": str(age_le(apprenant.ne_le, jour)),
        "formation": str(inscription.titre),
        "duree": duree_en_mots(inscription.titre.duree_mois),
        "entree": montrer_date_courte(inscription.du),
        "avis": _avis(jeune, jour),
        "travaux": [
            {
                "travail": str(travail),
                "formation": _formation(jeune.formations.get(travail.code), jour),
                "encadre": ", ".join(preuves.encadrants.get(travail.code, [])) or "personne",
                "situation": "pas permis" if refus[travail.code] else "en règle",
            }
            for travail in preuves.travaux
        ],
        "manques": list(dict.fromkeys(_sur_papier(r) for r in siens)),
        "en_regle": not any(refus.values()),
    }


def _sur_papier(phrase: str) -> str:
    """Quotation marks never part from what they quote."""
    return phrase.replace("« ", f"«{INSECABLE}").replace(" »", f"{INSECABLE}»")


def _avis(jeune: Jeune, jour: date) -> str:
    """The opinion that decides on the day, else the last one."""
    connus = [avis for avis in jeune.avis if avis.du <= jour]
    if not connus:
        return "aucun avis enregistré"
    avis = max(connus, key=lambda a: (a.au >= jour, a.du, not a.apte))
    periode = f"du {montrer_date_courte(avis.du)} au {montrer_date_courte(avis.au)}"
    return f"{'apte' if avis.apte else 'inapte'}, {periode}"


def _formation(formation: Formation | None, jour: date) -> str:
    if formation is None or formation.donnee_le > jour:
        return "pas donnée"
    donnee = f"donnée le {montrer_date_courte(formation.donnee_le)}"
    if formation.evaluee_le is None or formation.evaluee_le > jour:
        return f"{donnee}, pas évaluée"
    return f"{donnee}, évaluée le {montrer_date_courte(formation.evaluee_le)}"
