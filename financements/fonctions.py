"""Who holds which duty of the funding, in each service: until when, what stops without her, what collides.

A file wants three persons to its decision, and others to pay and to certify: transitions refuse one person
for two duties of the same file (F7, F8, row 18), and this page says it before a file gets there.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from itertools import chain
from typing import TYPE_CHECKING, Any, Final

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import FilteredRelation, OuterRef, Q

from reseau.francais import de
from reseau.models import AffectationDreets, ServiceRegional, en_cours
from reseau.nombres import aujourdhui, montrer_date_courte
from reseau.roles import Role
from reseau.socle.pretes import PreteParPersonne

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import date

    from django.db.models import QuerySet

    from reseau.models import Utilisateur

# What each duty does, and what stops while nobody holds it; in the order of a file's life.
DEVOIRS: Final[Mapping[Role, tuple[str, str]]] = {
    Role.INSTRUCTEUR: (
        "Instruit la demande et propose un montant.",
        "Il manque un instructeur : aucune demande n'avance.",
    ),
    Role.CHEF_DE_SERVICE: (
        "Vise les propositions.",
        "Il manque un chef de service : les propositions sont bloquées.",
    ),
    Role.ORDONNATEUR: (
        "Accorde, refuse, résilie.",
        "Il manque un ordonnateur : les décisions sont bloquées.",
    ),
    Role.GESTIONNAIRE: (
        "Tient l'enveloppe, enregistre les conventions, notifie, clôt.",
        "Il manque un gestionnaire : les conventions et les notifications sont bloquées.",
    ),
    Role.LIQUIDATEUR: (
        "Enregistre les paiements et les soldes.",
        "Il manque un liquidateur : les paiements sont bloqués.",
    ),
    Role.CERTIFICATEUR: (
        "Certifie le service fait après le bilan.",
        "Il manque un certificateur : les soldes sont bloqués.",
    ),
}
# Duties that one person may not hold on the same file.
_SEPARES: Final = (
    (Role.INSTRUCTEUR, Role.CHEF_DE_SERVICE),
    (Role.INSTRUCTEUR, Role.ORDONNATEUR),
    (Role.CHEF_DE_SERVICE, Role.ORDONNATEUR),
    (Role.ORDONNATEUR, Role.LIQUIDATEUR),
    (Role.ORDONNATEUR, Role.CERTIFICATEUR),
)
_DECISION: Final = (Role.INSTRUCTEUR, Role.CHEF_DE_SERVICE, Role.ORDONNATEUR)
_BIENTOT = timedelta(30)


@dataclass(frozen=True, slots=True)
class Titulaire:
    """Somebody who holds a duty today, or will: in words."""

    nom: str
    periode: str
    delegation: str


@dataclass(frozen=True, slots=True)
class Fonction:
    """A duty in a service. ``blocage``: nobody holds it; ``bientot``: nobody will, soon."""

    role: str
    libelle: str
    fait: str
    titulaires: tuple[Titulaire, ...]
    a_venir: tuple[Titulaire, ...]
    blocage: str
    bientot: str


@dataclass(frozen=True, slots=True)
class Service:
    """A service and its duties; ``conflits`` are sentences."""

    cle: str
    nom: str
    fonctions: tuple[Fonction, ...]
    conflits: tuple[str, ...]

    @property
    def nb_manques(self) -> int:
        """How many duties nobody holds."""
        return sum(bool(fonction.blocage) for fonction in self.fonctions)

    @property
    def vide(self) -> bool:
        """Whether nobody has ever been named there, or is about to be."""
        return not any(fonction.titulaires or fonction.a_venir for fonction in self.fonctions)


def services_lus(utilisateur: Utilisateur) -> QuerySet[ServiceRegional]:
    """Return the services whose duties this person may read: hers, or all of them."""
    nationales = ("enveloppe.voir", "affectationdreets.voir")
    if utilisateur.is_superuser or any(utilisateur.detient_au_national(droit) for droit in nationales):
        return ServiceRegional.objects.order_by("nom")
    return ServiceRegional.objects.filter(pk__in=utilisateur.regions_pour("enveloppe.voir")).order_by("nom")


def fonctions(services: QuerySet[ServiceRegional]) -> list[Service]:
    """Return the duties of each service; two queries."""
    noms = dict(services.values_list("pk", "nom"))
    tenues: dict[tuple[str, str], list[AffectationDreets]] = {}
    for affectation in _affectations(noms):
        tenues.setdefault((affectation.service_id, affectation.role), []).append(affectation)
    return [
        _service(cle, nom, {r: tenues.get((cle, r.value), []) for r in DEVOIRS}) for cle, nom in noms.items()
    ]


def _affectations(services: Mapping[str, str]) -> QuerySet[AffectationDreets]:
    """Held today or later, by accounts that are open."""
    return (
        AffectationDreets.objects.filter(
            Q(au__isnull=True) | Q(au__gte=aujourdhui()),
            service__in=list(services),
            utilisateur__is_active=True,
        )
        .select_related("utilisateur", "delegue_par")
        .order_by("du", "utilisateur__nom", "utilisateur__prenom", "pk")
    )


def _service(cle: str, nom: str, tenues: Mapping[Role, list[AffectationDreets]]) -> Service:
    jour = aujourdhui()
    presentes = {
        role: {str(a.utilisateur_id): str(a.utilisateur) for a in siennes if a.du <= jour}
        for role, siennes in tenues.items()
    }
    return Service(
        cle,
        nom,
        tuple(_fonction(role, siennes, jour) for role, siennes in tenues.items()),
        tuple(_conflits(presentes)),
    )


def _fonction(role: Role, siennes: Sequence[AffectationDreets], jour: date) -> Fonction:
    presentes = [affectation for affectation in siennes if affectation.du <= jour]
    fait, blocage = DEVOIRS[role]
    return Fonction(
        role=role.value,
        libelle=str(role.label),
        fait=fait,
        titulaires=tuple(_titulaire(affectation) for affectation in presentes),
        a_venir=tuple(_titulaire(affectation) for affectation in siennes if affectation.du > jour),
        blocage="" if presentes else blocage,
        bientot=_bientot(siennes, jour) if presentes else "",
    )


def _titulaire(affectation: AffectationDreets) -> Titulaire:
    debut = f"depuis le {montrer_date_courte(affectation.du)}"
    if affectation.du > aujourdhui():
        debut = f"à partir du {montrer_date_courte(affectation.du)}"
    fin = f"jusqu'au {montrer_date_courte(affectation.au)}" if affectation.au else "sans fin prévue"
    delegation = ""
    if affectation.delegue_par is not None:
        delegation = f"par délégation {de(str(affectation.delegue_par))}, acte n° {affectation.acte}"
    return Titulaire(str(affectation.utilisateur), f"{debut}, {fin}", delegation)


def _bientot(siennes: Sequence[AffectationDreets], jour: date) -> str:
    """Say the last day held, when nobody follows within the month."""
    dernier = jour
    for affectation in siennes:  # by their first day
        if affectation.du > dernier + timedelta(1):
            break
        if affectation.au is None:
            return ""
        dernier = max(dernier, affectation.au)
    return f"Plus personne après le {montrer_date_courte(dernier)}." if dernier < jour + _BIENTOT else ""


def _conflits(tenues: Mapping[Role, Mapping[str, str]]) -> Iterator[str]:
    """Sentences on duties held by too few persons for one file; what nobody holds is said elsewhere."""
    seules = [
        paire for paire in _SEPARES if all(tenues[role] for role in paire) and len(_noms(tenues, paire)) == 1
    ]
    for paire in seules:
        nom = next(iter(_noms(tenues, paire).values()))
        yield (
            f"{nom} est la seule personne pour « {paire[0].label} » et « {paire[1].label} » :"
            " un même dossier demande deux personnes."
        )
    deja_dit = any(set(paire) <= set(_DECISION) for paire in seules)
    if not deja_dit and all(tenues[role] for role in _DECISION) and len(_noms(tenues, _DECISION)) < 3:
        noms = " et ".join(sorted(_noms(tenues, _DECISION).values()))
        yield f"{noms} sont seuls à instruire, viser et accorder : un même dossier demande trois personnes."


def _noms(tenues: Mapping[Role, Mapping[str, str]], roles: Sequence[Role]) -> dict[str, str]:
    return dict(chain.from_iterable(tenues[role].items() for role in roles))


def _enveloppes(personne: Utilisateur) -> QuerySet[Any, Any]:
    """The envelopes of this year, service by service, and which duties somebody holds today."""
    jour = aujourdhui()
    tenus = AffectationDreets.objects.filter(
        en_cours(jour), service=OuterRef("pk"), role__in=DEVOIRS, utilisateur__is_active=True
    )
    services = ServiceRegional.objects.all()
    if not personne.is_superuser:
        services = services.filter(pk__in=personne.regions_pour("enveloppe.voir"))
    annee = FilteredRelation("enveloppes", condition=Q(enveloppes__exercice=jour.year))
    roles = ArraySubquery(tenus.order_by().values("role"))
    return (
        services.annotate(annee=annee, roles=roles)
        .order_by("nom", "annee__action")
        .values_list("nom", "roles", *(f"annee__{champ}" for champ in _D_UNE_ENVELOPPE))
    )


_D_UNE_ENVELOPPE: Final = (
    "pk",
    "exercice",
    "programme",
    "action",
    "ae_ouvertes",
    "ae_engagees",
    "ae_deleguees",
    "cp_payes",
)
ENVELOPPES: Final = PreteParPersonne(_enveloppes)


def devoirs_sans_personne(tenus: Mapping[str, Sequence[str]]) -> list[str]:
    """Return a sentence for each duty that nobody holds; ``tenus``: the duties held, by name of service."""
    manques = [
        (nom, blocage)
        for nom, roles in tenus.items()
        for role, (_, blocage) in DEVOIRS.items()
        if role.value not in roles
    ]
    return [phrase if len(tenus) == 1 else f"{nom} : {phrase}" for nom, phrase in manques]


def pages_de_pilotage(utilisateur: Utilisateur) -> tuple[tuple[str, str, str], ...]:
    """Return the pages that this person may open: their name in the admin, title, what they show."""
    pages = []
    national = utilisateur.detient_au_national("enveloppe.voir")
    if national:
        pages.append(
            ("tableau_national", "Tableau de bord national", "Une ligne par région, et le total du pays")
        )
    if utilisateur.detient("enveloppe.voir"):
        pages.append(
            (
                "tableau",
                "Tableau de bord d'une région" if national else "Tableau de bord régional",
                "Crédits, paiements à prévoir, délais, effectifs",
            )
        )
    if utilisateur.detient("enveloppe.voir") or utilisateur.detient("affectationdreets.voir"):
        pages.append(("fonctions", "Qui tient quelle fonction", "Qui, jusqu'à quand, ce qui est bloqué"))
    return tuple(pages)
