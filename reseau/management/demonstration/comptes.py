"""Accounts of the demonstration: one per role, a second school, two more regions, one password."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from allauth.account.models import EmailAddress
from django.conf import settings
from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX, check_password, make_password

from ecoles.models import CoordonneesBancaires, Ecole, MembreEquipe
from reseau.management.demonstration import identifiants
from reseau.management.demonstration.ecoles import DEUX_RIVES, FONDERIE, GARAGE
from reseau.management.demonstration.noms import personne
from reseau.management.demonstration.versement import verser
from reseau.models import AffectationDreets, AffectationNationale, Utilisateur
from reseau.nombres import aujourdhui
from reseau.roles import Role

if TYPE_CHECKING:
    from datetime import date

_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"  # nothing that is taken for something else


@dataclass(frozen=True)
class Compte:
    """A person: ``lieu`` is a school's name, a region's code, or nothing for the whole country."""

    role: Role
    prenom: str
    nom: str
    lieu: str = ""
    suffixe: str = ""

    @property
    def courriel(self) -> str:
        """The address, which says the role."""
        return f"{self.role.value}{self.suffixe}@demo.invalid"


COMPTES = (
    Compte(Role.MAITRE, "Marc", "Vidalenc", DEUX_RIVES),
    Compte(Role.SECRETARIAT, "Claire", "Peyrolade", DEUX_RIVES),
    Compte(Role.DIRECTION, "Sonia", "Marchetaz", DEUX_RIVES),
    Compte(Role.INSTRUCTEUR, "Nadia", "Ferrandou", "84"),
    Compte(Role.CHEF_DE_SERVICE, "Paul", "Lemoinet", "84"),
    Compte(Role.ORDONNATEUR, "Hélène", "Rousselard", "84"),
    Compte(Role.GESTIONNAIRE, "Luc", "Bertinel", "84"),
    Compte(Role.CERTIFICATEUR, "Agnès", "Morelon", "84"),
    Compte(Role.LIQUIDATEUR, "Karim", "Benallal", "84"),
    Compte(Role.LECTEUR_NATIONAL, "Odile", "Carondel"),
    Compte(Role.FEDERATION, "Denis", "Vallonet"),
    Compte(Role.ADMINISTRATEUR, "Julie", "Thévenard"),
    Compte(Role.MAITRE, "Bruno", "Sauvagère", FONDERIE, ".fonderie"),
    Compte(Role.DIRECTION, "Estelle", "Grandpré", FONDERIE, ".fonderie"),
    Compte(Role.DIRECTION, "Élodie", "Varennot", GARAGE, ".garage"),
    Compte(Role.INSTRUCTEUR, "Gaëlle", "Deruyck", "32", ".32"),
    Compte(Role.CHEF_DE_SERVICE, "Pierre", "Wagnier", "32", ".32"),
    Compte(Role.ORDONNATEUR, "Sylvie", "Lefrançon", "32", ".32"),
    Compte(Role.GESTIONNAIRE, "Thomas", "Herbaut", "32", ".32"),
    Compte(Role.INSTRUCTEUR, "Maud", "Keravel", "52", ".52"),
    Compte(Role.CHEF_DE_SERVICE, "Alain", "Boisseleau", "52", ".52"),
    Compte(Role.ORDONNATEUR, "Nicole", "Gautreau", "52", ".52"),
    Compte(Role.GESTIONNAIRE, "Rémi", "Chauvelin", "52", ".52"),
)


def mot_de_passe() -> str:
    """Return the common password of the demonstration, drawn once and kept beside the data."""
    fichier = settings.DONNEES / "mot-de-passe-demonstration.txt"
    if not fichier.exists():
        fichier.parent.mkdir(mode=0o711, parents=True, exist_ok=True)
        groupes = ("".join(secrets.choice(_ALPHABET) for _ in range(4)) for _ in range(4))
        fichier.touch(mode=0o600)
        fichier.write_text("-".join(groupes) + "\n", encoding="ascii")
    return fichier.read_text(encoding="ascii").strip()


def annonce() -> str:
    """Return the lines that say who may enter, and how."""
    largeur = max(len(compte.courriel) for compte in COMPTES)
    lignes = [f"  {c.courriel:<{largeur}}  {c.role.label}{_lieu(c)}" for c in COMPTES]
    return "\n".join(
        [
            "Comptes de la démonstration, à l'adresse /admin/ :",
            *lignes,
            f"Mot de passe commun : {mot_de_passe()}",
        ]
    )


def _lieu(compte: Compte) -> str:
    if not compte.lieu:
        return ""
    return f", région {compte.lieu}" if compte.lieu.isdigit() else f", {compte.lieu}"


def semer_comptes() -> None:
    """Create the accounts that are missing, and give all of them the password that is announced."""
    presents = {u.courriel: u for u in Utilisateur.objects.filter(courriel__in=[c.courriel for c in COMPTES])}
    clair = mot_de_passe()
    if presents and not check_password(clair, next(iter(presents.values())).password):
        Utilisateur.objects.filter(courriel__in=presents).update(password=make_password(clair))
    manquants = [compte for compte in COMPTES if compte.courriel not in presents]
    if not manquants:
        return
    empreinte = make_password(clair)  # computed once: it is the same word for all
    ecoles = {
        ecole.nom: ecole
        for ecole in Ecole.objects.filter(fictive=True, nom__in=(DEUX_RIVES, FONDERIE, GARAGE))
    }
    depuis = aujourdhui() - timedelta(days=900)
    for compte in manquants:
        utilisateur = Utilisateur.objects.create(
            courriel=compte.courriel, prenom=compte.prenom, nom=compte.nom, password=empreinte
        )
        EmailAddress.objects.create(user=utilisateur, email=compte.courriel, verified=True, primary=True)
        _affecter(utilisateur, compte, ecoles, depuis)


def _affecter(utilisateur: Utilisateur, compte: Compte, ecoles: dict[str, Ecole], depuis: date) -> None:
    if compte.lieu in ecoles:
        MembreEquipe.objects.create(
            utilisateur=utilisateur, ecole=ecoles[compte.lieu], fonction=compte.role.value, du=depuis
        )
    elif compte.lieu:
        AffectationDreets.objects.create(
            utilisateur=utilisateur, service_id=compte.lieu, role=compte.role.value, du=depuis
        )
    else:
        AffectationNationale.objects.create(utilisateur=utilisateur, role=compte.role.value, du=depuis)


def semer_equipes() -> None:
    """Give each fictional school a master and a head, without a password, and an IBAN."""
    depuis = aujourdhui() - timedelta(days=900)
    for fonction in (MembreEquipe.Fonction.MAITRE, MembreEquipe.Fonction.DIRECTION):
        sans = Ecole.objects.filter(fictive=True).exclude(membres__fonction=fonction).order_by("slug")
        membres = [_membre(rang, ecole, fonction, depuis) for rang, ecole in enumerate(sans)]
        verser(Utilisateur, [membre.utilisateur for membre in membres])
        verser(MembreEquipe, membres)
    directions = MembreEquipe.objects.filter(
        fonction=MembreEquipe.Fonction.DIRECTION, ecole__fictive=True, ecole__coordonnees_bancaires=None
    ).order_by("ecole__siret")
    verser(
        CoordonneesBancaires,
        [
            CoordonneesBancaires(
                ecole_id=membre.ecole_id,
                iban=identifiants.iban(1_000 + rang),
                du=depuis,
                saisi_par_id=membre.utilisateur_id,
            )
            for rang, membre in enumerate(directions)
        ],
    )


def _membre(rang: int, ecole: Ecole, fonction: str, depuis: date) -> MembreEquipe:
    prenom, nom = personne(rang * 3 + len(fonction))
    utilisateur = Utilisateur(
        courriel=f"{fonction}.{ecole.slug}@demo.invalid",
        prenom=prenom,
        nom=nom,
        password=UNUSABLE_PASSWORD_PREFIX + secrets.token_hex(20),
    )
    return MembreEquipe(utilisateur=utilisateur, ecole=ecole, fonction=fonction, du=depuis)
