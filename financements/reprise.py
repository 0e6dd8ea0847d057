"""Files that ran before the tool, by a staged import: columns, checks, writing, way back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from financements.etats import MACHINE
from financements.models import Enveloppe, Reprise
from financements.reprise_controle import confronter, connu
from financements.reprise_ecriture import ecrire
from financements.reprise_lecture import lire_la_ligne
from reseau.socle.controles_python import lignes_saisies, verdicts_de
from reseau.socle.etats import Contexte, TransitionRefusee
from reseau.socle.ressources import Ressource, enregistrer
from reseau.socle.tableurs import Colonne

if TYPE_CHECKING:
    from reseau.models import LigneImport, LotImport, Utilisateur
    from reseau.socle.controles_python import LigneLue


class RessourceReprises(Ressource):
    """Running files of a region, one line a legal commitment. Its number makes the import idempotent."""

    nature = "reprises"
    libelle = "dossiers en cours d'avant l'outil"
    permission = "reprise.importer"
    retour = (
        "Chaque dossier repris reçoit les lignes contraires de ce qui avait été engagé et payé : rien "
        "n'est effacé, l'enveloppe retrouve ses crédits, et l'école peut être reprise de nouveau. "
        "Ce n'est possible que si rien n'a été fait sur ces dossiers depuis."
    )
    colonnes = (
        Colonne("uai", "UAI", ("code uai", "rne", "numéro uai")),
        Colonne("ecole", "École", ("nom de l'école", "établissement", "bénéficiaire", "nom")),
        Colonne("commune", "Commune", ("ville", "code postal", "code insee")),
        Colonne("siret", "SIRET", ("siret de l'école", "numéro siret", "n siret")),
        Colonne("exercice", "Exercice", ("année", "campagne", "annee budgetaire"), indispensable=True),
        Colonne("ej", "N° EJ", ("engagement juridique", "n ej", "numero ej", "ej"), indispensable=True),
        Colonne("accorde", "Montant accordé", ("accordé", "montant engagé", "engagé"), indispensable=True),
        Colonne("paye", "Montant payé", ("payé", "montant versé", "versé", "déjà payé")),
        Colonne("decision", "Décision du", ("date de décision", "date de la décision", "décision")),
        Colonne("notification", "Notifiée le", ("date de notification", "notification")),
        Colonne(
            "versements", "Versements", ("date de versement", "dates de versement", "payé le", "versé le")
        ),
        Colonne("convention", "Convention signée le", ("date de convention", "convention")),
        Colonne("effectif", "Effectif retenu", ("effectif", "nombre de jeunes", "jeunes retenus")),
        Colonne("diplome", "Diplôme", ("titre", "formation", "code diplôme", "rncp")),
        Colonne("enveloppe", "Enveloppe", ("action", "sous-enveloppe", "programme")),
    )

    def controler(self, lot: LotImport) -> str:
        """Read each line, then look at it beside what the portal knows and what the lines before it take."""
        lignes = lignes_saisies([colonne.champ for colonne in self.colonnes])
        for ligne in lignes:
            lire_la_ligne(ligne)
        su, deja = connu(lignes, lot), dict[tuple[str, str], int]()
        vues: dict[str, int] = {}
        for ligne in lignes:
            _reperer_la_copie(ligne, vues)
            confronter(ligne, su, deja)
        return verdicts_de(lignes)

    def verrouiller(self, lot: LotImport) -> None:
        """Lock the envelopes, those that delegate first: the last check then says the truth until the end."""
        enveloppes = Enveloppe.objects.select_for_update(of=("self",)).order_by("pk")
        list(enveloppes if lot.regions is None else enveloppes.filter(service__in=lot.regions))

    def ecrire(self, lot: LotImport) -> None:
        """Give birth to the files."""
        ecrire(lot)

    def defaire(self, lot: LotImport, par: Utilisateur | None) -> list[str]:
        """Take every file back by its own transition; return all the refusals, and then nothing is kept."""
        if par is None:
            return ["Une reprise est annulée par quelqu'un."]
        refus = []
        reprises = Reprise.objects.filter(lot=lot, annulee_le=None).select_related("demande__ecole")
        for reprise in reprises.order_by("ligne"):
            contexte = Contexte(par, {"motif": f"Import de reprise annulé : {lot.nom_fichier}"[:500]})
            try:
                MACHINE.franchir(reprise.demande, "annuler_reprise", contexte)
            except TransitionRefusee as non:
                refus += [f"{reprise.demande.ecole} ({reprise.demande}) : {phrase}" for phrase in non.refus]
        return refus

    def montrer(self, ligne: LigneImport) -> str:
        """The school and the commitment."""
        return ", ".join(filter(None, (ligne.lu.get("nom"), ligne.lu.get("ej"))))


def _reperer_la_copie(ligne: LigneLue, vues: dict[str, int]) -> None:
    """A commitment is taken over once: its second line repeats the first."""
    numero = ligne.lu["ej"]
    if numero and vues.setdefault(numero, ligne.numero) != ligne.numero:
        ligne.copie = vues[numero]


enregistrer(RessourceReprises())
