"""Record the minutes of a whole group on an order: everyone is saved, whatever the rules say of each.

What a rule refuses is kept "à régulariser" with what is missing; what it allows is validated. One key by
learner and entry: sending the same page twice records it once.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING
from uuid import UUID, uuid5

from django.db import transaction
from django.db.models import Sum

from commandes.etats import A_L_ATELIER, MACHINE, Etat
from commandes.models import Pointage
from ecoles.models import Apprenant, Inscription
from ecoles.preuves import charger_declarations, charger_jeunes
from ecoles.regles import alertes_de_duree, refus_de_duree, refus_de_travail
from reseau.models import en_cours
from reseau.nombres import maintenant, montrer_date

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from commandes.models import Commande, LigneCommande
    from ecoles.models import BlocCompetences, TravailReglemente
    from ecoles.regles import Jeune
    from reseau.models import Utilisateur
    from reseau.socle.etats import Contexte

DELAI_ANNULATION = timedelta(minutes=10)


@dataclass(frozen=True)
class Saisie:
    """What was tapped: an order, a duration in minutes, a day, and who was there.

    ``lot`` names the entry: the same page sent twice bears the same one.
    """

    lot: UUID
    commande: Commande
    ligne: LigneCommande | None
    travail: TravailReglemente | None
    bloc: BlocCompetences | None
    jour: date
    minutes: int
    apprenants: Sequence[Apprenant]
    encadrant: Utilisateur

    @property
    def contenu(self) -> str:
        """What was tapped, as a text: the same taps give the same one."""
        quoi = (self.commande.pk, self.ligne and self.ligne.pk, self.jour, self.minutes)
        return ":".join(map(str, (*quoi, *sorted(a.pk for a in self.apprenants))))


@dataclass(frozen=True)
class Bilan:
    """What was done with an entry: validated, kept to be settled (with the sentences), warnings."""

    nb_valides: int
    a_regulariser: tuple[tuple[str, str], ...]
    alertes: tuple[str, ...]
    deja_recue: bool = False

    @property
    def nb(self) -> int:
        """How many learners were recorded."""
        return self.nb_valides + len(self.a_regulariser)


def enregistrer(saisie: Saisie, contexte: Contexte) -> Bilan:
    """Save everybody's minutes in one transaction and one line of the journal.

    Learners are locked first: two phones that add to the same day wait for each other.
    """
    with transaction.atomic():
        cles = [apprenant.pk for apprenant in saisie.apprenants]
        verrou = Apprenant.objects.select_for_update(no_key=True).filter(pk__in=cles).order_by("pk")
        presents = list(verrou)
        connue = _connue(saisie)
        if connue:
            return Bilan(0, (), (), deja_recue=True)
        if connue is not None:  # the page came back and was changed: another entry, never a lost one
            saisie = replace(saisie, lot=uuid5(saisie.lot, saisie.contenu))
            if _connue(saisie):
                return Bilan(0, (), (), deja_recue=True)
        lignes, bilan = _examiner(saisie, presents, contexte)
        Pointage.objects.bulk_create(lignes, ignore_conflicts=True)
        donnees = {"lot": str(saisie.lot), "minutes": saisie.minutes, "nb": len(lignes)}
        etat = saisie.commande.etat
        MACHINE.consigner(saisie.commande, contexte, "noter_heures", etat, etat, donnees)
    return bilan


def _connue(saisie: Saisie) -> bool | None:
    """Whether this very entry is recorded; False if its name holds another content, None if nothing."""
    lignes = Pointage.objects.filter(lot=saisie.lot).order_by("apprenant_id")
    faites = list(lignes.values_list("apprenant_id", "commande_id", "ligne_id", "jour", "minutes"))
    if not faites:
        return None
    suite = (saisie.commande.pk, saisie.ligne.pk if saisie.ligne else None, saisie.jour, saisie.minutes)
    return faites == [(cle, *suite) for cle in sorted(a.pk for a in saisie.apprenants)]


def _examiner(saisie: Saisie, presents: list[Apprenant], contexte: Contexte) -> tuple[list[Pointage], Bilan]:
    jeunes = charger_jeunes(presents)
    declarations = charger_declarations({saisie.commande.ecole_id})
    titres = _titres(presents, saisie.jour)
    totaux = _totaux(presents, saisie.jour)
    lignes, a_regulariser, alertes = [], [], []
    for apprenant in presents:
        jeune = jeunes[apprenant.pk]
        du_jour, semaine = (total + saisie.minutes for total in totaux[apprenant.pk])
        refus = _refus(saisie, jeune, declarations, apprenant.pk in titres)
        refus += refus_de_duree(jeune, saisie.jour, du_jour, semaine)
        if refus:
            a_regulariser.append((apprenant.prenom, " ".join(refus)))
        else:
            alertes += alertes_de_duree(jeune, saisie.jour, du_jour, semaine)
        lignes.append(_pointage(saisie, apprenant, titres.get(apprenant.pk), refus, contexte))
    return lignes, Bilan(len(lignes) - len(a_regulariser), tuple(a_regulariser), tuple(alertes))


def _refus(
    saisie: Saisie, jeune: Jeune, declarations: dict[tuple[UUID, str], list[date]], inscrit: bool
) -> list[str]:
    refus = [] if inscrit else [f"{jeune.prenom} n'est pas inscrit ce jour-là."]
    refus += _refus_de_commande(saisie.commande, saisie.jour)
    if saisie.travail is not None:
        envois = declarations.get((saisie.commande.ecole_id, saisie.travail.pk), [])
        refus += refus_de_travail(jeune, saisie.travail, saisie.jour, envois, encadre=True)
    return refus


def _refus_de_commande(commande: Commande, jour: date) -> list[str]:
    """An order that was closed meanwhile, or came later: the minutes were worked all the same."""
    if jour < commande.recue_le:
        return [f"La commande {commande.numero} n'est arrivée que le {montrer_date(commande.recue_le)}."]
    livree_apres = commande.etat == Etat.LIVREE and commande.livree_le and commande.livree_le >= jour
    if commande.etat in A_L_ATELIER or livree_apres:
        return []
    return [f"La commande {commande.numero} est « {commande.get_etat_display()} »."]


def _pointage(
    saisie: Saisie, apprenant: Apprenant, titre: str | None, refus: list[str], contexte: Contexte
) -> Pointage:
    bloc = saisie.bloc if saisie.bloc is not None and saisie.bloc.titre_id == titre else None
    return Pointage(
        cle=uuid5(saisie.lot, str(apprenant.pk)),
        lot=saisie.lot,
        commande=saisie.commande,
        ligne=saisie.ligne,
        apprenant=apprenant,
        bloc=bloc,
        travail=saisie.travail,
        jour=saisie.jour,
        minutes=saisie.minutes,
        etat=Pointage.Etat.A_REGULARISER if refus else Pointage.Etat.VALIDE,
        motif=" ".join(refus)[:600],
        encadrant=saisie.encadrant,
        saisi_par=contexte.utilisateur,
    )


def _titres(presents: Iterable[Apprenant], jour: date) -> dict[UUID, str]:
    """Title that each learner is taught on that day."""
    inscriptions = Inscription.objects.filter(en_cours(jour), apprenant__in=list(presents))
    return dict(inscriptions.values_list("apprenant_id", "titre_id"))


def _totaux(presents: Iterable[Apprenant], jour: date) -> dict[UUID, tuple[int, int]]:
    """Validated minutes of each learner already recorded: that day, that week (Monday to Sunday)."""
    lundi = jour - timedelta(days=jour.weekday())
    semaine = Pointage.objects.valides().filter(
        apprenant__in=list(presents), jour__range=(lundi, lundi + timedelta(days=6))
    )
    totaux: defaultdict[UUID, tuple[int, int]] = defaultdict(lambda: (0, 0))
    for cle, quand, minutes in (
        semaine.values_list("apprenant_id", "jour").annotate(s=Sum("minutes")).order_by()
    ):
        du_jour, total = totaux[cle]
        totaux[cle] = (du_jour + (minutes if quand == jour else 0), total + minutes)
    return totaux


def annuler(lot: UUID, contexte: Contexte) -> int:
    """Undo one's own entry within ten minutes; return how many learners it held, 0 when refused."""
    with transaction.atomic():
        depuis = maintenant() - DELAI_ANNULATION
        lignes = Pointage.objects.filter(lot=lot, saisi_par=contexte.utilisateur, saisi_le__gte=depuis)
        premiere = lignes.select_related("commande").order_by("pk").first()
        if premiere is None:
            return 0
        nb, _ = lignes.delete()
        etat = premiere.commande.etat
        MACHINE.consigner(
            premiere.commande, contexte, "annuler_heures", etat, etat, {"lot": str(lot), "nb": nb}
        )
    return nb


def regulariser(pointage: Pointage, contexte: Contexte) -> list[str]:
    """Look at the rules again; validate when nothing is missing any more, else return what still is."""
    with transaction.atomic():
        frais = Pointage.objects.select_for_update(of=("self",)).get(pk=pointage.pk)
        if frais.etat == Pointage.Etat.VALIDE:
            return []
        apprenant = Apprenant.objects.select_for_update(no_key=True).get(pk=frais.apprenant_id)
        saisie = Saisie(
            frais.lot, frais.commande, frais.ligne, frais.travail, frais.bloc, frais.jour, frais.minutes,
            (apprenant,), frais.encadrant or contexte.utilisateur,
        )  # fmt: skip
        _, bilan = _examiner(saisie, [apprenant], contexte)
        if bilan.a_regulariser:
            return [texte for _, texte in bilan.a_regulariser]
        frais.etat, frais.motif, frais.encadrant = Pointage.Etat.VALIDE, "", saisie.encadrant
        frais.save(update_fields=["etat", "motif", "encadrant"])
        etat = frais.commande.etat
        MACHINE.consigner(frais.commande, contexte, "regulariser", etat, etat, {"pointage": str(frais.pk)})
    return []
