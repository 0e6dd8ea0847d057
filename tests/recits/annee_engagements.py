"""Steps 1 to 8: credits, scales, a request, its review, its decision, and eight other schools."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from django.core.management import call_command
from django.test import override_settings

from reseau.management.demonstration.identifiants import siret
from reseau.roles import Role
from tests.recits.distribution import FIN, affecter
from tests.recits.eleves import METALLIER, changer_lou_d_ecole, inscrire_les_eleves
from tests.recits.guichet import iso, pdf

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from tests.recits.distribution import Distribution
    from tests.recits.guichet import Personne

FONDEUR = "40025013"
# Title, year, learners, of whom with a supplement, months.
type Effectif = tuple[str, int, int, int, int]
DE_DR: tuple[Effectif, ...] = (
    (METALLIER, 1, 15, 14, 10),
    (METALLIER, 2, 11, 0, 10),
    (METALLIER, 3, 12, 0, 10),
)
# A hundred and forty-six learners of the foundry schools make 801 610,08 EUR.
DES_AUTRES: dict[str, tuple[Effectif, ...]] = {
    "b": ((FONDEUR, 1, 20, 0, 10),),
    **{f"f{rang}": ((FONDEUR, 1, 20 if rang == 7 else 21, 0, 10),) for rang in range(1, 8)},
}
# 89 learner-months and 35 supplements make 50 000,00 EUR; 108 and 20 make 60 000,00 EUR.
DES_TARDIVES: dict[str, tuple[Effectif, ...]] = {
    "c": ((METALLIER, 1, 8, 3, 10), (METALLIER, 2, 9, 5, 1)),
    "d": ((METALLIER, 1, 10, 2, 10), (METALLIER, 2, 8, 0, 1)),
}
# One learner, one year: 5 500,00 EUR.
DE_DERNIERE_HEURE: dict[str, tuple[Effectif, ...]] = {"e": ((METALLIER, 1, 1, 0, 10),)}
PIECES = ("budget", "cer", "compte", "autre", "statuts")


def etape_1_les_credits(cast: Distribution) -> None:
    """12/01: the region is notified 1 240 000,00 EUR in AE and CP; 4 % are frozen."""
    cast.le(date(2026, 1, 12))
    luc = cast.luc.aller("/admin/financements/enveloppe/add/")
    luc.remplir(service="84", exercice="2026", programme="103").appuyer("Enregistrer")
    mouvoir(luc, "notification", "1 240 000,00", "NOT-2026-84")
    mouvoir(luc, "gel", "-49600", "GEL-2026-84").lit("1 190 400,00 €")


def mouvoir(luc: Personne, nature: str, montant: str, reference: str, exercice: int = 2026) -> Personne:
    """Write a movement on the page of the envelope of a year."""
    luc.aller("/admin/financements/enveloppe/").suivre(f"DREETS Auvergne-Rhône-Alpes {exercice}")
    luc.suivre("Ajouter un mouvement").remplir(nature=nature, ae=montant, cp=montant, reference=reference)
    return luc.appuyer("Enregistrer").appuyer("Écrire ce mouvement")


def etape_2_la_campagne(cast: Distribution) -> None:
    """15/01: the campaign, its schedule, its two scales."""
    cast.le(date(2026, 1, 15))
    anne = cast.anne.aller("/admin/reseau/serviceregional/?q=Auvergne").suivre("DREETS Auvergne-Rhône-Alpes")
    anne.remplir(siret=siret(500)).appuyer("Enregistrer")
    anne.aller("/admin/financements/campagne/add/")
    anne.remplir(
        exercice="2026", ouverte_du="2026-01-15", ouverte_au="2026-10-31", mois="10",
        pieces_obligatoires=["budget", "cer", "compte", "statuts"],
    )  # fmt: skip
    echeances = (("avance", "50", date(2026, 4, 10), False), ("acompte", "30", date(2026, 11, 20), False))
    for rang, (nature, part, jour, fait) in enumerate((*echeances, ("solde", "20", date(2027, 5, 1), True))):
        anne.ligne("echeances", rang, rang=str(rang + 1), nature=nature, part=part, prevue_le=iso(jour))
        if fait:
            anne.ligne("echeances", rang, service_fait="on")
    anne.appuyer("Enregistrer").lit("Campagne 2026")
    for titre, unitaire, supplement in (("", "550", "30"), (FONDEUR, "549,048", "0")):
        anne.aller("/admin/financements/bareme/add/").remplir(
            titre=titre, unitaire=unitaire, majoration=supplement
        )
        anne.appuyer("Enregistrer")
    anne.lit("550,00 €", "5 500,00 €", "549,048 €", "5 490,48 €")
    deleguer(cast)


def deleguer(cast: Distribution) -> None:
    """Hélène delegates her signature to Karim by an act; the functional administrator records it."""
    affecter(
        cast.anne, cast.karim, Role.ORDONNATEUR, du="2026-01-15", au=iso(FIN),
        delegue_par=str(cast.helene.utilisateur.pk), acte="2026-11",
    ).lit("Karim Essai", "Hélène Essai", "2026-11", "31/12/2027")  # fmt: skip


def etape_3_la_demande(cast: Distribution) -> None:
    """20/02: thirty-eight learners, five pieces; the button waits for the last analysis, then accepts."""
    cast.le(date(2026, 2, 5))
    inscrire_les_eleves(cast)
    donner_son_iban(cast, "z")
    demander(cast, "z", [(METALLIER, 1, 5, 0, 10)])
    deposer(cast, "z").lit("Reçue par la DREETS")
    changer_lou_d_ecole(cast)
    cast.le(date(2026, 2, 20))
    sonia = demander(cast, "dr", DE_DR, pieces=PIECES[:-1]).lit("213 200,00 €")
    with override_settings(ANTIVIRUS="/antivirus-en-panne"):
        joindre(sonia, PIECES[-1])
    dossier_ouvert = sonia.adresse
    donner_son_iban(cast, "dr", sonia.suivre("Il manque l'IBAN de l'école."))
    sonia.aller(dossier_ouvert).ne_lit_pas("Il manque l'IBAN")
    chiffrer(sonia)
    attente = "« Statuts » est en cours d'analyse : réessayez dans quelques instants."
    sonia.lit(attente)
    call_command("analyser_fichiers", verbosity=0)
    sonia.aller(sonia.adresse).ne_lit_pas(attente)
    deposer(cast, "dr")
    sonia.lit("Reçue par la DREETS", "C'est à la DREETS d'agir.")


def donner_son_iban(cast: Distribution, lettre: str, tete: Personne | None = None) -> None:
    """The head of the school types where the State pays; a first account replaces none, and awaits nobody."""
    tete = tete or cast.tete(lettre).aller("/admin/ecoles/coordonneesbancaires/add/")
    tete.remplir(iban=cast.iban(lettre)).appuyer("Enregistrer").lit("en vigueur")


def chiffrer(sonia: Personne) -> None:
    """The provisional budget, the same on both sides."""
    sonia.suivre("Écrire le budget")
    sonia.remplir(c60="111 000,00", c64="450 000,00", p70="127 800,00", p74_etat="213 200,00")
    sonia.remplir(p74_region="180 000,00", p73="40 000,00").appuyer("Enregistrer ce budget")
    sonia.lit("561 000,00 €", "Part de l'État dans ce budget : 38,0 %.")


def etape_4_la_recevabilite(cast: Distribution) -> None:
    """02/03: both failures are listed; a correction is asked on two lines, and on nothing else."""
    cast.le(date(2026, 3, 2))
    nadia = dossier(cast.nadia, "Atelier des Deux Rives").suivre("Vérifier la recevabilité")
    nadia.lit("1 élève compté ailleurs", "1 élève avait 19 ans à l'entrée.").ne_lit_pas("Lou", "Serrurerie")
    nadia = dossier(cast.nadia, "Atelier des Deux Rives").suivre("Demander un complément")
    nadia.lit("1 élève compté ailleurs", "1 élève avait 19 ans à l'entrée.")
    lignes = nadia.page.xpath("//select[starts-with(@name, 'raison_ligne_')]/@name")
    nadia.remplir(**dict.fromkeys((lignes[0], lignes[2]), "incorrect"))
    nadia.appuyer("Demander un complément").lit("À compléter")
    cast.le(date(2026, 3, 5))
    sonia = (
        cast.sonia.accueil()
        .suivre("Campagne 2026")
        .lit(
            "C'est à vous d'agir.",
            "À corriger",
            "Lou Essai est compté aussi dans la demande d'une autre école.",
        )
    )
    champs = "//input[contains(@name, '-effectif_demande') and not(contains(@name, '__prefix__'))]/@name"
    ouverts = sonia.page.xpath(champs)
    assert len(ouverts) == 2, ouverts
    sonia.ne_lit_pas("Joindre une pièce", "Serrurerie").suivre("Renvoyer la demande complétée")
    reponses = sonia.page.xpath("//textarea[starts-with(@name, 'reponse_')]/@name")
    mots = ("Lou est chez nous depuis le 11 février.", "Entrée à 19 ans, décidée avec la famille.")
    sonia.remplir(**dict(zip(reponses, mots, strict=True)), certifie="on")
    sonia.appuyer("Renvoyer la demande complétée").lit("c'est fait", "Reçue par la DREETS")


def demander(
    cast: Distribution, lettre: str, effectifs: Iterable[Effectif], pieces: Iterable[str] = PIECES
) -> Personne:
    """Write a request and join its pieces."""
    tete = ecrire(cast.tete(lettre).aller("/admin/financements/demande/add/"), effectifs)
    tete.appuyer("Enregistrer")
    for nature in pieces:
        joindre(tete, nature)
    return tete


def ecrire(personne: Personne, effectifs: Iterable[Effectif]) -> Personne:
    """Type the lines."""
    for rang, (titre, annee, nombre, supplements, mois) in enumerate(effectifs):
        personne.ligne(
            "lignes", rang, titre=titre, annee=str(annee), effectif_demande=str(nombre),
            majorations_demandees=str(supplements), mois=str(mois),
        )  # fmt: skip
    return personne


def joindre(personne: Personne, nature: str) -> Personne:
    """Join a piece."""
    personne.suivre("Joindre une pièce").remplir(nature=nature, televerse=pdf(nature))
    return personne.appuyer("Joindre cette pièce")


def deposer(cast: Distribution, lettre: str) -> Personne:
    """Certify and hand in."""
    tete = cast.tete(lettre)
    return tete.suivre("Déposer la demande").remplir(certifie="on").appuyer("Déposer la demande")


def etape_5_la_proposition(cast: Distribution) -> None:
    """16/03: two learners fewer, in writing; 36 x 5 500,00 + 14 x 300,00."""
    cast.le(date(2026, 3, 16))
    nadia = dossier(cast.nadia, "Atelier des Deux Rives").suivre("Vérifier la recevabilité")
    raison = "L'effectif retenu n'en tient pas compte."
    nadia.remplir(ages=raison, doubles=raison).appuyer("Enregistrer ces raisons")
    franchir(nadia, "Prendre en instruction")
    nadia.ligne("lignes", 0, effectif_retenu="14", motif="Un élève compté ailleurs.")
    nadia.ligne("lignes", 2, effectif_retenu="11", motif="Un élève entré à 19 ans.")
    nadia.appuyer("Enregistrer").lit("202 200,00 €")
    franchir(nadia, "Proposer ce montant").lit("Proposée", "202 200,00 €")
    nadia.lit("Jeunes 38 demandés, 36 retenus", "561 000,00 €", "Part de l'État dans ce budget : 36,0 %.")


def dossier(personne: Personne, ecole: str) -> Personne:
    """From her home to the file of a school."""
    return personne.accueil().suivre(ecole)


def franchir(personne: Personne, geste: str, **saisies: str) -> Personne:
    """Press an action of the file, read before and after, confirm."""
    personne.suivre(geste).lit("Ce qui va changer").remplir(**saisies)
    return personne.appuyer(geste).lit("c'est fait")


def etapes_6_et_7_trois_personnes(cast: Distribution) -> None:
    """18/03: Nadia cannot visa her own proposal; Paul does, Karim signs for Hélène."""
    cast.le(date(2026, 3, 18))
    cast.nadia.aller(cast.nadia.adresse).ne_lit_pas("Viser la proposition")
    franchir(dossier(cast.paul, "Atelier des Deux Rives"), "Viser la proposition")
    franchir(dossier(cast.karim, "Atelier des Deux Rives"), "Accorder")
    cast.karim.lit("Accordée", "par délégation d'Hélène Essai (acte n° 2026-11)")
    enveloppe(cast.luc).lit("202 200,00 €")


def enveloppe(luc: Personne, exercice: int = 2026) -> Personne:
    """The page of the envelope of a year."""
    return luc.aller("/admin/financements/enveloppe/").suivre(f"DREETS Auvergne-Rhône-Alpes {exercice}")


def etape_8_neuf_ecoles(cast: Distribution) -> None:
    """01/04: eight foundries that wrote by e-mail are granted what they asked for, all in four gestures."""
    cast.le(date(2026, 4, 1))
    viser_ce_qui_est_recu(cast, DES_AUTRES)
    en_lot(cast.helene, "Accorder", len(DES_AUTRES))
    enveloppe(cast.luc).lit("1 113 619,68 €", "76 780,32 €")
    dossier(cast.luc, "Fonderie du Plateau").lit("20 élèves × 10 mois × 549,048 €", "109 809,60 €")


def viser_ce_qui_est_recu(cast: Distribution, recues: Mapping[str, Iterable[Effectif]]) -> None:
    """Enter what came by e-mail, then bring all of it to the visa, several files at once.

    Each school has typed its bank details.
    """
    for lettre, effectifs in recues.items():
        donner_son_iban(cast, lettre)
        saisir(cast, lettre, effectifs)
    en_lot(cast.nadia, "Prendre en instruction", len(recues))
    en_lot(cast.nadia, "Proposer ce montant", len(recues))
    en_lot(cast.paul, "Viser la proposition", len(recues))


def saisir(cast: Distribution, lettre: str, effectifs: Iterable[Effectif]) -> None:
    """Nadia types a signed request, joins its scan and the signed commitment, and records it."""
    nadia = cast.nadia.aller("/admin/financements/demande/add/")
    nadia.remplir(ecole=str(cast.ecoles[lettre].pk), recue_par_courriel_le="2026-03-30")
    ecrire(nadia, effectifs).appuyer("Enregistrer")
    for nature in ("scan", "cer"):
        joindre(nadia, nature)
    franchir(nadia, "Enregistrer la demande reçue")


def en_lot(personne: Personne, geste: str, nombre: int) -> None:
    """Choose every file that awaits this gesture, read each before and after, confirm once."""
    personne.aller("/admin/financements/demande/?etape=moi")
    cases = personne.page.xpath("//input[@name='_selected_action']/@value")
    assert len(cases) == nombre, personne.texte
    action = personne.page.xpath(f"//option[text()='{geste}']/@value")
    personne.remplir(_selected_action=cases, action=action).appuyer("Exécuter")
    personne.appuyer(geste)
    assert personne.texte.count("c'est fait") == nombre, personne.texte
