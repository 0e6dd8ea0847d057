"""The door of the states: every refusal at once, all or nothing, and no other way in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from financements.models import Demande, JournalDemande
from reseau.roles import Role
from reseau.socle.etats import Contexte, Machine, Transition, TransitionRefusee, passages
from tests.bases import en_parallele
from tests.monde import Cote, compte, poser_le_monde

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from reseau.models import Utilisateur

    type Monde = tuple[Cote, Cote, dict[Role, Utilisateur]]

PAS: list[str] = []


def _deux_phrases(_objet: Demande, contexte: Contexte) -> Iterator[str]:
    PAS.append("gardes")
    if "bloquer" in contexte.donnees:
        yield "Il manque une pièce."
        yield "Le montant dépasse l'enveloppe."


def _une_phrase(_objet: Demande, contexte: Contexte) -> list[str]:
    return ["La campagne est fermée."] if "bloquer" in contexte.donnees else []


def _effet(objet: Demande, contexte: Contexte) -> Mapping[str, Any]:
    PAS.append("effet")
    if "panne" in contexte.donnees:
        message = "panne au milieu de l'effet"
        raise RuntimeError(message)
    return {"numero": objet.numero}


RETIRER = Transition(
    "essai",
    ("brouillon",),
    "retiree",
    "retirer",
    "Retirer",
    gardes=(_deux_phrases, _une_phrase),
    effet=_effet,
    verrou=lambda _objet: PAS.append("verrou"),
)
MACHINE = Machine((RETIRER,), chaine=lambda demande: f"demande:{demande.region_id}")


@pytest.fixture
def monde(db: None) -> Monde:
    PAS.clear()
    return poser_le_monde()


@pytest.fixture
def ici(monde: Monde) -> Cote:
    return monde[0]


def _demande(cote: Cote) -> Demande:
    demande: Demande = cote.lignes[Demande]
    return demande


def _franchir(cote: Cote, role: Role = Role.DIRECTION, **donnees: Any) -> Demande:
    return MACHINE.franchir(_demande(cote), "essai", Contexte(cote.personnes[role], donnees))


def _refus(cote: Cote, personne: Utilisateur, **donnees: Any) -> list[str]:
    with pytest.raises(TransitionRefusee) as refus:
        MACHINE.franchir(_demande(cote), "essai", Contexte(personne, donnees))
    assert str(refus.value) == " ".join(refus.value.refus)
    return refus.value.refus


def _intacte(cote: Cote) -> bool:
    demande = Demande.objects.get(pk=_demande(cote).pk)
    return demande.etat == "brouillon" and not JournalDemande.objects.filter(evenement="essai").exists()


def test_franchir_change_l_etat_et_ecrit_le_journal(ici: Cote) -> None:
    fraiche = _franchir(ici)
    assert fraiche.etat == "retiree"
    assert Demande.objects.get(pk=fraiche.pk).etat == "retiree"
    ligne = JournalDemande.objects.get(evenement="essai")
    assert (ligne.chaine, ligne.de, ligne.vers) == ("demande:84", "brouillon", "retiree")
    assert ligne.acteur == ici.personnes[Role.DIRECTION]
    assert ligne.donnees == {"numero": fraiche.numero}


def test_toutes_les_raisons_sont_donnees_ensemble(ici: Cote) -> None:
    assert _refus(ici, ici.personnes[Role.DIRECTION], bloquer=1) == [
        "Il manque une pièce.",
        "Le montant dépasse l'enveloppe.",
        "La campagne est fermée.",
    ]
    assert "effet" not in PAS
    assert _intacte(ici)


def test_le_verrou_est_pris_avant_les_gardes_et_l_effet(ici: Cote) -> None:
    _franchir(ici)
    assert PAS == ["verrou", "gardes", "effet"]


@pytest.mark.parametrize("role", [Role.MAITRE, Role.SECRETARIAT, Role.ORDONNATEUR, Role.CHEF_DE_SERVICE])
def test_sans_le_role_on_ne_passe_pas(ici: Cote, role: Role) -> None:
    phrases = _refus(ici, ici.personnes[role])
    assert phrases == ["Vos rôles ne permettent pas cette action sur ce dossier."]
    assert "gardes" not in PAS
    assert _intacte(ici)


def test_hors_de_son_territoire_on_ne_passe_pas(monde: Monde) -> None:
    ici, la_bas, nationaux = monde
    for personne in (la_bas.personnes[Role.DIRECTION], *nationaux.values(), compte("sans@role.invalid")):
        assert "Vos rôles" in _refus(ici, personne)[0]
    assert _intacte(ici)


def test_d_un_autre_etat_on_ne_passe_pas(ici: Cote) -> None:
    _franchir(ici)
    perimee = _demande(ici)
    assert perimee.etat == "brouillon", "l'objet en main est ancien : seul l'état en base compte"
    phrase = _refus(ici, ici.personnes[Role.DIRECTION])[0]
    assert phrase == "« Retirer » n'est pas possible : l'étape est « Retirée »."


def test_une_panne_au_milieu_ne_laisse_rien(ici: Cote) -> None:
    with pytest.raises(RuntimeError), transaction.atomic():
        _franchir(ici, panne=1)
    assert _intacte(ici)
    assert _porte() in ("", None)


def test_les_boutons_ne_posent_pas_les_gardes(monde: Monde) -> None:
    ici, la_bas, _ = monde
    assert [t.nom for t in MACHINE.ouvertes(_demande(ici), ici.personnes[Role.DIRECTION])] == ["essai"]
    assert MACHINE.ouvertes(_demande(ici), la_bas.personnes[Role.DIRECTION]) == []
    assert MACHINE.ouvertes(_franchir(ici), ici.personnes[Role.DIRECTION]) == []
    assert PAS == ["verrou", "gardes", "effet"]


def _porte() -> str | None:
    with connection.cursor() as curseur:
        curseur.execute("SELECT current_setting('edp.porte', true)")
        valeur: str | None = curseur.fetchone()[0]
    return valeur


def test_un_saut_legal_par_update_est_refuse(ici: Cote) -> None:
    with pytest.raises(IntegrityError, match="que par une transition"), transaction.atomic():
        Demande.objects.filter(pk=_demande(ici).pk).update(etat="retiree")


def test_un_saut_legal_par_save_est_refuse(ici: Cote) -> None:
    demande = Demande.objects.get(pk=_demande(ici).pk)
    demande.etat = "retiree"
    with pytest.raises(IntegrityError, match="que par une transition"), transaction.atomic():
        demande.save()


def test_un_dossier_ne_nait_pas_avance(ici: Cote) -> None:
    modele = _demande(ici)
    with pytest.raises(DatabaseError, match="ne peut pas naître"), transaction.atomic():
        Demande.objects.create(
            numero="2026-84-9002",
            ecole=modele.ecole,
            region_id="84",
            campagne=modele.campagne,
            etat="accordee",
        )


def test_la_porte_se_referme_dans_la_meme_transaction(
    monde: Monde,
) -> None:
    ici, la_bas, _ = monde
    _franchir(ici)
    assert _porte() in ("", None)
    for cote in (ici, la_bas):
        with pytest.raises(IntegrityError, match="que par une transition"), transaction.atomic():
            Demande.objects.filter(pk=_demande(cote).pk).update(
                etat="brouillon" if cote is ici else "retiree"
            )


@pytest.mark.course
def test_la_porte_ne_fuit_pas_hors_de_la_transaction(base_jetable: str) -> None:
    ici, la_bas, _ = poser_le_monde()
    _franchir(ici)
    assert _porte() in ("", None)
    with connection.cursor() as curseur, transaction.atomic():
        curseur.execute(
            "SELECT set_config('edp.porte', %s, true)", [f"financements_demande:{_demande(la_bas).pk}"]
        )
    with pytest.raises(IntegrityError, match="que par une transition"):
        Demande.objects.filter(pk=_demande(la_bas).pk).update(etat="retiree")


@pytest.mark.course
def test_deux_personnes_qui_pressent_ensemble_ne_passent_qu_une_fois(base_jetable: str) -> None:
    ici, _la_bas, _ = poser_le_monde()
    issues = en_parallele(*(lambda: _franchir(ici) for _ in range(4)))
    refus = [issue for issue in issues if isinstance(issue, TransitionRefusee)]
    assert len(refus) == 3
    assert all("l'étape est « Retirée »" in str(issue) for issue in refus)
    assert JournalDemande.objects.filter(evenement="essai").count() == 1


def test_les_passages_d_une_table_sont_toutes_ses_sources() -> None:
    double = Transition("x", ("a", "b"), "c", "v", "X")
    assert passages([double, RETIRER]) == [("a", "c"), ("b", "c"), ("brouillon", "retiree")]


def test_un_evenement_inconnu_garde_son_nom() -> None:
    assert MACHINE.libelle("essai") == "Retirer"
    assert MACHINE.libelle("creer") == "Création"
    assert MACHINE.libelle("autre") == "autre"
