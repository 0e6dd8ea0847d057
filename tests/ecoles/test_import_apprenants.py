"""Learners from a list of their school: nobody else sees the lines, nothing reaches another school."""

from __future__ import annotations

import io
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.core.files.base import ContentFile
from django.core.management import call_command
from django.urls import reverse

from ecoles.models import Apprenant, DossierInspection, Inscription
from reseau.models import LotImport
from reseau.nombres import maintenant
from reseau.roles import Role
from reseau.socle.attente import lire_le_lot, reverifier
from reseau.socle.lots import ImportRefuse, accepter, annuler, deposer
from tests.classeurs import csv
from tests.ecoles.imports import ligne, textes, verdicts
from tests.monde import METALLIER, Cote, poser_le_monde

if TYPE_CHECKING:
    from django.test import Client

pytestmark = pytest.mark.django_db
_JEUNE = ("Nom", "Prénom", "Date de naissance", "Formation", "Date d'entrée")
ENTETE = (*_JEUNE, "Représentant légal", "Téléphone du représentant")
MERE = ("Rozenn Élan", "01 99 00 01 02")
IMPORTER = "/admin/ecoles/apprenant/importer/"
CAMILLE = ("Élan", "Camille", "14/03/2010", METALLIER, "01/09/2026", *MERE)
type Monde = tuple[Cote, Cote, dict[Role, Any]]


@pytest.fixture
def monde() -> Monde:
    return poser_le_monde()


def _lire(cote: Cote, *lignes: tuple[Any, ...]) -> LotImport:
    fichier = ContentFile(csv(ENTETE, *lignes), name="classe.csv")
    personne = cote.personnes[Role.DIRECTION]
    lot = deposer("apprenants", fichier, {}, par=personne, territoire=cote.ecole.pk)
    lire_le_lot(lot)
    assert lot.etat == "a_verifier", lot.refus
    return lot


def test_un_jeune_et_son_inscription_arrivent_ensemble(monde: Monde) -> None:
    ici = monde[0]
    lot = _lire(ici, CAMILLE)
    assert verdicts(lot) == ["creer"], ligne(lot, 2).messages
    accepter(lot, ici.personnes[Role.DIRECTION])
    jeune = Apprenant.objects.get(nom="Élan")
    assert (jeune.ecole, jeune.prenom, jeune.ne_le) == (ici.ecole, "Camille", date(2010, 3, 14))
    assert list(jeune.inscriptions.values_list("titre_id", "du", "au")) == [
        (METALLIER, date(2026, 9, 1), None)
    ]
    assert list(jeune.representants.values_list("nom", "telephone")) == [("Rozenn Élan", "0199000102")]
    assert verdicts(_lire(ici, ("ELAN", "camille", "14/03/2010", METALLIER, "", "", ""))) == ["inchangee"]


def test_un_jeune_deja_connu_sans_inscription_est_inscrit(monde: Monde) -> None:
    ici = monde[0]
    Apprenant.objects.create(ecole=ici.ecole, nom="Élan", prenom="Camille", ne_le=date(2010, 3, 14))
    lot = _lire(ici, CAMILLE)
    assert verdicts(lot) == ["modifier"]
    accepter(lot, None)
    assert Inscription.objects.filter(apprenant__nom="Élan").count() == 1
    assert Apprenant.objects.filter(nom="Élan").count() == 1


QUESTIONS: dict[str, tuple[tuple[str, ...], str]] = {
    "sans prénom": (("A", "", "14/03/2010", METALLIER, "01/09/2026", *MERE), "Le prénom est obligatoire."),
    "date fausse": (("A", "B", "30/02/2010", METALLIER, "01/09/2026", *MERE), "« 30/02/2010 » n'est pas"),
    "année courte": (("A", "B", "14/03/10", METALLIER, "01/09/2026", *MERE), "« 14/03/10 » n'est pas"),
    "à naître": (("A", "B", "14/03/2199", METALLIER, "01/09/2026", *MERE), "Cette date est dans le futur."),
    "treize ans": (("A", "B", "02/09/2012", METALLIER, "01/09/2026", *MERE), "Moins de 14 ans le jour"),
    "quatorze ans": (("A", "B", "01/09/2012", METALLIER, "01/09/2026", *MERE), "14 ans à l'entrée : il faut"),
    "dix-neuf ans": (("A", "B", "01/09/2007", METALLIER, "01/09/2026", *MERE), "19 ans à l'entrée : il faut"),
    "sans diplôme": (("A", "B", "14/03/2010", "", "01/09/2026", *MERE), "Indiquez le diplôme préparé."),
    "sans entrée": (("A", "B", "14/03/2010", METALLIER, "", *MERE), "Indiquez le jour de l'entrée."),
    "pas proposé": (("A", "B", "14/03/2010", "50031222", "01/09/2026", *MERE), "Votre école ne propose pas"),
    "personne n'en répond": (("A", "B", "14/03/2010", METALLIER, "01/09/2026", "", ""), "Mineur : indiquez"),
    "injoignable": (("A", "B", "14/03/2010", METALLIER, "01/09/2026", "X", ""), "Indiquez le téléphone"),
    "faux numéro": (("A", "B", "14/03/2010", METALLIER, "01/09/2026", "X", "12"), "« 12 » n'est pas"),
    "inconnu": (("A", "B", "14/03/2010", "CAP Lune", "01/09/2026", *MERE), "« CAP Lune » n'est pas"),
}  # fmt: skip


@pytest.mark.parametrize("nom", QUESTIONS)
def test_chaque_doute_sur_un_jeune_a_sa_phrase(monde: Monde, nom: str) -> None:
    cellules, debut = QUESTIONS[nom]
    lot = _lire(monde[0], cellules)
    assert verdicts(lot) != ["creer"]
    assert any(texte.startswith(debut) for texte in textes(lot, 2)), textes(lot, 2)


def test_quinze_ans_le_jour_meme_passe(monde: Monde) -> None:
    assert verdicts(_lire(monde[0], ("A", "B", "01/09/2011", METALLIER, "01/09/2026", *MERE))) == ["creer"]


def test_un_autre_diplome_en_cours_arrete_la_ligne(monde: Monde) -> None:
    ici = monde[0]
    accepter(_lire(ici, CAMILLE), None)
    ici.ecole.offres.create(parcours_id="50031222")
    lot = _lire(ici, (*CAMILLE[:3], "50031222", "01/09/2026", *MERE))
    assert "Ce jeune prépare déjà un autre diplôme" in textes(lot, 2)[0]


def test_le_jeune_d_une_autre_ecole_n_est_ni_vu_ni_pris(monde: Monde) -> None:
    ici, la_bas, _ = monde
    accepter(_lire(la_bas, CAMILLE), None)
    voisin = Apprenant.objects.get(nom="Élan")
    lot = _lire(ici, CAMILLE)
    assert (verdicts(lot), ligne(lot, 2).cible, textes(lot, 2)) == (["creer"], None, [])
    accepter(lot, None)
    voisin.refresh_from_db()
    assert voisin.ecole == la_bas.ecole
    assert Apprenant.objects.filter(nom="Élan", ecole=ici.ecole).count() == 1


def test_un_jeune_nomme_dans_un_dossier_d_inspection_retient_son_import(monde: Monde) -> None:
    ici = monde[0]
    lot = _lire(ici, CAMILLE)
    accepter(lot, None)
    ici.lignes[DossierInspection].jeunes.add(Apprenant.objects.get(nom="Élan"))
    with pytest.raises(ImportRefuse, match="a désormais 1 dossier pour l'inspection du travail"):
        annuler(lot, None)


def _pages(lot: LotImport) -> list[str]:
    gestes = ("change", "accepter", "corriger", "colonnes", "abandonner", "annuler", "reprendre")
    return [reverse(f"admin:reseau_lotimport_{geste}", args=[lot.pk]) for geste in gestes]


def test_les_lignes_de_jeunes_ne_se_voient_que_de_leur_direction(client: Client, monde: Monde) -> None:
    ici, la_bas, nationaux = monde
    lot = _lire(ici, CAMILLE)
    autres = [la_bas.personnes[Role.DIRECTION], ici.personnes[Role.SECRETARIAT]]
    autres += [ici.personnes[Role.INSTRUCTEUR], nationaux[Role.ADMINISTRATEUR]]
    for personne in autres:
        client.force_login(personne)
        assert [client.post(page).status_code for page in _pages(lot)] == [404] * 7, personne
        assert "classe.csv" not in client.get("/admin/reseau/lotimport/").content.decode()
    for role in (Role.MAITRE, Role.LECTEUR_NATIONAL):
        client.force_login((nationaux | ici.personnes)[role])
        assert client.get(_pages(lot)[0]).status_code == 403
    client.force_login(ici.personnes[Role.DIRECTION])
    page = client.get(_pages(lot)[0]).content.decode()
    assert "Camille Élan" in page
    lot.refresh_from_db()
    assert lot.etat == "a_verifier"


def test_la_direction_depose_pour_son_ecole_et_aucune_autre(client: Client, monde: Monde) -> None:
    ici, la_bas, nationaux = monde
    client.force_login(ici.personnes[Role.DIRECTION])
    envoi = {"fichier": ContentFile(csv(ENTETE, CAMILLE), name="classe.csv"), "ecole": str(la_bas.ecole.pk)}
    client.post(IMPORTER, envoi)
    lot = LotImport.objects.get()
    assert (lot.organisme, lot.regions) == (ici.ecole.pk, [])
    for personne in (ici.personnes[Role.INSTRUCTEUR], nationaux[Role.ADMINISTRATEUR]):
        client.force_login(personne)
        assert client.get(IMPORTER).status_code == 403


def test_un_lot_de_jeunes_s_annule_sauf_si_quelque_chose_en_depend(monde: Monde) -> None:
    ici = monde[0]
    avant = Apprenant.objects.count(), Inscription.objects.count()
    lot = _lire(ici, CAMILLE)
    accepter(lot, None)
    jeune = Apprenant.objects.get(nom="Élan")
    avis = jeune.avis.create(apte=True, du=date(2026, 9, 1), au=date(2027, 8, 31))
    with pytest.raises(ImportRefuse, match="« Camille Élan » a désormais 1 "):
        annuler(lot, None)
    avis.delete()
    annuler(lot, None)
    assert (Apprenant.objects.count(), Inscription.objects.count()) == avant


def _purger(lot: LotImport) -> None:
    LotImport.objects.filter(pk=lot.pk).update(depose_le=maintenant() - timedelta(400))
    call_command("purger", "--effacer", stdout=io.StringIO())
    lot.refresh_from_db()


def test_les_lignes_s_effacent_et_le_lot_n_attend_plus(monde: Monde, client: Client) -> None:
    ici = monde[0]
    lot, recent = _lire(ici, CAMILLE), _lire(ici, CAMILLE)
    _purger(lot)
    assert (lot.lignes.exists(), lot.etat) == (False, "abandonne")
    assert recent.lignes.exists()
    with pytest.raises(ImportRefuse):
        accepter(lot, None)
    client.force_login(ici.personnes[Role.DIRECTION])
    assert "ont été effacés" in client.get(_pages(lot)[0]).content.decode()


def test_un_lot_efface_ne_s_annule_plus(monde: Monde) -> None:
    lot = _lire(monde[0], CAMILLE)
    accepter(lot, None)
    _purger(lot)
    with pytest.raises(ImportRefuse, match="ont été effacées"):
        annuler(lot, None)


# --- Places


def _classe(nombre: int, entree: str = "01/09/2026") -> list[tuple[str, ...]]:
    return [(f"Élan {n}", "Camille", "14/03/2010", METALLIER, entree, *MERE) for n in range(nombre)]


def test_les_lignes_de_trop_sont_dites_a_leur_cellule(monde: Monde) -> None:
    ici = monde[0]
    ici.ecole.offres.update(capacite=3)  # one is there already
    treize_ans = ("Jeune", "Trop", "02/09/2012", METALLIER, "01/09/2026", *MERE)
    lot = _lire(ici, treize_ans, *_classe(3))
    assert verdicts(lot) == ["rejet", "creer", "creer", "a_corriger"]
    (texte,) = textes(lot, 5, "titres")
    assert texte.startswith("Plus de place en « CAP Métallier » : déjà 1 jeune inscrit pour 3 places, et ce")
    assert "le 3e de ce fichier" in texte
    ici.ecole.offres.update(capacite=4)
    reverifier(lot)
    assert verdicts(lot)[1:] == ["creer"] * 3
    assert accepter(lot, None)


def test_la_place_qui_se_libere_compte_le_jour_de_l_entree(monde: Monde) -> None:
    ici = monde[0]
    ici.ecole.offres.update(capacite=1)
    la = Inscription.objects.get(apprenant__ecole=ici.ecole)
    Inscription.objects.filter(pk=la.pk).update(au=date(2027, 7, 5), motif_sortie="diplome")
    avant, apres = _classe(1, "05/07/2027"), _classe(2, "06/07/2027")
    assert verdicts(_lire(ici, *avant)) == ["a_corriger"]
    assert verdicts(_lire(ici, *apres)) == ["creer", "a_corriger"]


def test_une_place_prise_pendant_la_lecture_rend_la_main(monde: Monde) -> None:
    """What was shown is no longer true: nothing is written, the new preview says why."""
    ici = monde[0]
    ici.ecole.offres.update(capacite=2)
    lot = _lire(ici, *_classe(1))
    autre = Apprenant.objects.create(ecole=ici.ecole, nom="Vif", prenom="Un", ne_le=date(2008, 1, 1))
    Inscription.objects.create(apprenant=autre, titre_id=METALLIER, du=date(2026, 9, 1))
    assert not accepter(lot, None)
    assert verdicts(lot) == ["a_corriger"]
    assert not Apprenant.objects.filter(nom="Élan 0").exists()
