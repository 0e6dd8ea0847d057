"""Rules of the import of schools, one clause a test: places, labels, numbers, duplicates, key, writing."""
# ruff: noqa: E501 - one case a line, its sentence whole

from __future__ import annotations

from typing import Any

import pytest

from ecoles.models import AncienSlug, Ecole, Offre
from reseau.nombres import aujourdhui
from reseau.socle.lots import ImportRefuse, abandonner, accepter, corriger
from tests.ecoles.imports import ligne, lire_lignes, propositions, textes, verdicts

pytestmark = pytest.mark.django_db

FUTUR = str(aujourdhui().year + 2)
# What is typed in a line -> column of the answer, beginning of the sentence, proposals.
QUESTIONS: dict[str, tuple[tuple[Any, ...], str, str, list[str]]] = {
    "commune absente": (("A", ""), "commune", "La commune est obligatoire.", []),
    "commune inconnue": (("A", "Nullepart", "69"), "commune", "Pas de commune « Nullepart » dans le", []),
    "commune seule": (("A", "Wwxyzzk"), "commune", "Pas de commune « Wwxyzzk ».", []),
    "commune mal écrite": (("A", "Vilurbanne", "69"), "commune", "Pas de commune « Vilurbanne »", ["Villeurbanne (69266)"]),
    "commune ailleurs": (("A", "Nice", "69"), "commune", "Pas de commune « Nice » dans le département Rhône", ["Denicé (69074)"]),
    "homonymes": (("A", "Saint-Denis"), "commune", "Plusieurs communes s'appellent « Saint-Denis »", ["Saint-Denis (97411)", "Saint-Denis (93066)", "Saint-Denis (11339)", "Saint-Denis (30247)"]),
    "autre région": (("A", "Lyon", "69", "Bretagne"), "region", "Lyon n'est pas dans cette région", ["Auvergne-Rhône-Alpes"]),
    "département inconnu": (("A", "Villeurbanne", "abc"), "departement", "« abc » n'est pas un département.", ["69"]),
    "diplôme ambigu": (("A", "Lyon", "69", "", "", "CAP Cuisine"), "titres", "« CAP Cuisine » désigne plusieurs diplômes", ["50022139", "50022146"]),
    "diplôme ambigu aussi": (("A", "Lyon", "69", "", "", "CAP Maroquinerie"), "titres", "« CAP Maroquinerie » désigne", ["50024322", "50024323"]),
    "diplôme inconnu": (("A", "Lyon", "69", "", "", "CAP Astronaute lunaire"), "titres", "« CAP Astronaute lunaire » n'est pas un diplôme", []),
    "métier inconnu": (("A", "Lyon", "69", "", "Magie"), "filieres", "« Magie » n'est pas un métier connu.", []),
    "année à deux chiffres": (("A", "Lyon", "69", "", "", "", "21"), "annee_ouverture", "« 21 » n'est pas une année à quatre chiffres.", []),
    "année future": (("A", "Lyon", "69", "", "", "", FUTUR), "annee_ouverture", f"« {FUTUR} » n'est pas une année possible", []),
    "NaN": (("A", "Lyon", "69", "", "", "", "", "NaN"), "effectif", "« NaN » n'est pas un nombre entier.", []),
    "exposant": (("A", "Lyon", "69", "", "", "", "", "1e5"), "effectif", "« 1e5 » n'est pas un nombre entier.", []),
    "négatif": (("A", "Lyon", "69", "", "", "", "", "-3"), "effectif", "« -3 » n'est pas un nombre entier.", []),
    "décimal": (("A", "Lyon", "69", "", "", "", "", "12,5"), "effectif", "« 12,5 » n'est pas un nombre entier.", []),
    "démesuré": (("A", "Lyon", "69", "", "", "", "", "99999"), "effectif", "« 99999 » dépasse 2000", []),
    "UAI faux": (("A", "Lyon", "69", "", "", "", "", "", "0134435B"), "uai", "L'UAI 0134435B n'existe pas : après 0134435, la lettre serait A.", []),
    "UAI court": (("A", "Lyon", "69", "", "", "", "", "", "13A"), "uai", "« 13A » n'est pas un UAI", []),
    "téléphone": (("A", "Lyon", "69", "", "", "", "", "", "", "12"), "telephone", "« 12 » n'est pas un numéro de téléphone", []),
}  # fmt: skip


def test_chaque_doute_a_sa_phrase_a_sa_cellule() -> None:
    lot = lire_lignes(*[(f"{rang} {cas[0][0]}", *cas[0][1:]) for rang, cas in enumerate(QUESTIONS.values())])
    obtenus = {
        nom: [
            (m["champ"], m["texte"][: len(debut)], [p["valeur"] for p in m["propositions"]])
            for m in ligne(lot, numero).messages
            if m["niveau"] != "information"
        ]
        for numero, (nom, (_, _, debut, _)) in enumerate(QUESTIONS.items(), 2)
    }
    assert obtenus == {nom: [(champ, debut, mots)] for nom, (_, champ, debut, mots) in QUESTIONS.items()}
    assert set(verdicts(lot)) == {"a_corriger"}


def test_le_zero_mange_revient_et_le_telephone_se_lit() -> None:
    lot = lire_lignes(
        ("A", "Marseille", "13", "", "", "", "", "", "", "491000000"),
        ("B", "Marseille", "13", "", "", "", "", "", "", "+33 (0)4 91 00 00 01"),
    )
    assert [ligne(lot, n).lu["telephone"] for n in (2, 3)] == ["0491000000", "0491000001"]
    assert textes(lot, 2, "telephone") == ["Le zéro mangé par le tableur est remis : 0491000000."]


def test_le_diplome_s_ecrit_de_plusieurs_facons() -> None:
    facons = [
        "CAP Métallier",
        "metallier",
        "50025439",
        "CAP MÉTALLIER / Bac professionnel technicien de scierie",
    ]
    lot = lire_lignes(*[(f"École {i}", "Lyon", "69", "", "", facon) for i, facon in enumerate(facons)])
    assert [ligne(lot, n).lu["titres"] for n in range(2, 6)] == [["50025439"]] * 3 + [
        ["40023406", "50025439"]
    ]


def test_choisir_un_diplome_ne_touche_pas_aux_autres_de_la_cellule() -> None:
    lot = lire_lignes(("A", "Lyon", "69", "", "", "CAP Métallier / CAP Cuisine"))
    assert propositions(lot, 2, "titres") == ["CAP Métallier / 50022139", "CAP Métallier / 50022146"]
    corriger(lot, 2, {"titres": propositions(lot, 2, "titres")[1]})
    assert ligne(lot, 2).lu["titres"] == ["50022146", "50025439"]


def test_deux_lignes_pour_une_ecole_ne_passent_pas() -> None:
    lot = lire_lignes(
        ("A", "Lyon", "69"),
        ("A", "Lyon", "69"),
        ("a", "LYON", "69", "", "Industrie"),
        ("", "Lyon", "69"),
        ("!", "Lyon"),
    )
    assert verdicts(lot) == ["creer", "doublon", "rejet", "rejet", "rejet"]
    assert textes(lot, 4, "nom") == [
        "La ligne 2 décrit déjà cette école autrement : gardez une seule des deux."
    ]


def test_une_cellule_vide_de_plus_n_est_pas_une_copie() -> None:
    lot = lire_lignes(
        ("A", "Lyon", "69", "", "", "", "2020", ""), ("A", "Lyon", "69", "", "", "", "", "2020")
    )
    assert verdicts(lot) == ["creer", "rejet"]


def _ecole(**valeurs: Any) -> Ecole:
    return Ecole.objects.create(
        **{
            "nom": "Atelier du Pont",
            "slug": "atelier-du-pont",
            "commune_id": "69123",
            "publication": "publiee",
        }
        | valeurs
    )


def test_une_modification_montre_avant_et_apres_et_n_efface_rien() -> None:
    ecole = _ecole(effectif=10, telephone="0491000000", annee_ouverture=1990)
    Offre.objects.create(ecole=ecole, parcours_id="50025439")
    lot = lire_lignes(("atelier du pont", "Lyon", "69", "", "Industrie", "CAP Primeur", "", "12"))
    assert verdicts(lot) == ["modifier"]
    assert ligne(lot, 2).differences == [
        {"champ": "effectif", "avant": "10", "apres": "12"},
        {"champ": "filieres", "avant": "", "apres": "industrie"},
        {"champ": "titres", "avant": "50025439", "apres": "50031222"},
    ]
    assert accepter(lot, None)
    ecole.refresh_from_db()
    assert (ecole.nom, ecole.effectif, ecole.telephone, ecole.annee_ouverture) == (
        "Atelier du Pont", 12, "0491000000", 1990,
    )  # fmt: skip
    assert {o.parcours_id for o in ecole.offres.all()} == {"50025439", "50031222"}
    assert [f.pk for f in ecole.filieres.all()] == ["industrie"]


def test_par_l_uai_l_ecole_change_de_nom_et_garde_son_ancienne_adresse() -> None:
    ecole = _ecole(uai="0134435A")
    lot = lire_lignes(("Atelier du Quai", "Lyon", "69", "", "", "", "", "", "0134435a"))
    assert verdicts(lot) == ["modifier"]
    accepter(lot, None)
    ecole.refresh_from_db()
    assert (ecole.nom, ecole.slug) == ("Atelier du Quai", "atelier-du-quai")
    assert AncienSlug.objects.get(slug="atelier-du-pont").ecole_id == ecole.pk


def test_un_demenagement_se_confirme() -> None:
    _ecole(uai="0134435A")
    lot = lire_lignes(("Atelier du Pont", "Nice", "6", "", "", "", "", "", "0134435A"))
    assert verdicts(lot) == ["a_confirmer"]
    assert propositions(lot, 2, "commune") == ["Nice (06088)", "Lyon (69123)"]
    corriger(lot, 2, {"commune": "Nice (06088)"})
    assert verdicts(lot) == ["modifier"]


def test_un_uai_et_un_nom_de_deux_ecoles_sont_refuses() -> None:
    _ecole(uai="0134435A")
    _ecole(nom="Autre", slug="autre")
    lot = lire_lignes(
        ("Autre", "Lyon", "69", "", "", "", "", "", "0134435A"),
        ("Atelier du Pont", "Lyon", "69", "", "", "", "", "", "0134470N"),
    )
    assert textes(lot, 2, "uai") == [
        "L'UAI 0134435A est celui d'une école, le nom et la commune sont ceux d'une autre."
    ]
    assert propositions(lot, 3, "uai") == ["0134435A"]


def test_deux_ecoles_de_meme_nom_ont_chacune_leur_adresse() -> None:
    _ecole(nom="Atelier", slug="atelier", commune_id="06088", fictive=True)
    AncienSlug.objects.create(slug="forge-lyon-69", ecole=Ecole.objects.get())
    lot = lire_lignes(
        ("Atelier", "Lyon", "69"), ("Atelier", "Nice", "6"), ("Forge", "Lyon"), ("Forge", "Nice")
    )
    assert verdicts(lot) == ["creer"] * 4
    accepter(lot, None)
    slugs = sorted(Ecole.objects.filter(fictive=False).values_list("slug", flat=True))
    assert [s for s in slugs if not s.startswith("forge-lyon-69-")] == [
        "atelier-lyon-69",
        "atelier-nice-06",
        "forge-nice-06",
    ]
    assert len(slugs) == len(set(slugs)) == 4


def test_une_ecole_fictive_n_est_jamais_touchee() -> None:
    _ecole(fictive=True, uai="")
    assert verdicts(lire_lignes(("Atelier du Pont", "Lyon", "69"))) == ["creer"]


def test_si_le_portail_change_apres_l_apercu_rien_n_est_ecrit() -> None:
    lot = lire_lignes(("Atelier du Pont", "Lyon", "69", "", "", "", "", "12"), ("B", "Lyon"))
    _ecole(effectif=12)
    assert not accepter(lot, None)
    assert (verdicts(lot), Ecole.objects.count()) == (["inchangee", "creer"], 1)
    assert accepter(lot, None)
    assert Ecole.objects.count() == 2


def test_un_lot_ne_s_accepte_qu_une_fois() -> None:
    lot = lire_lignes(("A", "Lyon", "69"))
    accepter(lot, None)
    for geste in (
        lambda: accepter(lot, None),
        lambda: corriger(lot, 2, {"nom": "B"}),
        lambda: abandonner(lot),
    ):
        with pytest.raises(ImportRefuse, match="a déjà été accepté"):
            geste()


def test_une_cellule_corrigee_peut_revenir_au_fichier() -> None:
    lot = lire_lignes(("A", "Lyon", "69", "", "", "", "rentrée 2021"))
    corriger(lot, 2, {"annee_ouverture": "2021"})
    assert verdicts(lot) == ["creer"]
    corriger(lot, 2, {"annee_ouverture": None})
    assert verdicts(lot) == ["a_corriger"]
    with pytest.raises(ImportRefuse, match="pas dans le fichier"):
        corriger(lot, 2, {"slug": "volé"})


def test_ce_qui_est_tape_n_est_jamais_du_sql() -> None:
    lot = lire_lignes(
        ("'), (1) DROP TABLE ecoles_ecole --", "Lyon", "69", "', NULL", "'/'", "%s {0}", "'", "'", "'", "'")
    )
    assert verdicts(lot) == ["a_corriger"]
    assert Ecole.objects.count() == 0
