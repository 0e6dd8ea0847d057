"""The night writes to the heads of the schools; the pages show what ends. Nobody reads another's papers."""

from __future__ import annotations

import io
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import time_machine
from django.conf import settings
from django.core import mail
from django.core.management import call_command
from django.urls import reverse

from ecoles import rappels
from ecoles.models import AvisAptitude, Label, MembreEquipe
from reseau.models import Courriel, RappelEcheance
from reseau.nombres import aujourdhui, maintenant
from reseau.roles import Role
from tests.monde import Cote, compte, poser_le_monde
from tests.usines import ApprenantUsine, AvisUsine, il_y_a, ne_il_y_a

if TYPE_CHECKING:
    from django.test import Client

pytestmark = pytest.mark.django_db


@pytest.fixture
def cotes() -> tuple[Cote, Cote]:
    """Inès' opinion ends in sixty days, on both sides."""
    ici, la_bas, _ = poser_le_monde()
    Courriel.objects.all().delete()
    return ici, la_bas


def la_nuit() -> str:
    sortie = io.StringIO()
    call_command("rappeler_echeances", stdout=sortie)
    return sortie.getvalue()


def test_chaque_direction_recoit_un_courriel_sans_nom_de_jeune(
    cotes: tuple[Cote, Cote], django_capture_on_commit_callbacks: Any
) -> None:
    ici, la_bas = cotes
    with django_capture_on_commit_callbacks(execute=True):
        assert la_nuit() == "2 rappel(s) posé(s), 2 courriel(s) écrit(s).\n"
    directions = {cote.personnes[Role.DIRECTION].courriel for cote in (ici, la_bas)}
    assert {message.to[0] for message in mail.outbox} == directions
    (message,) = [m for m in mail.outbox if m.to == [ici.personnes[Role.DIRECTION].courriel]]
    assert "- 1 avis d'aptitude, le " in message.body
    assert "Atelier de ici" in message.body
    page = reverse("admin:ecoles_ecole_change", args=[ici.ecole.pk])
    assert f"{settings.ADRESSE_DU_PORTAIL}{page}#dossier-papiers\n" in message.body
    for mot in ("Inès", "De ici", "la-bas", "Malo"):
        assert mot not in message.body + message.subject


def test_la_meme_nuit_deux_fois_n_ecrit_rien_de_plus(cotes: tuple[Cote, Cote]) -> None:
    la_nuit()
    assert la_nuit() == "0 rappel(s) posé(s), 0 courriel(s) écrit(s).\n"
    assert Courriel.objects.count() == 2
    with time_machine.travel(maintenant() + timedelta(days=29)):
        assert la_nuit().startswith("0 ")
    with time_machine.travel(maintenant() + timedelta(days=30)):
        assert la_nuit() == "2 rappel(s) posé(s), 2 courriel(s) écrit(s).\n"


def test_soixante_avis_du_meme_jour_font_une_ligne_d_un_courriel(cotes: tuple[Cote, Cote]) -> None:
    ici, _ = cotes
    for _ in range(5):
        jeune = ApprenantUsine(ecole=ici.ecole, ne_le=ne_il_y_a(15), inscription__du=il_y_a(20))
        AvisUsine(apprenant=jeune, au=il_y_a(-20))
    la_nuit()
    (courriel,) = Courriel.objects.filter(destinataire=ici.personnes[Role.DIRECTION])
    assert "- 5 avis d'aptitude, le " in courriel.corps
    assert courriel.corps.index("- 5 avis") < courriel.corps.index("- 1 avis")


def test_une_panne_au_milieu_de_la_nuit_ne_perd_ni_ne_double_rien(
    cotes: tuple[Cote, Cote], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Killed between the reminder and its mail: neither stays; the next night gives both."""

    def tomber(**_: object) -> bool:
        raise RuntimeError("coupure")

    with monkeypatch.context() as panne, pytest.raises(RuntimeError):
        panne.setattr(rappels, "ecrire", tomber)
        la_nuit()
    assert (RappelEcheance.objects.count(), Courriel.objects.count()) == (0, 0)
    assert la_nuit() == "2 rappel(s) posé(s), 2 courriel(s) écrit(s).\n"


def test_une_ecole_sans_direction_recoit_son_rappel_quand_elle_en_a_une(cotes: tuple[Cote, Cote]) -> None:
    ici, _ = cotes
    MembreEquipe.objects.filter(ecole=ici.ecole, fonction="direction").update(au=il_y_a(1))
    assert la_nuit().startswith("1 rappel(s)")
    nouvelle = compte("nouvelle@ici.invalid")
    MembreEquipe.objects.create(ecole=ici.ecole, utilisateur=nouvelle, fonction="direction")
    la_nuit()
    assert Courriel.objects.filter(destinataire=nouvelle).count() == 1


def test_seule_la_direction_est_prevenue(cotes: tuple[Cote, Cote]) -> None:
    ici, _ = cotes
    la_nuit()
    roles = (Role.MAITRE, Role.SECRETARIAT, Role.INSTRUCTEUR)
    assert not Courriel.objects.filter(destinataire__in=[ici.personnes[r] for r in roles]).exists()


# --- On the pages


def test_l_accueil_de_la_direction_dit_ce_qui_expire(client: Client, cotes: tuple[Cote, Cote]) -> None:
    ici, _ = cotes
    AvisAptitude.objects.filter(apprenant__ecole=ici.ecole).update(au=il_y_a(2))
    client.force_login(ici.personnes[Role.DIRECTION])
    page = client.get(reverse("admin:index")).content.decode()
    assert "Papiers qui expirent" in page
    assert f"expiré depuis le {il_y_a(2):%d/%m/%Y}" in page
    assert "Avis d&#x27;aptitude : Inès De ici" in page
    assert "la-bas" not in page
    for role in (Role.MAITRE, Role.SECRETARIAT, Role.INSTRUCTEUR):
        client.force_login(ici.personnes[role])
        assert "Papiers qui expirent" not in client.get(reverse("admin:index")).content.decode()


def test_la_page_de_l_ecole_le_dit_a_chacun_selon_ce_qu_il_voit(
    client: Client, cotes: tuple[Cote, Cote]
) -> None:
    ici, la_bas = cotes
    Label.objects.filter(ecole=ici.ecole).update(au=il_y_a(-12))
    page = reverse("admin:ecoles_ecole_change", args=[ici.ecole.pk])
    client.force_login(ici.personnes[Role.DIRECTION])
    texte = client.get(page).content.decode()
    assert "Avis d&#x27;aptitude : Inès" in texte
    assert "dans 12 jours" in texte
    # An officer of the region who also heads another school reads the label, and no learner's name.
    agent = ici.personnes[Role.INSTRUCTEUR]
    MembreEquipe.objects.create(ecole=la_bas.ecole, utilisateur=agent, fonction="direction")
    client.force_login(agent)
    texte = client.get(page).content.decode()
    assert "dans 12 jours" in texte
    assert "Inès" not in texte


def test_rien_n_expire_la_page_le_dit(client: Client, cotes: tuple[Cote, Cote]) -> None:
    ici, _ = cotes
    AvisAptitude.objects.update(au=il_y_a(-200))
    client.force_login(ici.personnes[Role.DIRECTION])
    assert "Aucun papier n&#x27;expire" in client.get(reverse("admin:index")).content.decode()


def test_le_journal_des_envois_se_lit_par_l_administrateur_seul(client: Client) -> None:
    ici, _, nationaux = poser_le_monde()
    liste = reverse("admin:reseau_courriel_changelist")
    client.force_login(nationaux[Role.ADMINISTRATEUR])
    assert "Papiers" in client.get(liste).content.decode()
    for role in (Role.DIRECTION, Role.INSTRUCTEUR):
        client.force_login(ici.personnes[role])
        assert client.get(liste).status_code == 403


def test_la_nuit_lance_les_deux_ordres() -> None:
    service = (Path(settings.RACINE) / "deploy" / "edp-nuit.service").read_text(encoding="utf-8")
    assert service.index("rappeler_echeances") < service.index("envoyer_courriels")
    assert aujourdhui()
