"""What the schools' house erases: questions of families, applications, learners a year after they left."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import Exists, OuterRef, Q

from ecoles.etats_candidature import OUVERTES, SANS_INSCRIPTION
from ecoles.models import (
    Agrement,
    Apprenant,
    AvisAptitude,
    Candidature,
    DemandeContact,
    DossierInspection,
    Encadrement,
    FormationSecurite,
    Inscription,
    MembreEquipe,
    RepresentantLegal,
)
from reseau.effacement import a_fermer, a_prevenir, comptes_endormis, fermer, fin_de, prevenir
from reseau.models import (
    AffectationDreets,
    AffectationNationale,
    DocumentFige,
    Utilisateur,
    en_cours,
    histoire_de,
)
from reseau.models.histoire import Retrait
from reseau.socle.effacement import Etape, limite
from reseau.socle.histoire import effacer

if TYPE_CHECKING:
    from datetime import date
    from uuid import UUID

    from django.db.models import Model, QuerySet

# Each with the field that holds the learner's key.
HISTOIRES_DU_JEUNE: tuple[tuple[type[Model], str], ...] = (
    (Apprenant, "id"),
    (RepresentantLegal, "apprenant"),
    (Inscription, "apprenant"),
    (AvisAptitude, "apprenant"),
    (FormationSecurite, "apprenant"),
)


def _questions(jour: date) -> QuerySet[DemandeContact]:
    return DemandeContact.objects.filter(recue_le__lt=fin_de(limite("contact", jour)))


def _candidatures(jour: date) -> QuerySet[Candidature]:
    """Applications that ended without an enrolment long ago, or that nobody ever ended."""
    finies = Q(etat__in=SANS_INSCRIPTION, close_le__lte=limite("candidature", jour))
    oubliees = Q(etat__in=OUVERTES, recue_le__lte=limite("candidature_ouverte", jour))
    return Candidature.objects.filter(finies | oubliees, efface_le__isnull=True)


def _effacer_les_candidatures(jour: date) -> int:
    """Nobody can be named any more; that somebody applied, when, and how it ended stays."""
    return _candidatures(jour).update(
        prenom="", nom="", ne_le=None, motivation="", precision_refus="", lien="", representant_prenom="",
        representant_nom="", telephone="", courriel="", contact=None, efface_le=jour,
    )  # fmt: skip


def partis(jour: date, genre: str) -> QuerySet[Apprenant]:
    """Learners whose last enrolment ended longer ago than this retention; never enrolled, they stay."""
    inscriptions = Inscription.objects.filter(apprenant=OuterRef("pk"))
    encore = inscriptions.filter(Q(au__isnull=True) | Q(au__gt=limite(genre, jour)))
    return Apprenant.objects.filter(Exists(inscriptions), ~Exists(encore), anonyme_le__isnull=True)


def _dossiers(jour: date) -> QuerySet[DossierInspection]:
    """Files for the inspectorate that are too old, or that name somebody who has no name any more."""
    partis_avant = DossierInspection.objects.filter(
        pk=OuterRef("pk"), jeunes__anonyme_le__isnull=False
    ).order_by()
    vieux = Q(demande_le__lt=fin_de(limite("inspection", jour)))
    return DossierInspection.objects.filter(vieux | Q(Exists(partis_avant)), efface_le__isnull=True)


def _effacer_les_dossiers(jour: date) -> int:
    """The document goes, bytes and frozen values; who asked for it and when stays."""
    nombre = 0
    for dossier in _dossiers(jour):
        with transaction.atomic():
            documents = DocumentFige.objects.filter(pk__in=[dossier.document_id])
            dossier.jeunes.clear()
            DossierInspection.objects.filter(pk=dossier.pk).update(document=None, efface_le=jour)
            documents.delete()
        nombre += 1
    return nombre


def _rendre_anonymes(jour: date) -> int:
    """Identity, health and parents go; enrolments, trainings and minutes stay, of nobody one could name."""
    nombre = 0
    for apprenant in partis(jour, "apprenant"):
        with transaction.atomic():
            AvisAptitude.objects.filter(apprenant=apprenant).delete()
            RepresentantLegal.objects.filter(apprenant=apprenant).delete()
            Candidature.objects.filter(apprenant=apprenant).update(motivation="")
            Inscription.objects.filter(apprenant=apprenant).exclude(motif_age="").update(motif_age="effacé")
            Apprenant.objects.filter(pk=apprenant.pk).update(
                prenom="Jeune",
                nom=f"parti {apprenant.pk.hex[-8:]}",
                ne_le=apprenant.ne_le.replace(month=1, day=1),
                anonyme_le=jour,
            )
            for modele, lien in HISTOIRES_DU_JEUNE:
                effacer(modele, **{lien: apprenant.pk})  # last: what precedes was written there too
        nombre += 1
    return nombre


def _retires(jour: date) -> QuerySet[Any, UUID]:
    """Keys of learners that are no more, by an import that was undone, and whose history remains."""
    histoire: Any = histoire_de(Apprenant)
    retraits = histoire.objects.filter(
        pgh_label=Retrait.label, pgh_created_at__lt=fin_de(limite("import", jour))
    )
    partis: QuerySet[Any, UUID] = retraits.order_by().values_list("id", flat=True)
    return partis.exclude(id__in=Apprenant.objects.order_by().values("pk")).distinct()


def _oublier_les_retires(jour: date) -> int:
    cles = list(_retires(jour))
    with transaction.atomic():
        for modele, lien in HISTOIRES_DU_JEUNE:
            effacer(modele, **{f"{lien}__in": cles})
    return len(cles)


def _oublier_les_fonctions(comptes: QuerySet[Utilisateur]) -> int:
    """Close these accounts; which functions they held, and when that was corrected, is nobody's story."""
    cles = list(comptes.values_list("pk", flat=True))
    with transaction.atomic():
        membres = MembreEquipe.objects.filter(utilisateur__in=cles).values_list("pk", flat=True)
        effacer(Encadrement, membre__in=list(membres))
        for modele in (MembreEquipe, Agrement, AffectationDreets, AffectationNationale):
            effacer(modele, utilisateur__in=cles)
        return fermer(Utilisateur.objects.filter(pk__in=cles))


def _endormis(jour: date, genre: str) -> QuerySet[Utilisateur]:
    equipe = MembreEquipe.objects.filter(en_cours(jour), utilisateur=OuterRef("pk"))
    return comptes_endormis(jour, genre, Q(Exists(equipe)))


ETAPES = (
    Etape(
        "questions de familles de plus de 6 mois",
        lambda jour: _questions(jour).count(),
        lambda jour: _questions(jour).delete()[0],
    ),
    Etape(
        "candidatures terminées sans inscription depuis plus de 6 mois, ou oubliées depuis 2 ans",
        lambda jour: _candidatures(jour).count(),
        _effacer_les_candidatures,
    ),
    Etape(
        "jeunes partis depuis plus de 12 mois",
        lambda jour: partis(jour, "apprenant").count(),
        _rendre_anonymes,
    ),
    Etape(
        "dossiers pour l'inspection de plus de 12 mois, ou qui nomment un jeune parti",
        lambda jour: _dossiers(jour).count(),
        _effacer_les_dossiers,
    ),
    Etape(
        "historique de jeunes retirés depuis plus de 90 jours",
        lambda jour: _retires(jour).count(),
        _oublier_les_retires,
    ),
    Etape(
        "comptes bientôt fermés, à prévenir",
        lambda jour: a_prevenir(_endormis(jour, "compte_preavis")).count(),
        lambda jour: prevenir(_endormis(jour, "compte_preavis"), jour),
    ),
    Etape(
        "comptes sans connexion depuis 2 ans, prévenus",
        lambda jour: a_fermer(_endormis(jour, "compte"), jour).count(),
        lambda jour: _oublier_les_fonctions(a_fermer(_endormis(jour, "compte"), jour)),
    ),
)
