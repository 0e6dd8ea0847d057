"""The history is written by the database, signed by ids, changed by nobody, erased by the purge alone."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import pytest
from django.apps import apps
from django.contrib import admin
from django.db import IntegrityError, connection, transaction
from django.urls import reverse

from ecoles.models import Apprenant, DeclarationDerogation, Ecole, Label, Resultat
from reseau.admin.histoire import AvecHistoire
from reseau.models import AffectationDreets, Histoire, histoire_de
from reseau.roles import Role
from reseau.socle.histoire import effacer
from reseau.socle.lots import accepter, annuler
from tests.ecoles.imports import lire_lignes
from tests.monde import MACHINES, Cote, compte, poser_le_monde
from tests.usines import EcoleUsine

if TYPE_CHECKING:
    from django.db.models import Model
    from django.test import Client

pytestmark = pytest.mark.django_db

# What the project promises to keep the history of.
SUIVIS = {
    "reseau": {"AffectationDreets", "AffectationNationale"},
    "ecoles": {
        "Gestionnaire", "Ecole", "MembreEquipe", "Agrement", "Label", "Reconnaissance", "InscriptionListe",
        "Offre", "Apprenant", "RepresentantLegal", "Inscription", "AvisAptitude", "FormationSecurite",
        "DeclarationDerogation", "Encadrement", "CoordonneesBancaires", "Resultat",
        "MetierEcole", "TravailDeclare", "TravailEncadre",
    },
}  # fmt: skip
NOUS = {"histoire_ajout", "histoire_modification", "histoire_retrait"}


def histoire(modele: type[Model]) -> type[Histoire]:
    trouvee = histoire_de(modele)
    assert trouvee is not None
    return trouvee


def gestes(modele: type[Model], cle: Any) -> list[str]:
    lignes = histoire(modele).objects.filter(id=cle).order_by("pgh_id")
    return list(lignes.values_list("pgh_label", flat=True))


def executer(ordre: str, *valeurs: Any) -> None:
    with connection.cursor() as curseur:
        curseur.execute(ordre, valeurs)


def test_tout_ce_qui_est_promis_est_suivi() -> None:
    for app, noms in SUIVIS.items():
        suivis = {m.__name__ for m in apps.get_app_config(app).get_models() if histoire_de(m)}
        assert suivis == noms


def test_les_declencheurs_sont_poses_sur_chaque_table_suivie() -> None:
    with connection.cursor() as curseur:
        curseur.execute(
            "SELECT c.relname, array_agg(t.tgname) FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid"
            " WHERE NOT t.tgisinternal AND t.tgenabled IN ('O', 'A') GROUP BY 1"
        )
        poses = {table: " ".join(noms) for table, noms in curseur.fetchall()}
    for modele in apps.get_models():
        suivie = histoire_de(modele)
        if suivie:
            assert all(f"pgtrigger_{nom}_" in poses[modele._meta.db_table] for nom in NOUS), modele
            assert "pgtrigger_histoire_protegee_" in poses[suivie._meta.db_table]


def test_ce_qui_est_suivi_et_a_une_page_y_montre_son_histoire() -> None:
    muettes = [
        modele.__name__
        for modele, page in admin.site._registry.items()
        if histoire_de(modele) and not isinstance(page, AvecHistoire)
    ]
    assert muettes == []


def test_creer_changer_et_retirer_se_voient() -> None:
    ecole = EcoleUsine()
    label = Label.objects.create(
        ecole=ecole, du=date(2024, 1, 1), evaluee_le=date(2024, 1, 1), nb_criteres=30
    )
    label.nb_criteres = 31
    label.save()
    cle = label.pk
    label.delete()
    lignes = histoire(Label).objects.filter(id=cle).order_by("pgh_id")
    assert list(lignes.values_list("pgh_label", "nb_criteres")) == [
        ("ajout", 30), ("modification", 31), ("retrait", 31),
    ]  # fmt: skip


def test_ce_qui_est_ecrit_en_masse_se_voit() -> None:
    ecole = EcoleUsine()
    jeunes = Apprenant.objects.bulk_create(
        [Apprenant(ecole=ecole, prenom="Malo", nom=f"Un {n}", ne_le=date(2000, 1, 1)) for n in range(3)]
    )
    Apprenant.objects.filter(ecole=ecole).update(prenom="Anna")
    jeunes[0].nom = "Deux"
    Apprenant.objects.bulk_update(jeunes, ["nom"])
    assert gestes(Apprenant, jeunes[0].pk) == ["ajout", "modification", "modification"]
    assert gestes(Apprenant, jeunes[1].pk) == ["ajout", "modification"]


def test_le_sql_et_copy_se_voient() -> None:
    ecole = EcoleUsine()
    executer("UPDATE ecoles_ecole SET telephone = '0199000199' WHERE id = %s", ecole.pk)
    executer("INSERT INTO ecoles_gestionnaire (id, nom, siren, but_non_lucratif)"
             " VALUES (gen_random_uuid(), 'Par SQL', '', true)")  # fmt: skip
    with (
        connection.cursor() as curseur,
        curseur.copy("COPY ecoles_gestionnaire (id, nom, siren, but_non_lucratif) FROM STDIN") as flux,
    ):
        flux.write("01890000-0000-7000-8000-000000000001\tPar COPY\t\tt\n")
    executer("DELETE FROM ecoles_gestionnaire WHERE nom = 'Par SQL'")
    assert gestes(Ecole, ecole.pk) == ["ajout", "modification"]
    suivi = histoire(apps.get_model("ecoles.Gestionnaire")).objects.order_by("pgh_id")
    assert list(suivi.values_list("nom", "pgh_label")) == [
        ("Par SQL", "ajout"), ("Par COPY", "ajout"), ("Par SQL", "retrait"),
    ]  # fmt: skip


def test_une_cle_changee_se_voit() -> None:
    resultat = Resultat.objects.create(
        ecole=EcoleUsine(), indicateur="examen", annee=2025, effectif=12, recus=9, source="Relevé"
    )
    autre = "01890000-0000-7000-8000-000000000002"
    executer("UPDATE ecoles_resultat SET id = %s WHERE id = %s", autre, resultat.pk)
    assert gestes(Resultat, autre) == ["modification"]


def test_enregistrer_sans_rien_changer_ne_laisse_rien() -> None:
    ecole = EcoleUsine()
    ecole.save()
    Ecole.objects.filter(pk=ecole.pk).update(nom=ecole.nom)
    assert gestes(Ecole, ecole.pk) == ["ajout"]


def test_les_machines_d_une_declaration_se_voient() -> None:
    declaration = DeclarationDerogation.objects.create(
        ecole=EcoleUsine(), lieu="Atelier", envoyee_le=date(2026, 1, 1)
    )
    declaration.travaux.add(MACHINES)
    declaration.travaux.clear()
    lien = apps.get_model("ecoles.TravailDeclare")
    lignes = histoire(lien).objects.filter(declarationderogation=declaration.pk).order_by("pgh_id")
    assert list(lignes.values_list("travailreglemente", "pgh_label")) == [
        (MACHINES, "ajout"), (MACHINES, "retrait"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    "ordre",
    [
        "UPDATE ecoles_histoireecole SET nom = 'Autre'",
        "DELETE FROM ecoles_histoireecole",
        "INSERT INTO ecoles_histoireecole (pgh_created_at, pgh_label, nom) VALUES (now(), 'ajout', 'Faux')",
    ],
)
def test_l_histoire_ne_se_corrige_ni_ne_s_invente(ordre: str) -> None:
    EcoleUsine()
    with pytest.raises(IntegrityError, match="ne s'écrit que par la base"), transaction.atomic():
        executer(ordre)


def test_la_purge_efface_ce_qu_elle_choisit_et_referme() -> None:
    garde, efface = EcoleUsine(), EcoleUsine()
    assert effacer(Ecole, id=efface.pk) == 1
    assert (gestes(Ecole, garde.pk), gestes(Ecole, efface.pk)) == (["ajout"], [])
    with pytest.raises(IntegrityError, match="purge"), transaction.atomic():
        histoire(Ecole).objects.all().delete()


def test_une_page_signe_ce_qu_elle_ecrit(client: Client) -> None:
    ici: Cote = poser_le_monde()[0]
    qui = ici.personnes[Role.DIRECTION]
    client.force_login(qui)
    page = reverse("admin:ecoles_declarationderogation_add")
    envoi = {"lieu": "Forge", "envoyee_le": "01/10/2026", "travaux": [MACHINES]}
    assert client.post(page, envoi).status_code == 302
    ecrites = histoire(DeclarationDerogation).objects.filter(lieu="Forge")
    assert list(ecrites.values_list("par", "lot")) == [(qui.pk, None)]
    liens = histoire(apps.get_model("ecoles.TravailDeclare")).objects
    assert liens.order_by("-pgh_id").values_list("par", flat=True)[0] == qui.pk


def test_une_ligne_d_histoire_dit_des_cles_et_jamais_de_nom() -> None:
    """Ruling: no name, no address, no network address of who wrote."""
    ajoutees = {champ.name for champ in Histoire._meta.fields}
    assert ajoutees == {"pgh_id", "pgh_created_at", "pgh_label", "par", "lot", "annulation"}


def test_un_import_signe_de_son_lot_et_son_annulation_aussi() -> None:
    qui = compte("elle@essai.invalid")
    lot = lire_lignes(("Forge", "Lyon", "69", "", "Industrie"))
    assert accepter(lot, qui)
    ecole = Ecole.objects.get(nom="Forge")
    EcoleUsine(nom="Après l'import")
    annuler(lot, qui)
    lignes = histoire(Ecole).objects.order_by("pgh_id").values_list("pgh_label", "par", "lot", "annulation")
    assert list(lignes.filter(id=ecole.pk)) == [
        ("ajout", qui.pk, lot.pk, False), ("retrait", qui.pk, lot.pk, True),
    ]  # fmt: skip
    assert list(lignes.filter(nom="Après l'import")) == [("ajout", None, None, False)]


def test_une_affectation_de_l_etat_garde_son_histoire() -> None:
    qui = compte("elle@essai.invalid")
    une = AffectationDreets.objects.create(utilisateur=qui, service_id="84", role="instructeur")
    AffectationDreets.objects.filter(pk=une.pk).update(au=date(2090, 1, 1))
    assert gestes(AffectationDreets, une.pk) == ["ajout", "modification"]


def test_lire_une_page_ne_signe_rien(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def jamais() -> None:
        raise AssertionError("une lecture n'a pas à signer")

    monkeypatch.setattr("reseau.portail.intergiciels.signer", jamais)
    assert client.get("/").status_code == 200
