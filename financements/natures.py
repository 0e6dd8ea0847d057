"""The lists of values that several tables of this trade share."""

from __future__ import annotations

from django.db import models

# Characters of the reason of a move: a letter may have to name all that a file lacks.
LONGUEUR_DU_MOTIF = 4000
# Of the reason for which a sum is waived: the ledger keeps it beside the sum.
LONGUEUR_DE_LA_REMISE = 300
# Of a file taken over: what nobody can prove, or say.
AVANT_L_OUTIL = "avant l'outil"


class NaturePiece(models.TextChoices):
    """What a piece of a file proves. A request form is Cerfa 12156*06."""

    SCAN = "scan", "Demande signée, numérisée"
    BUDGET = "budget", "Budget prévisionnel"
    CER = "cer", "Contrat d'engagement républicain signé"
    COMPTE_RENDU = "compte", "Compte rendu financier de l'an dernier"
    STATUTS = "statuts", "Statuts"
    COMPTES = "comptes", "Comptes certifiés de l'an dernier"
    FISCALE = "fiscale", "Attestation de régularité fiscale"
    SOCIALE = "sociale", "Attestation de vigilance de l'Urssaf"
    ASSURANCE = "assurance", "Attestation d'assurance"
    AUTRE = "autre", "Autre pièce"


# Kinds that come with a last day; the others are of a year, or for ever.
AVEC_FIN = (NaturePiece.FISCALE, NaturePiece.SOCIALE, NaturePiece.ASSURANCE, NaturePiece.AUTRE)


class Voie(models.TextChoices):
    """Who typed the request: the school itself, the service from a signed paper, or nobody here."""

    ECOLE = "ecole", "déposée par l'école"
    SERVICE = "service", "saisie par la DREETS d'après un document signé"
    REPRISE = "reprise", "reprise d'avant l'outil"


class DepartSimulation(models.TextChoices):
    """What a simulation starts from, before anybody changes a number of it."""

    DEMANDE = "demande", "tout ce qui est demandé"
    RETENU = "retenu", "ce qui est retenu aujourd'hui, sinon ce qui est demandé"
    PART = "part", "la même part pour tous"
    RESTE = "reste", "la même part pour tous, la plus grande que l'enveloppe permet"


class Resultat(models.TextChoices):
    """What an admissibility rule says of a request."""

    CONFORME = "conforme", "Conforme"
    ECART = "ecart", "Non remplie"
    SANS_OBJET = "sans_objet", "Sans objet"


class RaisonCorrection(models.TextChoices):
    """Why an item of a request goes back to the school."""

    INCORRECT = "incorrect", "incorrect"
    INCOMPLET = "incomplet", "incomplet"
    PERIME = "perime", "périmé"


class SilenceCorrection(models.TextChoices):
    """What had become of a named item when the school let its delay pass."""

    INTACT = "intact", "sans réponse"
    COMMENCE = "commence", "modification commencée, jamais renvoyée"


class OrganismeConsulte(models.TextChoices):
    """Whose opinion the service asks for."""

    RECTORAT = "rectorat", "Rectorat"
    REGION = "region", "Conseil régional"
    INSPECTION = "inspection", "Inspection du travail"
    PREFECTURE = "prefecture", "Préfecture"
    AUTRE = "autre", "Autre"


class SensAvis(models.TextChoices):
    """Which way an opinion goes."""

    FAVORABLE = "favorable", "favorable"
    RESERVE = "reserve", "réservé"
    DEFAVORABLE = "defavorable", "défavorable"


class PosteBudget(models.TextChoices):
    """Headings of the provisional budget: Cerfa 12156*06, after the accounts of associations."""

    ACHATS = "c60", "60 – Achats"
    SERVICES = "c61", "61 – Services extérieurs"
    AUTRES_SERVICES = "c62", "62 – Autres services extérieurs"
    IMPOTS = "c63", "63 – Impôts et taxes"
    PERSONNEL = "c64", "64 – Charges de personnel"
    GESTION = "c65", "65 – Autres charges de gestion courante"
    FINANCIERES = "c66", "66 – Charges financières"
    EXCEPTIONNELLES = "c67", "67 – Charges exceptionnelles"
    DOTATIONS = "c68", "68 – Dotations"
    VENTES = "p70", "70 – Ventes et prestations"
    ETAT = "p74_etat", "74 – Subvention de l'État"
    REGION = "p74_region", "74 – Subvention de la Région"
    DEPARTEMENT = "p74_departement", "74 – Subvention du Département"
    COMMUNES = "p74_communes", "74 – Subventions des communes"
    AUTRES_AIDES = "p74_autres", "74 – Autres aides publiques"
    TAXE = "p73", "73 – Taxe d'apprentissage"
    AUTRES_PRODUITS = "p75", "75 – Cotisations, dons, mécénat"
    PRODUITS_FINANCIERS = "p76", "76 – Produits financiers"
    PRODUITS_EXCEPTIONNELS = "p77", "77 – Produits exceptionnels"
    REPRISES = "p78", "78 – Reprises"


CHARGES = frozenset(poste.value for poste in PosteBudget if poste.value.startswith("c"))


class Origine(models.TextChoices):
    """Whether an act was made in the tool or taken over from before it."""

    OUTIL = "outil", "fait dans l'outil"
    REPRISE = "reprise", "reprise d'avant l'outil"


class MotifRefus(models.TextChoices):
    """Why a request is not granted; a text always says more."""

    CONDITIONS = "conditions", "Les conditions du financement ne sont pas remplies"
    LISTE = "liste", "L'école n'est pas sur la liste de l'année"
    DOSSIER = "dossier", "Le dossier est resté incomplet"
    CREDITS = "credits", "Les crédits de l'année ne le permettent pas"
    AUTRE = "autre", "Autre raison"


class EtapeAvenant(models.TextChoices):
    """Where an amendment stands: it walks the chain of a decision again."""

    PREPARE = "prepare", "En préparation"
    PROPOSE = "propose", "Proposé"
    VISE = "vise", "Visé"
    ACCORDE = "accorde", "Accordé"
    ABANDONNE = "abandonne", "Abandonné"


class PhaseBilan(models.TextChoices):
    """How far the exchange about a report went: each phase gives the school a delay to answer."""

    AUCUNE = "", "Pas de correction demandée"
    AMIABLE = "amiable", "Phase amiable"
    CONTRADICTOIRE = "contradictoire", "Phase contradictoire"
    FIGEE = "figee", "Figé"


class NatureTranche(models.TextChoices):
    """What a part of the schedule is."""

    AVANCE = "avance", "Avance"
    ACOMPTE = "acompte", "Acompte"
    SOLDE = "solde", "Solde"


class MotifPage(models.TextChoices):
    """Why a page of a deposit of signed acts belongs to no scan yet: the sentence a person reads."""

    ILLISIBLE = "illisible", "Le code de cette page n'a pas été lu."
    PLUSIEURS = "plusieurs", "Cette page porte plusieurs codes différents."
    INCONNUE = "inconnue", "Ce code n'est celui d'aucun acte à signer de votre région."
    ANCIENNE = "ancienne", "Cette page est d'une version remplacée : faites signer celle en vigueur."
    HORS = "hors", "Ce code annonce une page que l'acte n'a pas."
    DOUBLON = "doublon", "Cette page est en double."
    DEJA = "deja", "Cet acte a déjà sa version signée."
    BLANCHE = "blanche", "Page blanche."


class ContenuChorus(models.TextChoices):
    """What a column of the sheet for Chorus holds."""

    SIRET = "siret", "SIRET de l'école"
    TIERS = "tiers", "Tiers : le gestionnaire de l'école"
    MONTANT = "montant", "Montant engagé"
    EJ = "ej", "Numéro d'engagement juridique"
    DOSSIER = "dossier", "Numéro du dossier"
    EXERCICE = "exercice", "Exercice"
    FIXE = "fixe", "Valeur fixe"
