"""Bank details of a school: the new ones end the old ones, and wait for a second person."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.urls import reverse

from ecoles.models import CoordonneesBancaires
from ecoles.rubriques import Fait, Liens, Section
from reseau.nombres import montrer_date_courte
from reseau.socle.a_faire import Ligne, Rubrique

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from ecoles.models import Ecole
    from reseau.models import Utilisateur

NB_LIGNES = 8
VISIBLES = 4  # digits that stay readable at each end


def masquer(iban: str) -> str:
    """Return "FR76 … 0189": enough to recognise it, not enough to use it."""
    return f"{iban[:VISIBLES]} … {iban[-VISIBLES:]}"


_AVANT = Exists(CoordonneesBancaires.objects.filter(ecole=OuterRef("ecole"), du__lt=OuterRef("du")))


def a_confirmer(coordonnees: QuerySet[CoordonneesBancaires]) -> QuerySet[CoordonneesBancaires]:
    """Keep the changes of IBAN that wait for a second person; the first IBAN of a school is no change."""
    return coordonnees.filter(_AVANT, confirme_par=None, au=None)


def attend_une_seconde_personne(coordonnees: CoordonneesBancaires) -> bool:
    """Whether money waits for these details to be confirmed."""
    return a_confirmer(CoordonneesBancaires.objects.filter(pk=coordonnees.pk)).exists()


def refus_du_nouvel_iban(nouveau: CoordonneesBancaires) -> dict[str, str]:
    """Return, by field, why these details cannot follow the present ones."""
    actuel = _actuel(nouveau)
    if actuel is None:
        return {}
    if actuel.iban == nouveau.iban:
        return {"iban": "C'est déjà l'IBAN de l'école."}
    if nouveau.du <= actuel.du:
        return {"du": "Le nouvel IBAN commence après celui d'aujourd'hui, qui vaut depuis le même jour."}
    return {}


def enregistrer(nouveau: CoordonneesBancaires, par: Utilisateur) -> None:
    """End the present details on the eve, and write the new ones; one transaction."""
    with transaction.atomic():
        actuel = _actuel(nouveau)
        if actuel is not None:
            actuel.au = nouveau.du - timedelta(days=1)
            actuel.save(update_fields=["au"])
        nouveau.saisi_par = par
        nouveau.save(force_insert=True)


def retirer(coordonnees: CoordonneesBancaires) -> None:
    """Take back details that nobody confirmed; those before hold again. One transaction."""
    with transaction.atomic():
        veille = coordonnees.du - timedelta(days=1)
        precedentes = CoordonneesBancaires.objects.filter(ecole=coordonnees.ecole_id, au=veille)
        coordonnees.delete()
        precedentes.update(au=None)


def _actuel(nouveau: CoordonneesBancaires) -> CoordonneesBancaires | None:
    siennes = CoordonneesBancaires.objects.filter(ecole=nouveau.ecole_id, au=None).exclude(pk=nouveau.pk)
    return siennes.order_by("-du").first()


def section_du_compte(ecole: Ecole, liens: Liens) -> tuple[Section, ...]:
    """The account where the State pays, for whoever may read it."""
    if not liens.utilisateur.has_perm("coordonneesbancaires.voir"):
        return ()
    siennes = CoordonneesBancaires.objects.visibles_par(liens.utilisateur).filter(ecole=ecole, au=None)
    faits = tuple(
        Fait(
            masquer(ligne.iban),
            (f"depuis le {montrer_date_courte(ligne.du)}",),
            ("À confirmer par la DREETS avant le prochain paiement.",)
            if ligne.remplace and ligne.confirme_par_id is None
            else (),
        )
        for ligne in siennes.annotate(remplace=_AVANT).order_by("du", "id")
    )
    texte = "Changer d'IBAN" if faits else "Ajouter l'IBAN"
    ajouter = liens.ajouter(CoordonneesBancaires, texte)
    return (Section("compte", "Compte bancaire", faits, "Aucun IBAN : l'État ne peut pas payer.", ajouter),)


def rubrique_des_ibans(utilisateur: Utilisateur) -> list[Rubrique]:
    """Changes of IBAN that wait for this person on her home page; nothing to show without any."""
    siennes = a_confirmer(CoordonneesBancaires.objects.visibles_par(utilisateur, "confirmer"))
    lignes = tuple(
        Ligne(
            lien=reverse("admin:ecoles_coordonneesbancaires_change", args=[ligne.pk]),
            cellules=(ligne.ecole.nom, masquer(ligne.iban), montrer_date_courte(ligne.du)),
        )
        for ligne in siennes.select_related("ecole").order_by("du", "id")[:NB_LIGNES]
    )
    if not lignes:
        return []
    return [
        Rubrique(
            titre="IBAN à confirmer",
            entetes=("École", "Nouvel IBAN", "À partir du"),
            lignes=lignes,
            vide="",
            total=len(lignes) if len(lignes) < NB_LIGNES else siennes.count(),
            tout=reverse("admin:ecoles_coordonneesbancaires_changelist"),
        )
    ]
