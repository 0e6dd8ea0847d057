"""For a school, where its file stands: the step, whose turn it is, since when, what comes next."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from django.db import models

from financements.bilans import reste_a_rendre
from financements.corrections import restee_sans_reponse
from financements.natures import Voie
from financements.situations import A_ECRIRE, EN_COURS, Etat
from reseau.nombres import PARIS, aujourdhui, montrer_date

if TYPE_CHECKING:
    from financements.models import Demande

ETAPES: Final = ("Votre demande", "Étude", "Décision", "Versements", "Bilan", "Fin")


class Main(models.TextChoices):
    """Who has the file in hand."""

    ECOLE = "ecole", "C'est à vous d'agir."
    DREETS = "dreets", "C'est à la DREETS d'agir."
    PERSONNE = "personne", "Vous n'avez rien à faire."


@dataclass(frozen=True)
class Etape:
    """Where a state stands: rank among :data:`ETAPES` (``None``: it went no further), whose turn, words."""

    rang: int | None
    main: Main
    phrase: str
    ensuite: str = ""


_LETTRE: Final = "la lettre, dans les documents du dossier, dit pourquoi et comment contester."
_ETUDE: Final = Etape(
    1, Main.DREETS, "La DREETS étudie vos effectifs et votre budget.", "elle vous enverra sa décision."
)
_SANS_REPONSE: Final = Etape(
    1,
    Main.DREETS,
    "La DREETS n'a pas reçu votre réponse à temps : elle reprend la demande avec ce qui est dans le dossier.",
    "elle l'étudie, ou vous redemande ce qui manque.",
)
_SUR: Final[dict[str, Etape]] = {
    Etat.BROUILLON: Etape(
        0,
        Main.ECOLE,
        "Vous écrivez la demande.",
        "une fois la demande déposée, la DREETS vérifie qu'elle est complète.",
    ),
    Etat.DEPOSEE: Etape(
        1,
        Main.DREETS,
        "La DREETS vérifie que la demande est complète.",
        "elle l'étudie, ou vous demande ce qui manque.",
    ),
    Etat.A_COMPLETER: Etape(
        1,
        Main.ECOLE,
        "La DREETS vous demande de corriger des éléments, listés plus bas.",
        "une fois renvoyée, la demande repart à la DREETS.",
    ),
    Etat.EN_INSTRUCTION: _ETUDE,
    Etat.PROPOSEE: _ETUDE,  # what is proposed is not the school's to read
    Etat.VISEE: Etape(1, Main.DREETS, "La décision se prépare.", "la DREETS vous l'enverra."),
    Etat.ACCORDEE: Etape(
        2,
        Main.DREETS,
        "L'État a réservé l'argent pour vous.",
        "si une convention est nécessaire, la DREETS vous l'envoie à signer ; puis elle notifie la décision.",
    ),
    Etat.CONVENTIONNEE: Etape(
        2, Main.DREETS, "La convention est signée.", "la DREETS vous envoie la décision."
    ),
    Etat.NOTIFIEE: Etape(
        3, Main.DREETS, "La décision vous est envoyée.", "la DREETS prépare le premier versement."
    ),
    Etat.EN_EXECUTION: Etape(3, Main.DREETS, "L'État verse l'argent en suivant l'échéancier."),
    Etat.BILAN_DEPOSE: Etape(
        4, Main.DREETS, "La DREETS vérifie votre bilan.", "elle calcule le montant final."
    ),
    Etat.BILAN_A_CORRIGER: Etape(
        4,
        Main.ECOLE,
        "La DREETS vous demande de corriger le bilan.",
        "une fois renvoyé, le bilan repart à la DREETS.",
    ),
    Etat.SERVICE_FAIT: Etape(
        5,
        Main.DREETS,
        "Le bilan est vérifié et le montant final est connu.",
        "la DREETS verse le solde, ou vous demande de rendre ce qui a été versé en trop.",
    ),
    Etat.REVERSEMENT: Etape(
        5,
        Main.ECOLE,
        "Une somme est à rendre. L'ordre de reversement, dans les documents, dit combien et comment.",
        "une fois la somme reçue, le dossier se termine.",
    ),
    Etat.SOLDEE: Etape(5, Main.PERSONNE, "Tout est versé.", "la DREETS fermera le dossier."),
    Etat.CLOSE: Etape(5, Main.PERSONNE, "Le dossier est fermé."),
    Etat.REFUSEE: Etape(None, Main.PERSONNE, "La demande est refusée.", _LETTRE),
    Etat.SANS_SUITE: Etape(None, Main.PERSONNE, "La demande est classée sans suite.", _LETTRE),
    Etat.RESILIEE: Etape(None, Main.PERSONNE, "La décision est résiliée.", _LETTRE),
    Etat.RETIREE: Etape(
        None,
        Main.PERSONNE,
        "Vous avez retiré cette demande.",
        "vous pouvez en faire une autre tant que la campagne est ouverte.",
    ),
}


@dataclass(frozen=True)
class OuEnEst:
    """What the panel prints; ``etapes``: (words, "faite", "ici" or "") in their order, none when it ended."""

    etapes: tuple[tuple[str, str], ...]
    qui: str
    a_vous: bool
    phrase: str
    ensuite: str
    depuis: str
    avant: str


def etape_de(demande: Demande) -> Etape:
    """Return where this file stands; a report is the school's turn from the end of the period on."""
    if demande.etat == Etat.EN_EXECUTION:
        campagne, limite = demande.campagne, montrer_date(demande.campagne.bilan_du_le)
        if aujourdhui() > campagne.fin_de_periode:
            phrase = (
                f"La période est finie : remettez le bilan et le compte rendu financier avant le {limite}."
            )
            return Etape(4, Main.ECOLE, phrase, "la DREETS vérifiera le bilan.")
        sur = _SUR[Etat.EN_EXECUTION]
        suite = f"la période finie, vous remettrez un bilan, avant le {limite}."
        return Etape(sur.rang, sur.main, sur.phrase, suite)
    if demande.etat == Etat.RESILIEE and reste_a_rendre(demande) > 0:
        return Etape(
            None,
            Main.ECOLE,
            "La décision est résiliée, et une somme est à rendre. L'ordre de reversement dit combien.",
            "une fois la somme reçue, plus rien n'est dû.",
        )
    if demande.etat == Etat.RETIREE and demande.voie == Voie.REPRISE:
        return Etape(None, Main.PERSONNE, "La DREETS a annulé la reprise de ce dossier dans le portail.")
    return _SUR[demande.etat]


def ou_en_est(demande: Demande) -> OuEnEst:
    """Print where the file of a school stands; it reads the campaign, and what a terminated file owes."""
    silence = demande.etat == Etat.DEPOSEE and restee_sans_reponse(demande)
    etape = _SANS_REPONSE if silence else etape_de(demande)
    jour = demande.depuis_le.astimezone(PARIS).date()
    jours = (aujourdhui() - jour).days
    mots = f"{jours} jours" if jours > 1 else "1 jour"
    return OuEnEst(
        etapes=_etapes(etape.rang),
        qui=etape.main.label,
        a_vous=etape.main == Main.ECOLE,
        phrase=etape.phrase,
        ensuite=etape.ensuite,
        depuis=f"Depuis le {montrer_date(jour)}" + (f", {mots}." if jours > 0 else "."),
        avant=_avant(demande),
    )


def _etapes(rang: int | None) -> tuple[tuple[str, str], ...]:
    if rang is None:
        return ()
    return tuple(
        (mots, "faite" if place < rang else "ici" if place == rang else "")
        for place, mots in enumerate(ETAPES)
    )


def _avant(demande: Demande) -> str:
    """The deadline in words. Two months without an answer are a rejection (CRPA L231-4, 1°)."""
    if demande.echeance_le is None or demande.etat not in {*EN_COURS, Etat.BILAN_A_CORRIGER}:
        return ""
    fin, passee = montrer_date(demande.echeance_le), demande.echeance_le < aujourdhui()
    if demande.etat in {*A_ECRIRE, Etat.BILAN_A_CORRIGER}:
        return f"La date limite était le {fin}." if passee else f"À envoyer avant le {fin}, jour compris."
    if passee:
        return f"La DREETS n'a pas répondu avant le {fin} : la loi dit que la demande est rejetée."
    return f"Si la DREETS ne répond pas avant le {fin}, la loi dit que la demande est rejetée."
