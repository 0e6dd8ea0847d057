"""Reconciling an extract of Chorus with the ledger of payments.

A line that is exact, to the cent and to the commitment, becomes a :class:`Rapprochement`. Everything else is
listed and left to a person: recording a payment is the act of a liquidateur, never a file's.
"""

from __future__ import annotations

import re
from collections import defaultdict
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from financements.etats import Etat
from financements.models import Demande, Paiement, Rapprochement
from financements.models.demandes import DP_ILLISIBLE, MOTIF_DP
from reseau.nombres import SaisieInvalide, lire_date, lire_montant, montrer_date_courte, montrer_montant
from reseau.socle.controles import REJET
from reseau.socle.controles_python import LigneLue, lignes_saisies, verdicts_de
from reseau.socle.ressources import Ressource, TableEcrite, enregistrer
from reseau.socle.tableurs import Colonne

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from reseau.models import LigneImport, LotImport

_BILAN = "Rapprochement : "


class RessourceChorus(Ressource):
    """An extract of Chorus: commitment, request for payment, date, amount."""

    nature = "chorus"
    libelle = "paiements de Chorus"
    permission = "rapprochement.importer"
    colonnes = (
        Colonne("ej", "N° EJ", ("engagement juridique", "n ej", "numero ej", "ej"), indispensable=True),
        Colonne("dp", "Demande de paiement", ("n dp", "dp", "numero dp"), indispensable=True),
        Colonne("jour", "Date", ("date de paiement", "payé le", "date paiement"), indispensable=True),
        Colonne("montant", "Montant", ("montant payé", "montant ttc", "somme"), indispensable=True),
    )
    tables = (TableEcrite("financements_rapprochement", "id"),)

    def controler(self, lot: LotImport) -> str:
        """Match each line with a payment of the territory, and say the sum of it all."""
        lignes = lignes_saisies([colonne.champ for colonne in self.colonnes])
        apparier(lignes, lot)
        lot.annonces = [a for a in lot.annonces if not a.startswith(_BILAN)] + [_BILAN + bilan(lignes)]
        lot.save(update_fields=["annonces"])
        return verdicts_de(lignes)

    def verrouiller(self, lot: LotImport) -> None:
        """Nothing is changed: confirmations are only added, once a payment."""

    def ecrire(self, lot: LotImport) -> None:
        """Keep what Chorus confirms."""
        for ligne in lot.lignes.filter(verdict="creer").order_by("numero"):
            lu = ligne.lu
            ligne.cible = Rapprochement.objects.create(
                paiement_id=lu["paiement"], numero_ej=lu["ej"], numero_dp=lu["dp"], lot=lot,
                paye_le=date.fromisoformat(lu["jour"]), montant=Decimal(lu["montant"]),
            ).pk  # fmt: skip
            ligne.save(update_fields=["cible"])

    def montrer(self, ligne: LigneImport) -> str:
        """The commitment and the request for payment."""
        return ", ".join(filter(None, (ligne.lu.get("ej"), ligne.lu.get("dp"))))


def apparier(lignes: list[LigneLue], lot: LotImport) -> None:
    """Say of each line what it confirms, or why nothing."""
    vues: dict[tuple[str, str], int] = {}
    for ligne in lignes:
        ej, dp = ligne.lire("ej", lire_ej), ligne.lire("dp", _numero_dp)
        jour, montant = ligne.lire("jour", lire_date), ligne.lire("montant", _montant)
        ligne.lu = {champ: lu for champ, lu in (("ej", ej), ("dp", dp)) if lu}
        if ej and dp and jour and montant:
            ligne.lu |= {"jour": jour.isoformat(), "montant": str(montant)}
            ligne.copie = vues.setdefault((ej, dp), ligne.numero)
            ligne.copie = None if ligne.copie == ligne.numero else ligne.copie
    lisibles = [ligne for ligne in lignes if not ligne.refusee]
    _confronter(lisibles, lot)


def lire_ej(texte: str) -> str:
    """Read a number of legal commitment: ten digits, spaces left out. Raises ``SaisieInvalide``."""
    chiffres = re.sub(r"\s", "", texte).removesuffix(".0")
    if not re.fullmatch(r"[0-9]{10}", chiffres):
        raise SaisieInvalide("Un numéro d'engagement juridique a dix chiffres.")
    return chiffres


def _numero_dp(texte: str) -> str:
    numero = re.sub(r"\s", "", texte).removesuffix(".0")
    if len(numero) > 20:
        raise SaisieInvalide("Un numéro de demande de paiement a vingt caractères au plus.")
    if numero and not re.fullmatch(MOTIF_DP, numero):
        raise SaisieInvalide(DP_ILLISIBLE)
    return numero


def _montant(texte: str) -> Decimal:
    montant = lire_montant(texte)
    if montant <= 0:
        raise SaisieInvalide("Un paiement est plus grand que zéro.")
    return montant


def _confronter(lignes: list[LigneLue], lot: LotImport) -> None:
    numeros = {ligne.lu["ej"] for ligne in lignes}
    connus = set(_territoire(Demande.objects.all(), lot, "region").filter(numero_ej__in=numeros)
                 .order_by().values_list("numero_ej", flat=True))  # fmt: skip
    libres: dict[str, list[Paiement]] = defaultdict(list)
    paiements = _territoire(Paiement.objects.filter(numero_ej__in=numeros), lot, "allocation__region")
    paiements = paiements.exclude(allocation__demande__etat=Etat.RETIREE)  # a takeover taken back
    for paiement in paiements.filter(rapprochement=None).order_by("paye_le", "id"):
        libres[paiement.numero_ej].append(paiement)
    deja = {
        (r.numero_ej, r.numero_dp): r
        for r in _territoire(
            Rapprochement.objects.filter(numero_ej__in=numeros), lot, "paiement__allocation__region"
        )
    }
    for ligne in lignes:
        _dire(ligne, connus, libres[ligne.lu["ej"]], deja.get((ligne.lu["ej"], ligne.lu["dp"])))


def _territoire[Q: QuerySet[Any]](ensemble: Q, lot: LotImport, region: str) -> Q:
    return ensemble if lot.regions is None else ensemble.filter(**{f"{region}__in": lot.regions})


def _dire(ligne: LigneLue, connus: set[str], libres: list[Paiement], deja: Rapprochement | None) -> None:
    montant = Decimal(ligne.lu["montant"])
    if deja is not None:
        if deja.montant == montant:
            ligne.cible = deja.pk
        else:
            ligne.dire("montant", f"Déjà rapprochée, pour {montrer_montant(deja.montant)}.")
        return
    if ligne.lu["ej"] not in connus:
        ligne.dire("ej", "Cet engagement juridique est inconnu dans votre territoire.", REJET)
        return
    if not libres:
        ligne.dire("montant", "Aucun paiement à rapprocher n'est enregistré pour cet engagement.")
        return
    paiement = _le_plus_proche(ligne, libres)
    if paiement.montant != montant:
        ecart = montrer_montant(abs(montant - paiement.montant))
        le = montrer_date_courte(paiement.paye_le)
        ligne.lu["ecart"] = ecart
        ligne.dire(
            "montant", f"Le portail a {montrer_montant(paiement.montant)}, le {le} : écart de {ecart}."
        )
        return
    if paiement.numero_dp and paiement.numero_dp != ligne.lu["dp"]:
        ligne.dire("dp", f"Le portail a la demande de paiement {paiement.numero_dp}.")
        return
    libres.remove(paiement)
    ligne.lu["paiement"] = str(paiement.pk)


def _le_plus_proche(ligne: LigneLue, libres: list[Paiement]) -> Paiement:
    """The same request for payment, else the same amount, else the nearest one."""
    montant, jour = Decimal(ligne.lu["montant"]), date.fromisoformat(ligne.lu["jour"])
    return min(
        libres,
        key=lambda p: (
            p.numero_dp != ligne.lu["dp"],
            bool(p.numero_dp),
            abs(p.montant - montant),
            abs((p.paye_le - jour).days),
        ),
    )


def bilan(lignes: list[LigneLue]) -> str:
    """Return "11 rapprochés, 1 écart de 0,01 €, 1 inconnu".

    Gaps are among what is to be corrected: said so, when there is more, as the totals of the page count them.
    """
    faits = sum(1 for ligne in lignes if not ligne.refusee)
    ecarts = [str(ligne.lu["ecart"]) for ligne in lignes if "ecart" in ligne.lu]
    inconnus = sum(1 for ligne in lignes if any(m["niveau"] == REJET for m in ligne.messages))
    doublons = sum(1 for ligne in lignes if ligne.copie is not None)
    autres = len(lignes) - faits - len(ecarts) - inconnus - doublons
    parties = [f"{faits} rapproché{_s(faits)}"]
    detail = f" de {ecarts[0]}" if len(ecarts) == 1 else ""
    les_ecarts = f"{len(ecarts)} écart{_s(len(ecarts))}{detail}"
    if ecarts and not autres:
        parties.append(les_ecarts)
    for nombre, mot in ((inconnus, "inconnu"), (doublons, "doublon")):
        if nombre:
            parties.append(f"{nombre} {mot}{_s(nombre)}")
    if autres:
        dont = f", dont {les_ecarts}" if ecarts else ""
        parties.append(f"{autres + len(ecarts)} à corriger{dont}")
    return ", ".join(parties) + "."


def _s(nombre: int) -> str:
    return "s" if nombre > 1 else ""


enregistrer(RessourceChorus())
