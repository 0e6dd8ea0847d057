"""Mails of this trade to a school: plain French, a list, a link."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import Sum

from financements.corrections import raison_accordee
from reseau.francais import de
from reseau.models import en_cours
from reseau.nombres import aujourdhui, montrer_date, montrer_montant
from reseau.roles import Role
from reseau.socle.courriels import ecrire, lien

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from django.db.models import QuerySet

    from ecoles.models import MembreEquipe
    from financements.models import Correction, Demande
    from reseau.socle.etats import Contexte, Effet

_SILENCE = """Bonjour,

La DREETS attendait votre réponse sur la demande de financement {numero} {ecole}, jusqu'au {limite}.
Rien n'est arrivé. Il manque toujours :

{points}

La DREETS reprend la demande avec ce qui est dans le dossier, qui ne se modifie plus :

{lien}

Si vous aviez répondu autrement, écrivez-lui sans attendre. Le portail vous demandera d'abord de vous
connecter.
"""
_CONFIRMATION = """Bonjour,

La DREETS a enregistré la demande de financement {numero} {ecole} d'après votre document signé :
{jeunes}, {montant}.

Relisez-la. Si tout est juste, pressez « Confirmer la demande reçue » sur sa page :

{lien}

Si quelque chose est faux, ne confirmez pas : écrivez à la DREETS. Le portail vous demandera d'abord de
vous connecter.
"""
_COMPLEMENT = """Bonjour,

La DREETS a lu la demande de financement {numero} {ecole}. Il reste à corriger :

{points}

{motif}

Répondez avant le {limite}. Seuls ces éléments sont ouverts à la modification :

{lien}

Le portail vous demandera d'abord de vous connecter.
"""


def demander_des_corrections(demande: Demande, points: Sequence[Correction]) -> None:
    """Write to each head of the school, in the transaction of the transition."""
    _ecrire(demande, points, "complement", "des éléments à corriger", _COMPLEMENT)


def dire_le_silence(demande: Demande, points: Sequence[Correction]) -> None:
    """Tell the heads of the school that their delay is over, and what was never answered."""
    _ecrire(demande, points, "silence", "la DREETS n'a pas reçu de réponse", _SILENCE)


def _ecrire(demande: Demande, points: Sequence[Correction], nature: str, objet: str, modele: str) -> None:
    """Once for each time that the file went back: later items make another key."""
    corps = modele.format(
        numero=demande.numero,
        ecole=de(demande.ecole.nom),
        points="\n".join(f"- {_point(point)}" for point in points),
        motif=demande.motif,
        limite=montrer_date(demande.echeance_le) if demande.echeance_le else "",
        lien=lien(f"/admin/financements/demande/{demande.pk}/change/"),
    )
    rang = demande.corrections.count()
    for membre in direction(demande):
        ecrire(
            cle=f"{nature}:{demande.pk}:{rang}:{membre.utilisateur_id}",
            destinataire=membre.utilisateur,
            objet=f"Demande {demande.numero} : {objet}",
            corps=corps,
        )


def en_demandant_de_confirmer(effet: Effet) -> Effet:
    """Return the effect of recording a paper that also asks the school to confirm what was typed from it."""

    def effet_et_courriel(demande: Demande, contexte: Contexte) -> Mapping[str, Any]:
        donnees = effet(demande, contexte)
        demander_de_confirmer(demande)
        return donnees

    return effet_et_courriel


def demander_de_confirmer(demande: Demande) -> None:
    """Write to each head of the school, once for each paper: a new one is to be confirmed again."""
    nombre = demande.lignes.aggregate(n=Sum("effectif_demande"))["n"] or 0
    corps = _CONFIRMATION.format(
        numero=demande.numero,
        ecole=de(demande.ecole.nom),
        jeunes=f"{nombre} jeunes" if nombre > 1 else f"{nombre} jeune",
        montant=montrer_montant(demande.montant_demande),
        lien=lien(f"/admin/financements/demande/{demande.pk}/change/"),
    )
    rang = demande.depots.count()
    for membre in direction(demande):
        ecrire(
            cle=f"confirmation:{demande.pk}:{rang}:{membre.utilisateur_id}",
            destinataire=membre.utilisateur,
            objet=f"Demande {demande.numero} : à relire et à confirmer",
            corps=corps,
        )


def _point(point: Correction) -> str:
    return f"{point.libelle} ({raison_accordee(point)})" + (f" : {point.texte}" if point.texte else "")


def direction(demande: Demande) -> QuerySet[MembreEquipe]:
    """Return the heads of the school who have an account today."""
    membres: QuerySet[MembreEquipe] = demande.ecole.membres.filter(
        en_cours(aujourdhui()), fonction=Role.DIRECTION
    )
    return membres.filter(utilisateur__is_active=True).select_related("utilisateur").order_by("du", "id")
