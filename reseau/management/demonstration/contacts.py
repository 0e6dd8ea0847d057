"""What families asked: some wait for their answer, some were answered."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from ecoles.contact import jour_de_reponse
from ecoles.models import DemandeContact, Ecole, MembreEquipe
from reseau.management.demonstration import identifiants
from reseau.management.demonstration.calendrier import a_midi
from reseau.management.demonstration.hasard import parts, tirage
from reseau.management.demonstration.noms import PRENOMS
from reseau.management.demonstration.versement import verser
from reseau.nombres import aujourdhui

if TYPE_CHECKING:
    from collections.abc import Iterator

_LETTRES = "23456789ABCDEFGHJKMNPQRSTWXYZ"
_QUESTIONS = {
    DemandeContact.Motif.VISITER: "Est-ce qu'on peut venir voir l'atelier un mercredi ?",
    DemandeContact.Motif.PLACE: "Reste-t-il une place pour cette année ?",
    DemandeContact.Motif.QUESTION: "Y a-t-il un bus depuis la gare le matin ?",
}
_ECOLES = 12  # schools that receive questions
_PAR_ECOLE = {0: 9}  # the school of the stories receives more


def semer_contacts(graine: int) -> int:
    """Write the questions to the first schools, once; return how many."""
    ecoles = list(
        Ecole.objects.filter(fictive=True).select_related("commune__departement").order_by("siret")[:_ECOLES]
    )
    if DemandeContact.objects.filter(ecole__in=ecoles).exists():
        return 0
    return verser(
        DemandeContact,
        [demande for rang, ecole in enumerate(ecoles) for demande in _demandes(rang, ecole, graine)],
    )


def _demandes(rang: int, ecole: Ecole, graine: int) -> Iterator[DemandeContact]:
    membre = MembreEquipe.objects.filter(ecole=ecole, fonction=MembreEquipe.Fonction.DIRECTION).order_by(
        "du"
    )[0]
    for numero in range(_PAR_ECOLE.get(rang, 2)):
        hasard = tirage(graine, "contact", rang, numero)
        jour = aujourdhui() - timedelta(days=(0, 1, 4, 9, 16, 25, 40, 61, 80)[numero])
        demande = DemandeContact(
            code="-".join(("".join(hasard.choices(_LETTRES, k=3)), "".join(hasard.choices(_LETTRES, k=2)))),
            ecole=ecole,
            region_id=ecole.commune.departement.region_id,
            qui=parts({"jeune": 3, "parent": 5, "accompagnant": 2}, hasard),
            prenom=hasard.choice(PRENOMS),
            motif=hasard.choice(list(_QUESTIONS)),
            repondre_avant_le=jour_de_reponse(jour),
        )
        if numero:
            demande.recue_le = a_midi(jour)
        demande.message = _QUESTIONS[DemandeContact.Motif(demande.motif)]
        if hasard.random() < 0.5:
            demande.telephone = identifiants.telephone(hasard.randrange(10_000), mobile=True)
        else:
            demande.courriel = f"famille{rang}{numero}@familles.invalid"
        if numero > 2:
            demande.suite = DemandeContact.Suite.REPONDU
            demande.traitee_par_id = membre.utilisateur_id
            demande.traitee_le = a_midi(jour_de_reponse(jour, 2))
        yield demande
