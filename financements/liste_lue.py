"""The files of one page of a list, with what its columns show and nothing of what a page reads."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Any

from django.contrib.postgres.fields import ArrayField
from django.db import DEFAULT_DB_ALIAS
from django.db.models import F, OuterRef, Subquery, Sum, UUIDField
from django.db.models.functions import Coalesce

from ecoles.models import Ecole
from financements.models import Campagne, Demande, Enveloppe, LigneEffectif
from reseau.socle.pretes import Parametre, Parmi, Prete

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from django.db.models import QuerySet


def _champs(modele: Any, *noms: str) -> tuple[str, ...]:
    """These columns in the order of the model, which is the one that ``from_db`` reads in."""
    return tuple(champ.attname for champ in modele._meta.concrete_fields if champ.attname in noms)


_SIENS = _champs(
    Demande,
    *("id", "numero", "voie", "etat", "montant_demande", "montant_retenu", "montant_propose"),
    *("echeance_le", "depuis_le", "ecole_id", "campagne_id"),
)
_DE_L_ECOLE = _champs(Ecole, "id", "nom")
_DE_LA_CAMPAGNE = _champs(Campagne, "id", "exercice", "periode_au", "bilan_avant_le")
_CALCULEES = ("nb_demandes", "nb_retenus", "libre")
LIBRES = F("ae_ouvertes") - F("ae_engagees") - F("ae_deleguees")


def colonnes() -> dict[str, Any]:
    """Learners asked and retained, and the AE free on the envelope, or on all those it could take."""
    lignes = LigneEffectif.objects.filter(demande=OuterRef("pk")).order_by().values("demande")
    enveloppes = Enveloppe.objects.filter(service=OuterRef("region"), exercice=OuterRef("campagne__exercice"))
    de_l_annee = enveloppes.order_by().values("exercice").annotate(n=Sum(LIBRES)).values("n")
    propre = F("enveloppe__ae_ouvertes") - F("enveloppe__ae_engagees") - F("enveloppe__ae_deleguees")
    return {
        "nb_demandes": Subquery(lignes.annotate(n=Sum("effectif_demande")).values("n")),
        "nb_retenus": Subquery(lignes.annotate(n=Sum("effectif_retenu")).values("n")),
        "libre": Coalesce(propre, Subquery(de_l_annee)),
    }


def _des_cles() -> QuerySet[Any, Any]:
    siennes = Parmi(F("pk"), Parametre("cles", ArrayField(UUIDField())))
    autour = (
        *(f"ecole__{champ}" for champ in _DE_L_ECOLE),
        *(f"campagne__{champ}" for champ in _DE_LA_CAMPAGNE),
    )
    lues = Demande.objects.filter(siennes).order_by().annotate(**colonnes())
    return lues.values_list(*_SIENS, *autour, *colonnes())


_LUES = Prete(_des_cles)


def lire_les_dossiers(cles: Sequence[UUID]) -> list[Demande]:
    """Return the files of these keys, in their order, with their :func:`colonnes`; one query."""
    lues = {lue.id: lue for lue in _LUES.lire(cles=list(cles))}
    autour: dict[UUID, Any] = {}  # a page has few schools, and fewer campaigns
    return [_dossier(lues[cle], autour) for cle in cles if cle in lues]


def _dossier(lue: Any, autour: dict[UUID, Any]) -> Demande:
    valeurs = iter(lue)
    siennes, de_l_ecole, de_la_campagne = (
        list(islice(valeurs, len(champs))) for champs in (_SIENS, _DE_L_ECOLE, _DE_LA_CAMPAGNE)
    )
    demande = Demande.from_db(DEFAULT_DB_ALIAS, _SIENS, siennes)
    for nom, modele, champs, siens in (
        ("ecole", Ecole, _DE_L_ECOLE, de_l_ecole),
        ("campagne", Campagne, _DE_LA_CAMPAGNE, de_la_campagne),
    ):
        cle = siens[champs.index("id")]
        if cle not in autour:
            autour[cle] = modele.from_db(DEFAULT_DB_ALIAS, champs, siens)
        demande._state.fields_cache[nom] = autour[cle]
    vars(demande).update(zip(_CALCULEES, valeurs, strict=True))
    return demande
