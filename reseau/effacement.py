"""What the ground floor erases: lines of imports, traces, and accounts that nobody uses."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

from allauth.account.models import EmailAddress, EmailConfirmation
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib.admin.models import LogEntry
from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Coalesce, TruncDate

from reseau.models import (
    DOMAINE_EFFACE,
    ActionEnLot,
    AffectationDreets,
    AffectationNationale,
    Courriel,
    LotImport,
    RappelEcheance,
    TraceExport,
    Utilisateur,
    en_cours,
)
from reseau.nombres import PARIS, maintenant
from reseau.socle.courriels import ecrire, lien
from reseau.socle.effacement import Etape, limite

if TYPE_CHECKING:
    from datetime import date

    from django.db.models import QuerySet

COURRIEL_EFFACE = f"efface-{{}}{DOMAINE_EFFACE}"
JOURS_DE_PREAVIS = 30
PREAVIS = """Bonjour,

Vous n'avez pas ouvert le portail des écoles de production depuis près de deux ans.
Dans trente jours, votre compte sera fermé et votre nom effacé.

Pour le garder, il suffit de vous connecter une fois :

{lien}
"""


def fin_de(jour: date) -> datetime:
    """Return the first instant after a Paris day."""
    return datetime.combine(jour + timedelta(days=1), time(), PARIS)


# What still waited is given up: nobody may accept lines that are no longer there.
_EN_ATTENTE = frozenset({LotImport.Etat.LECTURE, LotImport.Etat.COLONNES, LotImport.Etat.A_VERIFIER})


def _lots(jour: date) -> QuerySet[LotImport]:
    return LotImport.objects.filter(purge_le__isnull=True, depose_le__lt=fin_de(limite("import", jour)))


def _vider_les_lots(jour: date) -> int:
    """Lines and file go; the batch keeps its counts, without the words of its rows."""
    lots = list(_lots(jour))
    for lot in lots:
        with transaction.atomic():
            lot.lignes.all().delete()
            if lot.etat in _EN_ATTENTE:
                lot.etat = LotImport.Etat.ABANDONNE
            stockage, nom = lot.fichier.storage, lot.fichier.name
            lot.nom_fichier, lot.annonces, lot.refus, lot.purge_le = "effacé", [], "", maintenant()
            lot.forme, lot.fichier = {}, ""
            lot.save()
            # The file goes last: a batch without its file would be read as lost.
            if nom:
                transaction.on_commit(partial(stockage.delete, nom))
    return len(lots)


def _traces(jour: date) -> list[QuerySet[Any]]:
    avant = fin_de(limite("trace", jour))
    return [
        LogEntry.objects.filter(action_time__lt=avant),
        TraceExport.objects.filter(le__lt=avant),
        EmailConfirmation.objects.filter(created__lt=avant),
        Courriel.objects.filter(cree_le__lt=avant),
        RappelEcheance.objects.filter(finit_le__lt=limite("trace", jour)),
        ActionEnLot.objects.filter(demandee_le__lt=avant),
    ]


def comptes_endormis(jour: date, genre: str, fonctions: Q) -> QuerySet[Utilisateur]:
    """Accounts that nobody used for the whole time, and that no function of today needs.

    ``fonctions`` says what the ground floor cannot know: the staff of the schools.
    """
    dreets = AffectationDreets.objects.filter(en_cours(jour), utilisateur=OuterRef("pk"))
    nationales = AffectationNationale.objects.filter(en_cours(jour), utilisateur=OuterRef("pk"))
    return (
        Utilisateur.objects.exclude(courriel__endswith=COURRIEL_EFFACE.removeprefix("efface-{}"))
        .annotate(vu_le=Coalesce("last_login", "cree_le"))
        .filter(vu_le__lt=fin_de(limite(genre, jour)), is_superuser=False)
        .exclude(Q(Exists(dreets)) | Q(Exists(nationales)) | fonctions)
    )


def a_prevenir(endormis: QuerySet[Utilisateur]) -> QuerySet[Utilisateur]:
    """Of these accounts, those that were not told since their last visit."""
    return endormis.filter(Q(prevenu_le__isnull=True) | Q(prevenu_le__lte=TruncDate("vu_le")))


def prevenir(endormis: QuerySet[Utilisateur], jour: date) -> int:
    """Write to each, and note it: the mail is a row of the same transaction, sent until it leaves."""
    nombre = 0
    corps = PREAVIS.format(lien=lien(settings.LOGIN_URL))
    for compte in a_prevenir(endormis):
        with transaction.atomic():
            ecrire(
                cle=f"preavis:{compte.pk}:{jour.isoformat()}",
                destinataire=compte,
                objet="Votre compte va être fermé",
                corps=corps,
            )
            Utilisateur.objects.filter(pk=compte.pk).update(prevenu_le=jour)
        nombre += 1
    return nombre


def a_fermer(endormis: QuerySet[Utilisateur], jour: date) -> QuerySet[Utilisateur]:
    """Of these accounts, those that were told long enough ago, by a mail that left, and did not come back."""
    en_attente = Courriel.objects.filter(
        destinataire=OuterRef("pk"), etat=Courriel.Etat.A_ENVOYER, cle__startswith="preavis:"
    )
    prevenus = endormis.filter(~Exists(en_attente), prevenu_le__gt=TruncDate("vu_le"))
    return prevenus.filter(prevenu_le__lte=jour - timedelta(days=JOURS_DE_PREAVIS))


def fermer(comptes: QuerySet[Utilisateur]) -> int:
    """Close them: acts keep their author's key, nothing says any more who it was."""
    nombre = 0
    for compte in comptes:
        with transaction.atomic():
            EmailAddress.objects.filter(user=compte).delete()
            Authenticator.objects.filter(user=compte).delete()
            compte.filtres.all().delete()
            compte.prenom = compte.nom = ""
            compte.courriel = COURRIEL_EFFACE.format(compte.pk.hex)
            compte.is_active = False
            compte.set_unusable_password()
            compte.save()
        nombre += 1
    return nombre


ETAPES = (
    Etape("imports de plus de 90 jours", lambda jour: _lots(jour).count(), _vider_les_lots),
    Etape(
        "traces de plus de 12 mois",
        lambda jour: sum(traces.count() for traces in _traces(jour)),
        lambda jour: sum(traces.delete()[0] for traces in _traces(jour)),
    ),
)
