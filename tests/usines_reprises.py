"""Files taken over, for tests: the spreadsheet of a DREETS, deposited and accepted through the real pages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from financements.models import Demande
from reseau.models import LotImport
from reseau.nombres import aujourdhui
from reseau.roles import Role

if TYPE_CHECKING:
    from ecoles.models import Ecole
    from tests.usines_financements import Territoire

TITRES = {
    "uai": "UAI", "ecole": "École", "commune": "Commune", "siret": "SIRET", "exercice": "Exercice",
    "ej": "N° EJ", "accorde": "Montant accordé", "paye": "Montant payé", "decision": "Décision du",
    "notification": "Notifiée le", "versements": "Versements", "convention": "Convention signée le",
    "effectif": "Effectif retenu", "diplome": "Diplôme", "enveloppe": "Enveloppe",
}  # fmt: skip
METALLIER = "50025437"


def une_ligne(ecole: Ecole | None = None, /, **cellules: str) -> dict[str, str]:
    """A line that asks nothing: 20 000,00 granted on the first of January, half of it paid that day."""
    jour = f"01/01/{aujourdhui().year}"
    defaut = {
        "ecole": ecole.nom if ecole else "", "commune": ecole.commune.nom if ecole else "",
        "exercice": str(aujourdhui().year), "ej": "2100000001", "accorde": "20 000,00", "paye": "10 000,00",
        "decision": jour, "notification": jour, "versements": jour, "effectif": "4", "diplome": METALLIER,
    }  # fmt: skip
    return defaut | cellules


def fichier(*lignes: dict[str, str]) -> SimpleUploadedFile:
    """The CSV of these lines, with every column; quotes where a cell holds the separator."""
    rangees = [TITRES, *({champ: ligne.get(champ, "") for champ in TITRES} for ligne in lignes)]
    texte = "\n".join(";".join(f'"{cellule}"' for cellule in rangee.values()) for rangee in rangees)
    return SimpleUploadedFile("reprise.csv", texte.encode(), "text/csv")


def deposer(lieu: Territoire, *lignes: dict[str, str], role: Role = Role.GESTIONNAIRE) -> LotImport:
    """Deposit these lines as an officer does; return the batch as it was read."""
    client = Client()
    client.force_login(lieu.agents[role])
    page = reverse("admin:financements_reprise_importer")
    assert client.post(page, {"fichier": fichier(*lignes)}).status_code == 302
    return LotImport.objects.latest("depose_le")


def geste(lieu: Territoire, lot: LotImport, nom: str = "accepter") -> LotImport:
    """Accept the batch, or undo it, on its page."""
    client = Client()
    client.force_login(lieu.agents[Role.GESTIONNAIRE])
    assert client.post(reverse(f"admin:reseau_lotimport_{nom}", args=[lot.pk])).status_code == 302
    lot.refresh_from_db()
    return lot


def reprendre(lieu: Territoire, ecole: Ecole | None = None, /, **cellules: str) -> Demande:
    """Take a file over, from deposit to acceptance."""
    ligne = une_ligne(ecole or lieu.ecole(), **cellules)
    lot = geste(lieu, deposer(lieu, ligne))
    assert lot.etat == LotImport.Etat.ACCEPTE, dits(lot)
    assert lot.bilan == {"creer": 1}, dits(lot)
    return Demande.objects.get(numero_ej=ligne["ej"], reprise__annulee_le=None)


def reprise_a_solder(lieu: Territoire) -> Demande:
    """A file over the threshold whose convention nobody recorded, up to its certificate."""
    return lieu.avancer(reprendre(lieu, accorde="30 000,00"), "preparer_bilan", "deposer_bilan", "certifier")


def verdicts(lot: LotImport) -> list[str]:
    """The verdicts, in the order of the file."""
    return list(lot.lignes.order_by("numero").values_list("verdict", flat=True))


def dits(lot: LotImport) -> list[tuple[str, str]]:
    """(field, sentence) of everything said, spaces plain; notes that stop nothing are left out."""
    messages: list[dict[str, Any]] = [m for ligne in lot.lignes.order_by("numero") for m in ligne.messages]
    return [
        (m["champ"], m["texte"].replace("\xa0", " ").replace("\u202f", " "))
        for m in messages
        if m["niveau"] != "information"
    ]
