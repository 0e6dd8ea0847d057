"""Fictional schools on real communes: a dozen with a name and a part to play, then any number."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from django.db.models import Q
from django.utils.text import slugify

from ecoles.models import DeclarationDerogation, Ecole, Gestionnaire, Offre, Titre
from reseau.management.demonstration import identifiants
from reseau.management.demonstration.hasard import parts, tirage
from reseau.management.demonstration.noms import ATELIERS, LIEUX, RUES
from reseau.management.demonstration.titres import BAC, CAP
from reseau.management.demonstration.versement import verser
from reseau.models import Commune
from reseau.nombres import aujourdhui

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

DEUX_RIVES, FONDERIE, GARAGE = "Atelier des Deux Rives", "Fonderie du Plateau", "Garage-école des Combes"
# Works of each trade that a minor does only under the safety rule.
TRAVAUX = {
    "industrie": ("machines", "rayons_optiques", "fusion"),
    "automobile": ("levage", "chimique"),
    "batiment": ("machines", "rayons_optiques", "hauteur"),
    "bois": ("machines",),
    "terre": ("levage",),
}
_COUTS = (
    "45 € par mois pendant dix mois, repas non compris.",
    "600 € par an, payables en dix fois. Bourse possible.",
    "Selon les revenus, de 20 à 90 € par mois.",
    "",
)


@dataclass(frozen=True)
class Modele:
    """What a school is before it has rows: name, commune, trade, titles."""

    rang: int
    nom: str
    slug: str
    commune: str
    filiere: str
    titres: tuple[str, ...]


# The first twelve: seven in 84, two in 32, two in 52, one in 76 where no budget is open.
NOMMEES = (
    (DEUX_RIVES, "42207", "industrie", (CAP, BAC)),
    (FONDERIE, "43157", "industrie", (CAP, "40025013")),
    (GARAGE, "26362", "automobile", ("50025225", "40025224")),
    ("Menuiserie du Grand Sapin", "74010", "bois", ("50023447", "40023405")),
    ("Chaudronnerie de la Limagne", "63113", "industrie", ("50025437", "40025411")),
    ("Chantier-école des Terres Froides", "38053", "batiment", ("50023329", "40025406")),
    ("Cuisine-école de la Rize", "69266", "restauration", ("50022146", "40022106")),
    ("Atelier du Beffroi", "62041", "industrie", ("50025438", "40025411")),
    ("Carrosserie des Terrils", "62498", "automobile", ("50025441", "40025412")),
    ("Menuiserie de l'Erdre", "44109", "bois", ("50023449", "40023405")),
    ("Fabrique des Mauges", "49099", "industrie", ("50024323",)),
    ("Jardin-école du Lauragais", "31555", "terre", ("50321405", "40321405")),
)
_SANS_TELEPHONE, _SANS_COURRIEL, _A_CONFIRMER = {5, 8}, {8}, {10}


def semer_ecoles(nombre: int, graine: int) -> int:
    """Bring the fictional schools up to ``nombre``; return how many were added."""
    presentes = Ecole.objects.filter(fictive=True).count()
    modeles = list(_modeles(presentes, nombre))
    jour = aujourdhui()
    ecoles = [_ecole(modele, graine, jour) for modele in modeles]
    verser(Gestionnaire, [ecole.gestionnaire for ecole in ecoles if ecole.gestionnaire])
    verser(Ecole, ecoles)
    liens = Ecole.filieres.through
    paires = list(zip(ecoles, modeles, strict=True))
    verser(liens, [liens(ecole_id=e.pk, filiere_id=m.filiere) for e, m in paires])
    verser(Offre, [offre for e, m in paires for offre in _offres(e, m, graine, jour)])
    _declarer(paires, jour)
    return len(ecoles)


def rang_de(ecole: Ecole) -> int:
    """Return the rank at which a fictional school was made: its SIREN says it."""
    return int(ecole.siret[3:8]) - identifiants.ECOLES


def _modeles(debut: int, fin: int) -> Iterator[Modele]:
    for rang, (nom, commune, filiere, titres) in enumerate(NOMMEES[debut:fin], debut):
        yield Modele(rang, nom, slugify(nom), commune, filiere, titres)
    if fin > len(NOMMEES):
        yield from _autres(range(max(debut, len(NOMMEES)), fin))


def _autres(rangs: range) -> Iterator[Modele]:
    """Yield schools without a part: spread over the communes of some size, whatever the region."""
    communes = list(
        Commune.objects.filter(population__gte=2_500, latitude__isnull=False).order_by("recherche", "code")
    )
    titres = _titres_par_filiere()
    filieres = sorted(titres)
    for rang in rangs:
        filiere = filieres[rang % len(filieres)]
        atelier = ATELIERS[filiere][rang // 6 % len(ATELIERS[filiere])]
        commune = communes[rang * 379 % len(communes)]
        nom = f"{atelier} {LIEUX[rang // 24 % len(LIEUX)]}"
        slug = slugify(f"{nom} {commune.nom} {commune.departement_id}")
        bas, hauts = titres[filiere]
        paire = {bas[rang % len(bas)], hauts[rang % len(hauts)]}
        yield Modele(rang, nom, slug, commune.code, filiere, tuple(sorted(paire)))


def _titres_par_filiere() -> dict[str, tuple[list[str], list[str]]]:
    """Open titles of each trade: those of level 3, those of level 4."""
    ouverts = Titre.objects.filter(Q(ferme_le__isnull=True)).order_by("code_cfd")
    classes: dict[str, tuple[list[str], list[str]]] = defaultdict(lambda: ([], []))
    for titre in ouverts:
        classes[titre.filiere_id][titre.niveau == 4].append(titre.code_cfd)
    return {cle: (bas or hauts, hauts or bas) for cle, (bas, hauts) in classes.items()}


def _ecole(modele: Modele, graine: int, jour: date) -> Ecole:
    hasard = tirage(graine, "ecole", modele.rang)
    siren = identifiants.siren(identifiants.ECOLES + modele.rang)
    return Ecole(
        nom=modele.nom,
        slug=modele.slug,
        siret=identifiants.siret(identifiants.ECOLES + modele.rang),
        gestionnaire=Gestionnaire(nom=f"Association {modele.nom}", siren=siren),
        commune_id=modele.commune,
        adresse=f"{hasard.randint(1, 90)} {hasard.choice(RUES)}",
        telephone="" if modele.rang in _SANS_TELEPHONE else identifiants.telephone(modele.rang),
        courriel="" if modele.rang in _SANS_COURRIEL else f"{modele.slug[:60]}@ecoles.invalid",
        annee_ouverture=hasard.randint(1995, jour.year - 2),
        effectif=38 if modele.rang == 0 else hasard.randint(18, 44),
        effectif_annee=jour.year,
        internat=parts({"oui": 3, "non": 6, "": 2}, hasard),
        cout=hasard.choice(_COUTS),
        taille_groupe=hasard.choice((8, 10, 12, None)),
        publication=Ecole.Publication.PUBLIEE,
        verification=_verification(modele.rang, hasard.random()),
        source="École inventée pour la démonstration",
        verifiee_le=jour - timedelta(days=hasard.randint(5, 200)),
        fictive=True,
    )


def _verification(rang: int, sort: float) -> str:
    doute = rang in _A_CONFIRMER or (rang >= len(NOMMEES) and sort < 0.05)
    return Ecole.Verification.A_CONFIRMER if doute else Ecole.Verification.OUI


def _offres(ecole: Ecole, modele: Modele, graine: int, jour: date) -> Iterator[Offre]:
    for titre in modele.titres:
        hasard = tirage(graine, "offre", modele.rang, titre)
        anciennete = 12 if modele.rang == 0 else 55
        comptees = modele.rang == 0 or hasard.random() < 0.8
        yield Offre(
            ecole=ecole,
            parcours_id=titre,
            capacite=hasard.choice((12, 24, 36)),
            places=hasard.choice((0, 0, 1, 2, 3, 5)) if comptees else None,
            places_le=jour - timedelta(days=hasard.randint(2, anciennete)) if comptees else None,
            entree_en_cours_d_annee=parts({"oui": 4, "non": 3, "": 3}, hasard),
        )


def _declarer(paires: list[tuple[Ecole, Modele]], jour: date) -> None:
    """Each school has sent its declaration for the works of its trade, two to three years ago."""
    liens = DeclarationDerogation.travaux.through
    declarations, travaux = [], []
    for ecole, modele in paires:
        declaration = DeclarationDerogation(
            ecole=ecole,
            lieu="Atelier principal",
            envoyee_le=jour - timedelta(days=980 - modele.rang * 37 % 300),
        )
        declarations.append(declaration)
        travaux += [
            liens(declarationderogation_id=declaration.pk, travailreglemente_id=code)
            for code in TRAVAUX.get(modele.filiere, ())
        ]
    verser(DeclarationDerogation, declarations)
    verser(liens, travaux)
