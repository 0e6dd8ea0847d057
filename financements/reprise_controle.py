"""A takeover beside what the portal knows: schools of the territory, files, what envelopes have left.

Every table is read once for the whole file; then each line is looked at in its order, as if those before it
were already written.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db.models import Q

from ecoles.models import Ecole, EtapeParcours, Titre
from financements.etats import SANS_FINANCEMENT
from financements.models import Campagne, Demande, Enveloppe, Reprise
from reseau.nombres import montrer_montant
from reseau.requetes import plier
from reseau.socle.controles import INFORMATION, REJET

if TYPE_CHECKING:
    from collections.abc import Iterable
    from uuid import UUID

    from reseau.models import LotImport
    from reseau.socle.controles_python import LigneLue

INCONNUE = "Cette école est inconnue dans votre territoire."
# What makes two lines the same takeover, whatever the order of the columns.
COMPAREES = (
    "ecole", "exercice", "accorde", "paye", "decision", "notification", "versements", "convention",
    "effectif", "titre", "enveloppe",
)  # fmt: skip
_PREFIXES = {"CAP": ("cap",), "CAPA": ("capa", "cap agricole", "cap"), "BAC_PRO": ("bac pro",)}


@dataclass
class Connu:
    """What the portal has of what the file names; ``restes``: AE and CP left, by envelope, EUR."""

    ecoles: list[Ecole]
    campagnes: dict[int, Campagne]
    enveloppes: dict[tuple[str, int], list[Enveloppe]]
    titres: dict[str, set[str]]
    prepares: dict[UUID, set[str]]
    reprises: dict[str, Reprise]
    pris: set[str]
    vivantes: dict[tuple[str, str], str]
    ae: dict[UUID, Decimal] = field(default_factory=dict)
    cp: dict[UUID, Decimal] = field(default_factory=dict)


def connu(lignes: Iterable[LigneLue], lot: LotImport) -> Connu:
    """Read what the lines name, in eight queries at any number of lines."""
    lignes = list(lignes)
    ecoles = list(_ecoles(lignes, lot))
    enveloppes = _territoire(Enveloppe.objects.select_related("service"), lot, "service")
    rangees: dict[tuple[str, int], list[Enveloppe]] = defaultdict(list)
    for enveloppe in enveloppes.order_by("action"):
        rangees[enveloppe.service_id, enveloppe.exercice].append(enveloppe)
    numeros = {ligne.lu["ej"] for ligne in lignes if ligne.lu["ej"]}
    reprises = _territoire(Reprise.objects.filter(annulee_le=None), lot, "demande__region")
    pris = Demande.objects.exclude(etat__in=SANS_FINANCEMENT).filter(numero_ej__in=numeros).order_by()
    campagnes = Campagne.objects.filter(exercice__in={ligne.lu["exercice"] or 0 for ligne in lignes})
    vivantes = Demande.objects.filter(ecole__in=ecoles).exclude(etat__in=SANS_FINANCEMENT).order_by()
    return Connu(
        ecoles=ecoles,
        campagnes={campagne.exercice: campagne for campagne in campagnes},
        enveloppes=rangees,
        titres=_titres(),
        prepares=_prepares(ecoles),
        reprises={r.numero_ej: r for r in reprises.filter(numero_ej__in=numeros).select_related("demande")},
        pris=set(pris.values_list("numero_ej", flat=True)),
        vivantes={
            (str(e), str(c)): n for e, c, n in vivantes.values_list("ecole_id", "campagne_id", "numero")
        },
        ae={e.pk: e.ae_disponibles for liste in rangees.values() for e in liste},
        cp={e.pk: e.cp_disponibles for liste in rangees.values() for e in liste},
    )


def _territoire(ensemble: Any, lot: LotImport, region: str) -> Any:
    return ensemble if lot.regions is None else ensemble.filter(**{f"{region}__in": lot.regions})


def _ecoles(lignes: list[LigneLue], lot: LotImport) -> Any:
    uais = {_uai(ligne) for ligne in lignes} - {""}
    noms = {plier(ligne.cellules.get("ecole", "")) for ligne in lignes} - {""}
    ici = _territoire(
        Ecole.objects.filter(fictive=settings.DEMONSTRATION), lot, "commune__departement__region"
    )
    nommees = ici.filter(Q(uai__in=uais) | Q(recherche__in=noms))
    return nommees.select_related("commune__departement").order_by("pk")


def _uai(ligne: LigneLue) -> str:
    return ligne.cellules.get("uai", "").replace(" ", "").upper()


def _titres() -> dict[str, set[str]]:
    """Every spelling of a diploma: its codes, its name alone, its name after its kind."""
    formes: dict[str, set[str]] = defaultdict(set)
    for code, rncp, genre, intitule in Titre.objects.order_by().values_list(
        "code_cfd", "code_rncp", "type", "intitule"
    ):
        nom = plier(intitule)
        for forme in (code, rncp.lower(), nom, *(f"{p} {nom}" for p in _PREFIXES.get(genre, ()))):
            formes[forme].add(code)
    return formes


def _prepares(ecoles: list[Ecole]) -> dict[UUID, set[str]]:
    etapes = EtapeParcours.objects.filter(parcours__offres__ecole__in=ecoles).order_by()
    prepares: dict[UUID, set[str]] = defaultdict(set)
    for ecole, titre in etapes.values_list("parcours__offres__ecole", "titre_id").distinct():
        prepares[ecole].add(titre)
    return prepares


def confronter(ligne: LigneLue, su: Connu, deja: dict[tuple[str, str], int]) -> None:
    """Say of a line what it would write, or why not; ``deja``: what lines before it take (kind, key)."""
    ecole = _ecole(ligne, su)
    if ecole is None:
        return
    ligne.lu |= {"ecole": str(ecole.pk), "nom": ecole.nom, "region": ecole.commune.departement.region_id}
    campagne, enveloppe = _campagne(ligne, su), _enveloppe(ligne, su)
    ligne.lu["titre"] = _titre(ligne, su, ecole)
    _dire_le_siret(ligne, ecole)
    if ligne.refusee or campagne is None or enveloppe is None:
        return
    ligne.lu |= {"campagne": str(campagne.pk), "mois": campagne.mois}
    if reprise := su.reprises.get(ligne.lu["ej"]):
        _comparer(ligne, reprise)
        return
    _dire_ce_qui_est_la(ligne, su, deja)
    if not ligne.refusee:
        _prendre(ligne, su, enveloppe)
    if not ligne.refusee:
        deja[ligne.lu["ecole"], ligne.lu["campagne"]] = ligne.numero
        _dire_la_convention(ligne, campagne)


def _dire_ce_qui_est_la(ligne: LigneLue, su: Connu, deja: dict[tuple[str, str], int]) -> None:
    """One commitment is one file, and a school has one living file a year."""
    cle = (ligne.lu["ecole"], ligne.lu["campagne"])
    if ligne.lu["ej"] in su.pris:
        ligne.dire("ej", "Ce numéro d'engagement juridique est déjà celui d'un dossier du portail.")
    if vivante := su.vivantes.get(cle):
        ligne.dire("exercice", f"L'école a déjà la demande {vivante} pour {ligne.lu['exercice']}.")
    elif cle in deja:
        phrase = f"La ligne {deja[cle]} reprend déjà un dossier de cette école pour cette année."
        ligne.dire("exercice", phrase)


def _ecole(ligne: LigneLue, su: Connu) -> Ecole | None:
    """By its UAI; else by its name and commune. A school of elsewhere is as unknown as one of nowhere."""
    uai, nom = _uai(ligne), plier(ligne.cellules.get("ecole", ""))
    if uai:
        trouvees = [e for e in su.ecoles if e.uai == uai]
    else:
        commune = plier(ligne.cellules.get("commune", ""))
        trouvees = [
            e for e in su.ecoles if nom and e.recherche == nom and (not commune or _est_a(e, commune))
        ]
    champ = "uai" if uai else "ecole"
    if not uai and not nom:
        ligne.dire("ecole", "Écrivez l'UAI de l'école, ou son nom et sa commune.", REJET)
    elif not trouvees:
        ligne.dire(champ, INCONNUE, REJET)
    elif len(trouvees) > 1:
        ligne.dire("commune", "Plusieurs écoles portent ce nom : ajoutez la commune, ou l'UAI.")
    return trouvees[0] if len(trouvees) == 1 else None


def _est_a(ecole: Ecole, commune: str) -> bool:
    lieu = ecole.commune
    return commune in {plier(lieu.nom), lieu.code.lower(), *lieu.codes_postaux}


def _campagne(ligne: LigneLue, su: Connu) -> Campagne | None:
    exercice = ligne.lu["exercice"]
    if exercice is not None and exercice not in su.campagnes:
        ligne.dire(
            "exercice", f"Le portail n'a pas de campagne {exercice} : l'administrateur l'ouvre d'abord."
        )
    return su.campagnes.get(exercice)


def _enveloppe(ligne: LigneLue, su: Connu) -> Enveloppe | None:
    """The only one of the year, or the one whose action is written."""
    possibles = su.enveloppes.get((ligne.lu["region"], ligne.lu["exercice"] or 0), [])
    dite = plier(ligne.cellules.get("enveloppe", ""))
    retenues = [e for e in possibles if not dite or dite in {plier(e.action), plier(str(e)), e.programme}]
    if len(retenues) == 1:
        ligne.lu["enveloppe"] = str(retenues[0].pk)
        return retenues[0]
    if ligne.lu["exercice"] and not possibles:
        ligne.dire("exercice", f"Votre région n'a pas d'enveloppe {ligne.lu['exercice']} : créez-la d'abord.")
    elif possibles:
        noms = ", ".join(f"« {e.action or f'programme {e.programme}'} »" for e in possibles)
        ligne.dire("enveloppe", f"Écrivez laquelle de ces enveloppes : {noms}.")
    return None


def _titre(ligne: LigneLue, su: Connu, ecole: Ecole) -> str | None:
    """The diploma of the headcount: the one written, or the only one that the school prepares."""
    ecrit, siens = ligne.cellules.get("diplome", ""), su.prepares.get(ecole.pk, set())
    trouves = su.titres.get(plier(ecrit), set()) if ecrit else siens
    choix = trouves & siens if len(trouves) > 1 and ecrit else trouves
    if len(choix) == 1 and (ecrit or ligne.lu["effectif"]):
        return next(iter(choix))
    if ecrit:
        pourquoi = (
            "désigne plusieurs diplômes : écrivez son code" if trouves else "n'est pas un diplôme connu"
        )
        ligne.dire("diplome", f"« {ecrit[:60]} » {pourquoi}.")
    elif ligne.lu["effectif"]:
        ligne.dire("diplome", "Écrivez le diplôme de ces jeunes (nom ou code), ou laissez l'effectif vide.")
    return None


def _dire_le_siret(ligne: LigneLue, ecole: Ecole) -> None:
    dit = ligne.lu.get("siret")
    if dit and ecole.siret and dit != ecole.siret:
        ligne.dire("siret", f"Le portail a le SIRET {ecole.siret} pour cette école.")
    elif not ecole.siret:
        phrase = "L'école n'a pas de SIRET dans le portail : le dossier n'entrera pas aux données ouvertes."
        ligne.dire("siret", phrase, INFORMATION)


def _comparer(ligne: LigneLue, reprise: Reprise) -> None:
    """The same commitment again: unchanged, or a difference that an import does not write over."""
    contenu = reprise.contenu
    ecarts = [champ for champ in COMPAREES if contenu.get(champ) != en_texte(ligne.lu.get(champ))]
    for champ in ecarts:
        ici = {"titre": "diplome"}.get(champ, champ)
        texte = f"Déjà repris, dossier {reprise.demande}, avec une autre valeur : un import ne la change pas."
        ligne.dire(ici, texte)
    if not ecarts:
        ligne.cible = reprise.demande_id


def en_texte(valeur: Any) -> Any:
    """Return a value as JSON keeps it: pairs become lists."""
    return [list(paire) for paire in valeur] if isinstance(valeur, list) else valeur


def _prendre(ligne: LigneLue, su: Connu, enveloppe: Enveloppe) -> None:
    """Take from the envelopes what the line commits and paid, or say what is left (F3, F4)."""
    accorde = Decimal(ligne.lu["accorde"])
    if accorde > su.ae[enveloppe.pk]:
        reste, pris = montrer_montant(su.ae[enveloppe.pk]), montrer_montant(accorde)
        ligne.dire("accorde", f"L'enveloppe ne dispose plus que de {reste}, et ce dossier en prend {pris}.")
    besoins: dict[Enveloppe, Decimal] = defaultdict(Decimal)
    for jour, montant in ligne.lu["versements"]:
        heritiere = _de_l_annee(su, enveloppe, int(jour[:4]))
        if heritiere is None:
            ligne.dire("versements", f"Aucune enveloppe de {jour[:4]} ne peut payer ce dossier.")
            return
        besoins[heritiere] += Decimal(montant)
    for payeuse, somme in besoins.items():
        if somme > su.cp[payeuse.pk]:
            reste, annee = montrer_montant(su.cp[payeuse.pk]), payeuse.exercice
            phrase = f"L'enveloppe {annee} n'a plus que {reste} de crédits de paiement : il en faut"
            ligne.dire("versements", f"{phrase} {montrer_montant(somme)}.")
    if not ligne.refusee:
        su.ae[enveloppe.pk] -= accorde
        for payeuse, somme in besoins.items():
            su.cp[payeuse.pk] -= somme
        ligne.lu["payeuses"] = {str(e.exercice): str(e.pk) for e in besoins}


def _de_l_annee(su: Connu, enveloppe: Enveloppe, annee: int) -> Enveloppe | None:
    """The envelope itself in its year, else the one of the same programme and action."""
    possibles = su.enveloppes.get((enveloppe.service_id, annee), [])
    memes = (e for e in possibles if (e.programme, e.action) == (enveloppe.programme, enveloppe.action))
    return next(memes, None)


def _dire_la_convention(ligne: LigneLue, campagne: Campagne) -> None:
    if not ligne.lu["convention"] and Decimal(ligne.lu["accorde"]) > campagne.seuil_convention:
        seuil = montrer_montant(campagne.seuil_convention)
        phrase = f"Au-dessus de {seuil}, il faudra joindre la convention signée avant de payer la suite."
        ligne.dire("convention", phrase, INFORMATION)
