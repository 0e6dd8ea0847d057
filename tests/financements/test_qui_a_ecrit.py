"""Who wrote an amount does not visa it; who only reread the page wrote nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.urls import reverse

from financements.etats import MACHINE, Etat
from financements.models import Avenant, Demande
from reseau.nombres import aujourdhui
from reseau.roles import Role
from reseau.socle.etats import Contexte, TransitionRefusee
from tests.financements.conftest import page_remplie
from tests.financements.test_page_avenants import envoi
from tests.usines_financements import Territoire, personne

if TYPE_CHECKING:
    from django.test import Client

    from reseau.models import Utilisateur

pytestmark = pytest.mark.django_db


def _double(lieu: Territoire) -> Utilisateur:
    """Somebody who reviews and visas."""
    qui = personne("double")
    for role in (Role.INSTRUCTEUR, Role.CHEF_DE_SERVICE, Role.ORDONNATEUR):
        qui.affectations.create(service_id=lieu.region, role=role, du=aujourdhui())
    return qui


@pytest.mark.parametrize(
    ("saisies", "peut"),
    [
        ({}, True),
        ({"note_interne": "Relu ce matin."}, True),
        ({"lignes-0-effectif_retenu": "30", "lignes-0-motif": "Six absents."}, False),
    ],
)
def test_relire_n_est_pas_ecrire(
    client: Client, lieu: Territoire, saisies: dict[str, str], peut: bool
) -> None:
    demande, double = lieu.demande(Etat.EN_INSTRUCTION), _double(lieu)
    client.force_login(double)
    adresse = reverse("admin:financements_demande_change", args=[demande.pk])
    assert client.post(adresse, page_remplie(client, adresse, **saisies)).status_code == 302
    assert demande.journal.filter(evenement="retenir").exists() is not peut
    demande = lieu.avancer(Demande.objects.get(pk=demande.pk), "proposer")
    assert (MACHINE.refus(demande, "viser", Contexte(double)) == []) is peut


@pytest.mark.parametrize("ecrit", [{"lignes-0-mois": "6"}, {"motif": "Un jeune de plus, venu en mars."}])
def test_qui_ecrit_l_avenant_d_une_autre_ne_le_vise_pas(
    client: Client, lieu: Territoire, ecrit: dict[str, str]
) -> None:
    demande, double = lieu.demande(Etat.EN_EXECUTION), _double(lieu)
    client.force_login(lieu.agents[Role.INSTRUCTEUR])
    client.post(reverse("admin:financements_avenant_add"), envoi(demande, {}))
    avenant = Avenant.objects.get()
    client.force_login(double)
    adresse = reverse("admin:financements_avenant_change", args=[avenant.pk])
    assert client.post(adresse, page_remplie(client, adresse)).status_code == 302
    assert not demande.journal.filter(acteur=double).exists()
    ecrite = page_remplie(client, adresse, **ecrit)
    for _ in range(2):
        assert client.post(adresse, ecrite).status_code == 302
    assert demande.journal.filter(acteur=double, evenement="preparer_avenant").count() == 1
    demande = lieu.avancer(Demande.objects.get(pk=demande.pk), "proposer_avenant")
    with pytest.raises(TransitionRefusee) as refus:
        MACHINE.franchir(demande, "viser_avenant", Contexte(double))
    assert refus.value.refus == ["Vous avez écrit ou proposé cet avenant : une autre personne doit le viser."]
    demande = lieu.avancer(demande, "viser_avenant")
    with pytest.raises(TransitionRefusee, match="une troisième personne doit l'accorder"):
        MACHINE.franchir(demande, "accorder_avenant", Contexte(double))
    lieu.avancer(demande, "accorder_avenant")
