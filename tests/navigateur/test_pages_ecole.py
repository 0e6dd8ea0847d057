"""The pages of a school's direction: no fault that axe sees, and the keyboard alone finishes a journey."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.urls import reverse

from ecoles.models import Candidature, CoordonneesBancaires, Ecole, Transfert
from reseau.management.demonstration.ecoles import DEUX_RIVES
from tests.navigateur.regard import ECRAN, TELEPHONE, Regard, avec_chromium, chromium, en_base, entrer

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = avec_chromium
TOUCHES = 80  # no journey asks for more


def _adresses() -> dict[str, str]:
    ecole = Ecole.objects.get(nom=DEUX_RIVES)
    admise = Candidature.objects.get(ecole=ecole, etat="admise")
    envoye, recu = Transfert.objects.get(ecole=ecole), Transfert.objects.get(vers=ecole)
    iban = CoordonneesBancaires.objects.filter(ecole=ecole)[0]

    def admin(nom: str, *cles: Any) -> str:
        return reverse(f"admin:ecoles_{nom}", args=cles)

    return {
        "nouvelle candidature": admin("candidature_add"),
        "candidature": admin("candidature_change", admise.pk),
        "inscrire": admin("candidature_transition", admise.pk, "inscrire"),
        "proposer": admin("transfert_add"),
        "proposé": admin("transfert_change", envoye.pk),
        "reçu": admin("transfert_change", recu.pk),
        "accepter": admin("transfert_transition", recu.pk, "accepter"),
        "effectifs": admin("ecole_effectifs"),
        "inspection": admin("dossierinspection_add"),
        "historique": admin("ecole_history", ecole.pk),
        "comptes": admin("coordonneesbancaires_changelist"),
        "compte": admin("coordonneesbancaires_change", iban.pk),
        "nouveau compte": admin("coordonneesbancaires_add"),
    }


@pytest.fixture
def regard(portail_demo: str) -> Iterator[Regard]:
    with chromium() as navigateur:
        contexte = navigateur.new_context(locale="fr-FR")
        entrer(contexte, portail_demo, "direction@demo.invalid")
        yield Regard(contexte.new_page(), portail_demo)


def presser(regard: Regard, texte: str, touche: str = "Enter") -> None:
    """Tab until what bears this text has the focus, then press: no mouse."""
    clavier = regard.page.keyboard
    for _ in range(TOUCHES):
        clavier.press("Tab")
        lu = regard.page.evaluate("document.activeElement.value || document.activeElement.textContent")
        if str(lu).strip() == texte:
            with regard.page.expect_navigation():
                clavier.press(touche)
            return
    pytest.fail(f"« {texte} » ne s'atteint pas au clavier sur {regard.page.url}")


def test_les_pages_de_l_ecole_n_ont_pas_de_defaut_et_le_clavier_suffit(regard: Regard) -> None:
    adresses = en_base(_adresses)
    for rang, (nom, adresse) in enumerate(adresses.items()):
        assert regard.aller(adresse).status == 200, nom
        regard.examiner((TELEPHONE if rang % 2 else ECRAN)[0])
    assert regard.fautes == []
    regard.aller(adresses["candidature"])
    presser(regard, "Inscrire")
    presser(regard, "Inscrire")
    assert "Inscrite" in regard.page.locator(".field-etat").inner_text()
    regard.aller(adresses["reçu"])
    presser(regard, "Accueillir ce jeune")
    presser(regard, "Accueillir ce jeune")
    assert "Accepté" in regard.page.locator(".field-etat").inner_text()
    regard.examiner(TELEPHONE[0])
    assert regard.fautes == []
