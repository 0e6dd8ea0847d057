"""The school's part of the inspector's file: who it is, what it declared, its machines, who supervises."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import Prefetch

from ecoles.models import DeclarationDerogation, Encadrement, Machine, Site, TravailReglemente
from ecoles.models.securite import FONCTIONS_QUI_ENCADRENT
from ecoles.regles import MAJORITE, Declaration
from reseau.models import en_cours
from reseau.nombres import montrer_date_courte

if TYPE_CHECKING:
    from datetime import date

    from ecoles.models import Ecole


def identite(ecole: Ecole) -> dict[str, Any]:
    """Who declares: the school, what it does, where it teaches."""
    postal = next(iter(ecole.commune.codes_postaux), "")
    sites = Site.objects.filter(ecole=ecole).select_related("commune").order_by("-principal", "nom", "id")
    return {
        "nom": ecole.nom,
        "gestionnaire": ecole.gestionnaire.nom if ecole.gestionnaire else "",
        "adresse": ", ".join(filter(None, (ecole.adresse, f"{postal} {ecole.commune.nom}".strip()))),
        "uai": ecole.uai,
        "siret": ecole.siret,
        "metiers": ", ".join(ecole.filieres.order_by("rang").values_list("nom", flat=True)),
        "sites": [
            f"{site.nom} : {', '.join(filter(None, (site.adresse, site.commune.nom)))}" for site in sites
        ],
    }


def declarations_de_l_ecole(ecole: Ecole, jour: date) -> list[dict[str, Any]]:
    """What was sent to the inspectorate until that day, and until when it holds (R4153-41, R4153-44)."""
    lignes = DeclarationDerogation.objects.filter(ecole=ecole, envoyee_le__lte=jour)
    travaux = Prefetch("travaux", TravailReglemente.objects.order_by("article", "code"))
    return [
        {
            "lieu": ligne.lieu,
            "envoyee": montrer_date_courte(ligne.envoyee_le),
            "vaut": _vaut(Declaration(ligne.envoyee_le, ligne.retiree_le), jour),
            "travaux": [str(travail) for travail in ligne.travaux.all()],
        }
        for ligne in lignes.prefetch_related(travaux).order_by("-envoyee_le", "lieu", "id")
    ]


def _vaut(declaration: Declaration, jour: date) -> str:
    retiree, fin = declaration.retiree_le, montrer_date_courte(declaration.fin)
    if retiree is not None and retiree <= jour:
        return f"retirée le {montrer_date_courte(retiree)}"
    return f"jusqu'au {fin} exclu" if jour < declaration.fin else f"finie le {fin}"


def machines_de_l_ecole(ecole: Ecole) -> list[dict[str, str]]:
    """Machines as they are described today: they have no date."""
    machines = Machine.objects.filter(atelier__site__ecole=ecole, travaux__isnull=False).distinct()
    travaux = Prefetch("travaux", TravailReglemente.objects.order_by("article", "code"))
    return [
        {"machine": str(m), "lieu": f"{m.atelier.site.nom}, {m.atelier.nom}", "travaux": _travaux(m)}
        for m in machines.select_related("atelier__site")
        .prefetch_related(travaux)
        .order_by("atelier__site__nom", "atelier__nom", "designation", "repere", "id")
    ]


def _travaux(machine: Machine) -> str:
    """The works of a machine; those that nothing opens to a minor say so."""
    return ", ".join(
        str(travail) if travail.derogeable else f"{travail} : interdit avant {MAJORITE} ans"
        for travail in machine.travaux.all()
    )


def encadrants_de_l_ecole(ecole: Ecole, jour: date) -> list[dict[str, Any]]:
    """Who was named to supervise on that day, with what makes them competent."""
    nommes = Encadrement.objects.filter(
        en_cours(jour), membre__ecole=ecole, membre__fonction__in=FONCTIONS_QUI_ENCADRENT,
        membre__du__lte=jour,
    ).exclude(membre__au__lt=jour)  # fmt: skip
    travaux = Prefetch("travaux", TravailReglemente.objects.order_by("article", "code"))
    return [
        {
            "nom": str(ligne.membre.utilisateur),
            "fonction": ligne.membre.get_fonction_display(),
            "competence": ligne.competence,
            "du": montrer_date_courte(ligne.du),
            "travaux": ", ".join(travail.libelle for travail in ligne.travaux.all()),
        }
        for ligne in nommes.select_related("membre__utilisateur")
        .prefetch_related(travaux)
        .order_by("membre__utilisateur__nom", "membre__utilisateur__prenom", "du", "id")
    ]
