"""What has passed its time goes, and nothing else; of somebody who left, no word is left anywhere."""

from __future__ import annotations

import io
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import time_machine
from django.conf import settings
from django.contrib.admin.models import LogEntry
from django.core import mail
from django.core.files.base import ContentFile
from django.core.management import call_command
from django.db import connection
from pypdf import PdfReader

from commandes.effacement import MOTIF_EFFACE
from commandes.models import Pointage
from ecoles.effacement import partis
from ecoles.inspection import produire_dossier
from ecoles.models import (
    Apprenant,
    AvisAptitude,
    DemandeContact,
    DossierInspection,
    Inscription,
    MembreEquipe,
)
from reseau.models import Courriel, DocumentFige, LotImport, TraceExport, Utilisateur
from reseau.nombres import aujourdhui, maintenant
from reseau.roles import Role
from reseau.socle.courriels import envoyer_ce_qui_attend
from reseau.socle.documents import produire
from tests.monde import Cote, compte, poser_le_monde

if TYPE_CHECKING:
    from django.test import Client

METALLIER = "50025439"
PRENOM, NOM, TELEPHONE = "Zéphyrine", "Quatremaille", "0199887766"


@pytest.fixture
def ici(db: None) -> Cote:
    return poser_le_monde()[0]


def purger(*options: str) -> str:
    sortie = io.StringIO()
    call_command("purger", *options, stdout=sortie)
    return sortie.getvalue()


def ou_se_lit(mot: str) -> list[str]:
    """Every table with a row that holds this word, whatever the column."""
    with connection.cursor() as curseur:
        curseur.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        tables = [nom for (nom,) in curseur.fetchall()]
        trouvees = []
        for table in tables:
            curseur.execute(f'SELECT count(*) FROM "{table}" t WHERE t::text ILIKE %s', [f"%{mot}%"])
            trouvees += [table] if curseur.fetchone()[0] else []
    return sorted(trouvees)


def dans_les_fichiers(mot: str) -> list[str]:
    dossier = Path(settings.STORAGES["default"]["OPTIONS"]["location"])
    return [f.name for f in dossier.rglob("*") if f.is_file() and mot.encode() in f.read_bytes()]


def dans_les_documents(mot: str) -> int:
    """How many frozen PDFs print this word: their bytes are compressed, so each is read as a person would."""
    return sum(
        mot in page.extract_text()
        for document in DocumentFige.objects.exclude(contenu=None)
        for page in PdfReader(io.BytesIO(bytes(document.contenu or b""))).pages
    )


def dossier_d_inspection(ici: Cote) -> DossierInspection:
    """A file for the inspectorate, with its PDF."""
    dossier = DossierInspection(ecole=ici.ecole, jour=aujourdhui())
    jeunes = produire_dossier(dossier, ici.personnes[Role.DIRECTION])
    dossier.save()
    dossier.jeunes.set(jeunes)
    produire(dossier.document_id)  # type: ignore[arg-type]
    return dossier


def inscrire(client: Client, ici: Cote) -> Apprenant:
    """Through the page of the school, with a history, then minutes whose reason says her name."""
    client.force_login(ici.personnes[Role.DIRECTION])
    vide = {
        f"{nom}-{reste}": "0"
        for nom in ("representants", "inscriptions", "avis", "formations")
        for reste in ("TOTAL_FORMS", "INITIAL_FORMS")
    }
    envoi = vide | {"prenom": PRENOM, "nom": NOM, "ne_le": "01/05/2009"}
    mere = {"lien": "mere", "nom": NOM, "telephone": TELEPHONE}
    envoi |= {"representants-TOTAL_FORMS": "1"} | {f"representants-0-{c}": v for c, v in mere.items()}
    assert client.post("/admin/ecoles/apprenant/add/", envoi).status_code == 302
    jeune = Apprenant.objects.get(nom=NOM)
    cles = {"representants-0-id": jeune.representants.get().pk, "representants-0-apprenant": jeune.pk}
    correction = envoi | cles | {"ne_le": "02/05/2009", "representants-INITIAL_FORMS": "1"}
    assert client.post(f"/admin/ecoles/apprenant/{jeune.pk}/change/", correction).status_code == 302
    Inscription.objects.create(apprenant=jeune, titre_id=METALLIER, du=aujourdhui() - timedelta(days=30))
    AvisAptitude.objects.create(
        apprenant=jeune, apte=True, du=aujourdhui(), au=aujourdhui() + timedelta(days=90)
    )
    modele = ici.lignes[Pointage]
    Pointage.objects.create(
        commande=modele.commande, apprenant=jeune, jour=aujourdhui(), minutes=60, etat="a_regulariser",
        motif=f"Il manque l'avis d'aptitude de {PRENOM}.",
        saisi_par=modele.saisi_par, encadrant=modele.encadrant,
    )  # fmt: skip
    return jeune


def partir(jeune: Apprenant, le: date) -> None:
    Inscription.objects.filter(apprenant=jeune).update(au=le, motif_sortie="diplome")


def test_l_essai_a_blanc_n_efface_rien(client: Client, ici: Cote) -> None:
    jeune = inscrire(client, ici)
    partir(jeune, aujourdhui())
    with time_machine.travel(maintenant() + timedelta(days=400)):
        assert "jeunes partis depuis plus de 12 mois : 1 à effacer" in purger()
        assert "Essai à blanc" in purger()
    assert Apprenant.objects.get(pk=jeune.pk).nom == NOM


def test_un_an_apres_il_ne_reste_pas_un_mot_d_elle(
    client: Client, ici: Cote, caplog: pytest.LogCaptureFixture
) -> None:
    jeune = inscrire(client, ici)
    # Django's own history says a key; the one that the database keeps says what was written.
    assert ou_se_lit(PRENOM) == ["commandes_pointage", "ecoles_apprenant", "ecoles_histoireapprenant"]
    assert "ecoles_histoirerepresentantlegal" in ou_se_lit(TELEPHONE)
    dossier = dossier_d_inspection(ici)
    assert "reseau_documentfige" in ou_se_lit(NOM)
    assert dans_les_documents(NOM) == 1
    partir(jeune, aujourdhui())
    with time_machine.travel(maintenant() + timedelta(days=366)):
        assert "jeunes partis depuis plus de 12 mois : 1 effacé" in purger("--effacer")
    for mot in (PRENOM, NOM, TELEPHONE, "2009-05-02"):
        assert ou_se_lit(mot) == []
        assert dans_les_fichiers(mot) == []
        assert dans_les_documents(mot) == 0
        assert mot not in caplog.text
    dossier.refresh_from_db()
    assert (dossier.document, dossier.jeunes.count()) == (None, 0)
    assert dossier.produit_par == ici.personnes[Role.DIRECTION]
    efface = Apprenant.objects.get(pk=jeune.pk)
    assert (efface.prenom, efface.ne_le, efface.avis.count()) == ("Jeune", date(2009, 1, 1), 0)
    assert efface.inscriptions.count() == 1
    assert Pointage.objects.get(apprenant=jeune).motif == MOTIF_EFFACE
    assert "1 effacé" not in purger("--effacer")


@pytest.mark.parametrize(("jours", "efface"), [(364, False), (365, True)])
def test_le_jour_dit(client: Client, ici: Cote, jours: int, efface: bool) -> None:
    jeune = inscrire(client, ici)
    partir(jeune, aujourdhui())
    assert (jeune in partis(aujourdhui() + timedelta(days=jours), "apprenant")) is efface


def test_qui_revient_ou_n_est_pas_parti_garde_son_nom(client: Client, ici: Cote) -> None:
    jeune = inscrire(client, ici)
    loin = aujourdhui() + timedelta(days=5000)
    assert jeune not in partis(loin, "apprenant")
    partir(jeune, aujourdhui() - timedelta(days=10))
    Inscription.objects.create(apprenant=jeune, titre_id=METALLIER, du=aujourdhui())
    assert jeune not in partis(loin, "apprenant")
    assert ici.lignes[Apprenant] not in partis(loin, "apprenant")


def test_trois_mois_apres_seule_la_direction_la_voit_encore(client: Client, ici: Cote) -> None:
    jeune = inscrire(client, ici)
    partir(jeune, aujourdhui())
    vus = {
        role: Apprenant.objects.visibles_par(ici.personnes[role]) for role in (Role.MAITRE, Role.DIRECTION)
    }
    assert jeune in vus[Role.MAITRE]
    with time_machine.travel(maintenant() + timedelta(days=93)):
        vus = {
            role: Apprenant.objects.visibles_par(ici.personnes[role])
            for role in (Role.MAITRE, Role.DIRECTION)
        }
        assert jeune not in vus[Role.MAITRE]
        assert jeune in vus[Role.DIRECTION]
    Apprenant.objects.filter(pk=jeune.pk).update(anonyme_le=aujourdhui())
    assert jeune not in Apprenant.objects.visibles_par(ici.personnes[Role.DIRECTION])


def test_une_question_de_famille_s_efface_apres_six_mois(ici: Cote) -> None:
    demande = ici.lignes[DemandeContact]
    DemandeContact.objects.filter(pk=demande.pk).update(telephone=TELEPHONE)
    with time_machine.travel(maintenant() + timedelta(days=182)):
        purger("--effacer")
        assert DemandeContact.objects.filter(pk=demande.pk).exists()
    with time_machine.travel(maintenant() + timedelta(days=185)):
        assert "questions de familles de plus de 6 mois : 2 effacé" in purger("--effacer")
    assert ou_se_lit(TELEPHONE) == []


def _lot(ici: Cote) -> LotImport:
    lot = LotImport(nature="ecoles", nom_fichier="liste-quatremaille.csv", empreinte="0" * 64, regions=["84"])
    lot.depose_par = ici.personnes[Role.INSTRUCTEUR]
    lot.fichier.save("un.csv", ContentFile(f"Nom\n{NOM}\n".encode()), save=False)
    lot.save()
    lot.lignes.create(numero=2, brut={"nom": NOM})
    return lot


def test_un_import_perd_ses_lignes_et_son_fichier_mais_garde_son_bilan(
    ici: Cote, django_capture_on_commit_callbacks: Any
) -> None:
    lot = _lot(ici)
    LotImport.objects.filter(pk=lot.pk).update(bilan={"creer": 1})
    assert dans_les_fichiers(NOM)
    with (
        time_machine.travel(maintenant() + timedelta(days=91)),
        django_capture_on_commit_callbacks(execute=True),
    ):
        assert "imports de plus de 90 jours : 1 effacé" in purger("--effacer")
    assert ou_se_lit("quatremaille") == []
    assert dans_les_fichiers(NOM) == []
    lot.refresh_from_db()
    assert lot.bilan == {"creer": 1}
    assert lot.purge_le is not None


def test_les_traces_s_effacent_apres_douze_mois(client: Client, ici: Cote) -> None:
    inscrire(client, ici)
    TraceExport.objects.create(nature="ecoles", format="csv", nb_lignes=3, par=ici.personnes[Role.DIRECTION])
    assert LogEntry.objects.count() == 2
    with time_machine.travel(maintenant() + timedelta(days=364)):
        purger("--effacer")
        assert LogEntry.objects.count() == 2
    with time_machine.travel(maintenant() + timedelta(days=367)):
        purger("--effacer")
    assert (LogEntry.objects.count(), TraceExport.objects.count()) == (0, 0)


def test_un_compte_endormi_est_prevenu_puis_ferme(ici: Cote) -> None:
    endormi, depart = compte("fermata@essai.invalid"), maintenant()
    with time_machine.travel(depart + timedelta(days=705)):
        assert "comptes bientôt fermés, à prévenir : 1 effacé" in purger("--effacer")
        envoyer_ce_qui_attend()
        (parti,) = mail.outbox
        assert parti.to == ["fermata@essai.invalid"]
        assert f"\n{settings.ADRESSE_DU_PORTAIL}/comptes/login/\n" in parti.body
        purger("--effacer")
        envoyer_ce_qui_attend()
        assert len(mail.outbox) == 1
    with time_machine.travel(depart + timedelta(days=732)):
        purger("--effacer")
        assert Utilisateur.objects.get(pk=endormi.pk).is_active
    with time_machine.travel(depart + timedelta(days=736)):
        assert "prévenus : 1 effacé" in purger("--effacer")
    ferme = Utilisateur.objects.get(pk=endormi.pk)
    assert (ferme.is_active, ferme.nom, ferme.has_usable_password()) == (False, "", False)
    assert ou_se_lit("fermata") == []


def test_un_preavis_qui_n_est_pas_parti_ne_ferme_aucun_compte(ici: Cote) -> None:
    endormi, depart = compte("fermata@essai.invalid"), maintenant()
    with time_machine.travel(depart + timedelta(days=705)):
        purger("--effacer")
    with time_machine.travel(depart + timedelta(days=740)):
        assert "prévenus : 0" in purger("--effacer")
        assert Utilisateur.objects.get(pk=endormi.pk).is_active
        envoyer_ce_qui_attend()
        assert "prévenus : 1 effacé" in purger("--effacer")


def test_qui_revient_apres_le_preavis_garde_son_compte(ici: Cote) -> None:
    endormi, depart = compte("fermata@essai.invalid"), maintenant()
    with time_machine.travel(depart + timedelta(days=705)):
        purger("--effacer")
    Utilisateur.objects.filter(pk=endormi.pk).update(last_login=depart + timedelta(days=710))
    with time_machine.travel(depart + timedelta(days=800)):
        purger("--effacer")
    assert Utilisateur.objects.get(pk=endormi.pk).is_active


def test_une_fonction_en_cours_garde_le_compte(ici: Cote) -> None:
    membre = ici.personnes[Role.MAITRE]
    with time_machine.travel(maintenant() + timedelta(days=900)):
        purger("--effacer")
        assert Utilisateur.objects.get(pk=membre.pk).is_active
        assert not Courriel.objects.filter(cle__startswith="preavis:").exists()
        MembreEquipe.objects.filter(utilisateur=membre).update(au=aujourdhui() - timedelta(days=1))
        purger("--effacer")
    assert Courriel.objects.get(cle__startswith="preavis:").destinataire == membre
