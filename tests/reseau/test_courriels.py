"""Mails: once each, lost by no outage, read by whoever runs the portal."""

from __future__ import annotations

import io
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
import time_machine
from django.core import mail
from django.core.management import call_command
from django.db import DatabaseError, IntegrityError, transaction

from reseau.models import Courriel
from reseau.nombres import maintenant
from reseau.socle import courriels
from reseau.socle.courriels import ecrire, envoyer, envoyer_ce_qui_attend
from tests.bases import en_parallele
from tests.monde import compte
from tests.usines import UtilisateurUsine

if TYPE_CHECKING:
    from pytest_django import DjangoCaptureOnCommitCallbacks

PANNE = "reseau.socle.courriels.EmailMessage.send"


def deposer(cle: str = "essai:1") -> Courriel:
    ecrire(cle=cle, destinataire=UtilisateurUsine(), objet="Essai", corps="Bonjour.")
    return Courriel.objects.get(cle=cle)


def en_panne(*_args: object, **_options: object) -> int:
    raise ConnectionRefusedError("smtp.secret.invalid")


@pytest.mark.django_db
def test_un_courriel_part_apres_la_transaction(
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        courriel = deposer()
        assert mail.outbox == []
    courriel.refresh_from_db()
    (parti,) = mail.outbox
    assert parti.to == [courriel.destinataire.courriel]
    assert parti.subject == "[Écoles de production] Essai"
    assert parti.extra_headers["Auto-Submitted"] == "auto-generated"
    assert courriel.pk.hex in parti.extra_headers["Message-ID"]
    assert not getattr(parti, "alternatives", [])
    assert (courriel.etat, courriel.nb_essais, courriel.envoye_le is None) == ("envoye", 1, False)


@pytest.mark.django_db
def test_une_transaction_defaite_n_ecrit_a_personne(
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    with (
        django_capture_on_commit_callbacks(execute=True),
        pytest.raises(RuntimeError),
        transaction.atomic(),
    ):
        deposer()
        raise RuntimeError
    assert (Courriel.objects.count(), mail.outbox) == (0, [])


@pytest.mark.django_db
def test_la_meme_cle_ne_part_qu_une_fois(
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        courriel = deposer()
        assert not ecrire(cle="essai:1", destinataire=courriel.destinataire, objet="Autre", corps="Autre.")
    assert not envoyer(courriel.pk)
    assert envoyer_ce_qui_attend() == (0, 0)
    assert len(mail.outbox) == 1


@pytest.mark.django_db
def test_une_panne_ne_perd_rien_et_attend_de_plus_en_plus(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    courriel, depart = deposer(), maintenant()
    with monkeypatch.context() as panne:
        panne.setattr(PANNE, en_panne)
        assert envoyer_ce_qui_attend() == (0, 1)
        assert envoyer_ce_qui_attend() == (0, 1)  # not its time yet: not tried
        courriel.refresh_from_db()
        assert (courriel.nb_essais, courriel.erreur) == (1, "ConnectionRefusedError")
        attentes = []
        for _ in range(12):
            with time_machine.travel(courriel.reprendre_le + timedelta(seconds=1)):
                essaye_le = maintenant()
                envoyer_ce_qui_attend()
                courriel.refresh_from_db()
                attentes.append(round((courriel.reprendre_le - essaye_le).total_seconds()))
    assert attentes == sorted(attentes)
    assert (attentes[0], attentes[-1]) == (600, 12 * 3600)
    assert "smtp.secret" not in caplog.text
    assert courriel.destinataire.courriel not in caplog.text
    sortie = io.StringIO()
    with time_machine.travel(depart + timedelta(days=30)):
        call_command("envoyer_courriels", stdout=sortie)
    assert "1 courriel(s) envoyé(s), 0 en attente." in sortie.getvalue()
    courriel.refresh_from_db()
    assert (courriel.etat, courriel.erreur, len(mail.outbox)) == ("envoye", "", 1)


@pytest.mark.django_db
def test_le_premier_qui_part_apres_une_panne_emmene_les_autres(
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    deposer("retenu:1")
    deposer("retenu:2")
    with django_capture_on_commit_callbacks(execute=True):
        deposer("nouveau")
    assert (len(mail.outbox), envoyer_ce_qui_attend()) == (3, (0, 0))


@pytest.mark.django_db
def test_un_compte_ferme_ne_recoit_rien() -> None:
    courriel = deposer()
    type(courriel.destinataire).objects.filter(pk=courriel.destinataire_id).update(is_active=False)
    assert not envoyer(courriel.pk)
    courriel.refresh_from_db()
    assert (courriel.etat, mail.outbox) == ("sans_compte", [])
    assert envoyer_ce_qui_attend() == (0, 0)


@pytest.mark.django_db
def test_une_file_en_panne_ne_defait_pas_l_acte(
    monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Any
) -> None:
    def sans_file(*_args: object) -> None:
        raise DatabaseError("file pleine")

    monkeypatch.setattr(courriels.tache_envoyer.__class__, "enqueue", sans_file)
    with django_capture_on_commit_callbacks(execute=True):
        courriel = deposer()
    assert Courriel.objects.get(pk=courriel.pk).etat == "a_envoyer"


@pytest.mark.django_db
def test_un_courriel_envoye_dit_quand() -> None:
    courriel = deposer()
    with pytest.raises(IntegrityError, match="courriel_envoye_date"), transaction.atomic():
        Courriel.objects.filter(pk=courriel.pk).update(etat="envoye")


@pytest.mark.usefixtures("base_jetable")
def test_deux_ouvriers_a_la_fois_n_envoient_qu_une_fois(monkeypatch: pytest.MonkeyPatch) -> None:
    compte("une@essai.invalid")
    from reseau.models import Utilisateur

    ecrire(
        cle="course", destinataire=Utilisateur.objects.get(courriel="une@essai.invalid"), objet="O", corps="C"
    )
    cle = Courriel.objects.get(cle="course").pk
    Courriel.objects.filter(pk=cle).update(etat="a_envoyer", envoye_le=None)
    mail.outbox.clear()
    envois = en_parallele(*[lambda: envoyer(cle)] * 4)
    assert sorted(envois) == [False, False, False, True]
    assert len(mail.outbox) == 1
