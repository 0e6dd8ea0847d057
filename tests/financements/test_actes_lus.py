"""What each act says once printed: who signs and as what, the law, the sums, and where its pages end."""

from __future__ import annotations

import io
import re
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest
from django.conf import settings
from fontTools.ttLib import TTFont
from pypdf import PdfReader

from ecoles.models import Titre
from financements.etats import MACHINE, Etat
from financements.models import Campagne
from reseau.models import AffectationDreets, DocumentFige, ServiceRegional
from reseau.nombres import aujourdhui, montrer_date
from reseau.roles import Role
from reseau.socle import documents
from reseau.socle.documents import produire, version_du_gabarit
from reseau.socle.etats import Contexte
from tests.financements.conftest import refuse
from tests.usines_financements import CHEMIN, ajouter_ligne, personne, preparer_avenant, saisies

if TYPE_CHECKING:
    from financements.models import Demande
    from tests.usines_financements import Territoire

pytestmark = pytest.mark.django_db
A_SIGNER = "Nom, qualité, date et signature"
_PIED = re.compile(r"Référence de ce document : \S+ Empreinte de son contenu : [0-9a-f… ]+\.")
CONSIDERATION = "l'expression de ma considération distinguée"


def pages(demande: Demande, nature: str) -> list[str]:
    """The words of each page of the latest act of this kind."""
    acte = demande.actes.filter(nature=nature).order_by("-rang")[0]
    contenu = bytes(produire(acte.document_id).contenu or b"")
    lues = [page.extract_text() for page in PdfReader(io.BytesIO(contenu)).pages]
    return [" ".join(texte.split()) for texte in lues]


def texte(demande: Demande, nature: str) -> str:
    return " ".join(pages(demande, nature))


def longue(lieu: Territoire, etat: str) -> Demande:
    """A file of six lines, brought to ``etat``."""
    demande = lieu.demande()
    for rang, titre in enumerate(Titre.objects.exclude(pk="50025439").order_by("pk")[:5]):
        ajouter_ligne(demande, titre_id=titre.pk, effectif_demande=12 + rang, majorations_demandees=3)
    lieu.manque = 30 if etat == Etat.REVERSEMENT else 0
    return lieu.avancer(demande, *CHEMIN[etat])


def imprimer_tout() -> None:
    """Where other tests stand for the printing, these read what is printed."""
    for document in DocumentFige.objects.filter(etat=DocumentFige.Etat.A_PRODUIRE).order_by("pk"):
        produire(document.pk)


def test_aucune_page_ne_porte_que_les_references_ou_une_signature(
    lieu: Territoire, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tests.usines_financements.produire_les_documents", imprimer_tout)
    demande = longue(lieu, Etat.REVERSEMENT)
    refusee = longue(lieu, Etat.REFUSEE)
    for dossier in (demande, refusee):
        for acte in dossier.actes.exclude(nature="convention"):
            for numero, page in enumerate(pages(dossier, acte.nature), 1):
                corps = _PIED.sub("", page)
                assert len(corps.split()) > 25, (acte.nature, numero)
                assert A_SIGNER not in corps or "recours" in corps, (acte.nature, numero)


def test_chaque_page_porte_sa_reference(lieu: Territoire) -> None:
    demande = longue(lieu, Etat.ACCORDEE)
    cle = str(demande.actes.get(nature="decision").document_id)
    assert len(pages(demande, "decision")) > 1
    assert all(cle in page for page in pages(demande, "decision"))


def test_un_tableau_court_reste_entier_avec_son_titre(lieu: Territoire) -> None:
    demande = longue(lieu, Etat.ACCORDEE)
    page = next(page for page in pages(demande, "decision") if "Effectifs retenus" in page)
    assert "Article 2" in page
    assert "Total" in page.split("Effectifs retenus")[1]


def test_la_region_n_est_ecrite_qu_une_fois_en_tete(lieu: Territoire) -> None:
    demande = lieu.demande(Etat.PROPOSEE)
    service = ServiceRegional.objects.get(region="84")
    entete = texte(demande, "note").split("Dossier")[0]
    assert entete.count(service.region.nom) == 1


def test_le_zero_d_un_montant_n_est_pas_barre() -> None:
    for graisse in ("400", "700"):
        police = TTFont(settings.RACINE / f"static/polices/atkinson-hyperlegible-latin-{graisse}.ttf")
        assert police["glyf"]["zero"].numberOfContours == 2, graisse


def test_la_notification_est_signee_et_salue(lieu: Territoire) -> None:
    lu = texte(lieu.demande(Etat.NOTIFIEE), "notification")
    assert CONSIDERATION in lu
    assert f"{lieu.agents[Role.GESTIONNAIRE].get_full_name()}, gestionnaire." in lu


def test_la_lettre_de_solde_dit_la_fonction(lieu: Territoire) -> None:
    lu = texte(lieu.demande(Etat.SOLDEE), "solde")
    assert f"{lieu.agents[Role.LIQUIDATEUR].get_full_name()}, liquidateur." in lu


@pytest.mark.parametrize(
    ("etat", "nature", "role"),
    [
        (Etat.REFUSEE, "refus", Role.ORDONNATEUR),
        (Etat.SANS_SUITE, "classement", Role.CHEF_DE_SERVICE),
        (Etat.RESILIEE, "resiliation", Role.ORDONNATEUR),
    ],
)
def test_une_fin_de_dossier_cite_le_droit_et_se_signe(
    lieu: Territoire, etat: str, nature: str, role: Role
) -> None:
    lu = texte(lieu.demande(etat), nature)
    assert "Vu" in lu
    assert "code de l'éducation, notamment ses articles L443-2 et L443-6" in lu
    assert "l'instruction du 29 décembre 2023" in lu
    assert f"{lieu.agents[role].get_full_name()}, {role.label.lower()}." in lu
    assert A_SIGNER in lu


def test_qui_signe_par_delegation_le_dit(lieu: Territoire) -> None:
    delegataire, jour = personne("karim"), aujourdhui()
    AffectationDreets.objects.create(
        utilisateur=delegataire, service_id="84", role=Role.ORDONNATEUR, du=jour, au=jour,
        delegue_par=lieu.agents[Role.ORDONNATEUR], acte="2026-12",
    )  # fmt: skip
    demande = lieu.demande(Etat.EN_INSTRUCTION)
    refusee = MACHINE.franchir(demande, "refuser", Contexte(delegataire, saisies("refuser")))
    attendu = "Karim Essai, ordonnateur, par délégation d'Ordonnateur Essai (acte n° 2026-12)."
    assert attendu in texte(refusee, "refus")


def test_la_resiliation_compte_les_avenants(lieu: Territoire) -> None:
    demande = lieu.demande(Etat.EN_EXECUTION)
    preparer_avenant(demande)
    demande = lieu.avancer(demande, "proposer_avenant", "viser_avenant", "accorder_avenant")
    donnees = saisies("resilier", montant_acquis=Decimal(200_000))
    qui = lieu.qui("resilier", demande.ecole)
    lu = texte(MACHINE.franchir(demande, "resilier", Contexte(qui, donnees)), "resiliation")
    assert "portée par ses avenants à 208 800,00 €" in lu
    for ligne in (
        "Accordé, avenants compris 208 800,00 €",
        "Versé à ce jour 202 200,00 €",
        "Ne sera pas versé 6 600,00 €",
        "Gardé par l'école 200 000,00 €",
        "À rendre par l'école 2 200,00 €",
    ):
        assert ligne in lu, lu


def test_une_resiliation_sans_avenant_ne_parle_pas_d_avenant(lieu: Territoire) -> None:
    lu = texte(lieu.demande(Etat.RESILIEE), "resiliation")
    assert "Accordé 202 200,00 € Versé à ce jour 0,00 € Ne sera pas versé 202 200,00 €" in lu
    assert "avenant" not in lu


def test_l_ordre_dit_quand_et_a_qui_rendre(lieu: Territoire) -> None:
    Campagne.objects.update(delai_reversement=30, beneficiaire_reversement="l'agent comptable, par virement")
    lu = texte(lieu.demande(Etat.REVERSEMENT), "ordre")
    jour = montrer_date(aujourdhui() + timedelta(30)).replace("\xa0", " ")
    assert f"Elle rend cette somme au plus tard le {jour}, à : l'agent comptable, par virement." in lu


def test_sans_parametre_l_ordre_renvoie_aux_modalites_de_la_dreets(lieu: Territoire) -> None:
    lu = texte(lieu.demande(Etat.REVERSEMENT), "ordre")
    assert "Elle rend cette somme selon les modalités que la DREETS lui indique." in lu


@pytest.mark.parametrize("jours", [0, 366])
def test_un_delai_pour_rendre_va_de_un_jour_a_un_an(lieu: Territoire, jours: int) -> None:
    with refuse("campagne_delai_reversement"):
        Campagne.objects.update(delai_reversement=jours)


def test_la_note_a_ses_supplements_et_sa_raison_sur_toute_la_largeur(lieu: Territoire) -> None:
    demande = lieu.demande(Etat.EN_INSTRUCTION)
    raison = "Deux jeunes sont partis en septembre, ils ne comptent pas dans l'effectif de cette année."
    ligne = demande.lignes.get()
    ligne.effectif_retenu, ligne.nb_majorations, ligne.motif = 34, 12, raison
    ligne.save()
    lu = texte(lieu.avancer(demande, "proposer"), "note")
    assert "Suppléments" in lu
    assert "36 34 14 12" in lu
    assert f"Raison de l'écart avec la demande : {raison}" in lu


def test_la_version_d_un_gabarit_change_avec_ses_morceaux(monkeypatch: pytest.MonkeyPatch) -> None:
    avant = version_du_gabarit("financements/actes/refus.html")
    vraie = documents._source

    def retoucher(gabarit: str) -> str:
        return vraie(gabarit) + ("<li>autre</li>" if gabarit.endswith("/vu.html") else "")

    monkeypatch.setattr(documents, "_source", retoucher)
    assert version_du_gabarit("financements/actes/refus.html") != avant
    assert version_du_gabarit("financements/actes/solde.html") == version_du_gabarit(
        "financements/actes/solde.html"
    )
