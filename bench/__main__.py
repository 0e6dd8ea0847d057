"""``make bench``: each size on a server of its own, then one table, on screen and in resultats.md."""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from datetime import date
from pathlib import Path

from reseau.socle.postgres import serveur_jetable

RACINE = Path(__file__).resolve().parents[1]
SEULS_MAX = 2  # a dashboard beside its own queries, at the size where they cost something
TAILLES = {  # orders, schools, learners
    "1 000": (1_000, 12, 300),
    "10 000": (10_000, 500, 10_000),
    "100 000": (100_000, 500, 10_000),
}


def _executer(arguments: list[str], environnement: dict[str, str]) -> float:
    debut = time.perf_counter()
    subprocess.run([sys.executable, *arguments], cwd=RACINE, env=environnement, check=True)
    return time.perf_counter() - debut


def mesurer(taille: str) -> dict[str, object]:
    """Migrate an empty server, seed it at this size, measure; return the figures."""
    nombres = [str(nombre) for nombre in TAILLES[taille]]
    with serveur_jetable() as serveur, tempfile.TemporaryDirectory() as lieu:
        env = {**os.environ, **serveur.environnement, "EDP_DONNEES": lieu, "DEMONSTRATION": "1"}
        migration = _executer(["manage.py", "migrate", "-v0"], env | {"EDP_CONNEXION": "proprietaire"})
        sortie = Path(lieu) / "mesures.json"
        _executer(["-m", "bench.passage", *nombres, str(sortie)], env)
        figures: dict[str, object] = json.loads(sortie.read_text())
    return figures | {"migration": migration}


def mesurer_l_argent(nombre: int) -> dict[str, object]:
    """Fill an empty server with so many decisions, measure; return the figures."""
    with serveur_jetable() as serveur, tempfile.TemporaryDirectory() as lieu:
        env = {**os.environ, **serveur.environnement, "EDP_DONNEES": lieu, "DEMONSTRATION": "1"}
        proprietaire = env | {"EDP_CONNEXION": "proprietaire"}
        _executer(["manage.py", "migrate", "-v0"], proprietaire)
        _executer(["manage.py", "charger_referentiels", "-v0"], env)
        _executer(["-m", "bench.argent", "modeles"], env)
        semis = _executer(["-m", "bench.argent", str(nombre)], proprietaire)
        sortie = Path(lieu) / "mesures.json"
        _executer(["-m", "bench.argent_mesures", str(sortie)], env)
        figures: dict[str, object] = json.loads(sortie.read_text())
    return figures | {"semis": semis}


_COLONNES = ("page", "statut", "requêtes", "ko", "CPU ms", "mur ms", "rapport", "cible", "tenue")
ENTETE = f"| {' | '.join(_COLONNES)} |\n|{'---|' * len(_COLONNES)}"


def _ligne(page: dict[str, object]) -> str:
    tenue = page["rapport"] <= page["rapport_max"] and page["requetes"] <= page["requetes_max"]
    cellules = (
        page["nom"],
        page["statut"],
        f"{page['requetes']} (<= {page['requetes_max']})",
        f"{page['octets'] / 1000:.1f}",
        f"{page['cpu']:.1f}",
        f"{page['mur']:.1f}",
        f"{page['rapport']:.2f} x {page['plancher']}",
        f"<= {page['rapport_max']}",
        "oui" if tenue else "NON",
    )
    return f"| {' | '.join(map(str, cellules))} |"


def tableau(taille: str, figures: dict[str, object]) -> str:
    """Print one size as a Markdown table."""
    planchers = ", ".join(f"{nom} {ms:.2f} ms" for nom, ms in figures["planchers"].items())
    durees = ", ".join(f"{nom} {s:.1f} s" for nom, s in figures["durees"].items())
    lignes = "\n".join(_ligne(page) for page in figures["pages"])
    commandes, ecoles, jeunes = (f"{nombre:,}".replace(",", " ") for nombre in TAILLES[taille])
    return (
        f"## {commandes} commandes, {ecoles} écoles, {jeunes} jeunes\n\nPlanchers (CPU) : {planchers}.\n"
        f"Migrations depuis le vide : {figures['migration']:.1f} s (cible 5 s). Semis : {durees}.\n\n"
        f"{ENTETE}\n{lignes}\n\n{_import(figures['import'])}\n\n"
        f"{_classe(figures['classe'])}\n\n{_exports(figures['exports'])}\n"
    )


def tableau_de_l_argent(nombre: int, figures: dict[str, object]) -> str:
    """Print one size of the funding as a Markdown table."""
    planchers = ", ".join(f"{nom} {ms:.2f} ms" for nom, ms in figures["planchers"].items())
    lignes = "\n".join(_ligne(page) for page in figures["pages"])
    audit, pdf, accords = figures["audit"], figures["pdf"], figures["accords"]
    lente = next(code for code in audit if code not in {"total", "faux"})
    titre = f"## Financements : {nombre:,} décisions".replace(",", " ")
    return f"""{titre}

Planchers (CPU) : {planchers}. Copie des décisions : {figures["semis"]:.1f} s.

{ENTETE}
{lignes}

À l'horloge, à côté de ses seules requêtes (cible {SEULS_MAX}) : {_seuls(figures["seuls"])}.

`verifier_invariants` : {audit["total"]:.2f} s (cible 10 s), {audit["faux"]:.0f} formule fausse ;
la plus lente, {lente}, {audit[lente]:.2f} s.

PDF/UA d'une décision : {pdf["un"]:.2f} x WeasyPrint seul (cible 1,15), cinquante {pdf["cinquante"]:.2f} x
(cible 1,1) ; {pdf["par_seconde"]:.1f} par seconde.

{accords["nb"]:.0f} accords en une fois, hors du web : {accords["faites"]:.0f} faits,
{accords["refusees"]:.0f} refusé, {accords["pdf"]:.0f} décisions en PDF, en {accords["duree"]:.0f} s ;
pendant ce temps la liste répond en {accords["charge_p95"]:.0f} ms au 95e centile,
{accords["charge_p95"] / accords["repos_p95"]:.1f} x le repos.
"""


def _seuls(rapports: dict[str, float]) -> str:
    return ", ".join(
        f"{nom} {rapport:.2f} x, {'oui' if rapport <= SEULS_MAX else 'NON'}"
        for nom, rapport in rapports.items()
    )


def _import(mesures: dict[str, float]) -> str:
    nb, copie, analyse = mesures["lignes"], mesures["copy"], mesures["analyse"]
    debit = nb / analyse
    return (
        f"Import d'un registre de {nb:.0f} écoles (CSV) : COPY seul {copie:.2f} s ; "
        f"lu, mis en attente et vérifié en {analyse:.2f} s, "
        f"soit {debit:.0f} lignes/s ({analyse / copie:.0f} x COPY ; cible 30 000 lignes/s) ; "
        f"accepté en {mesures['acceptation']:.2f} s ; "
        f"le même fichier une seconde fois, {mesures['seconde_fois']:.2f} s et rien d'écrit ; "
        f"mémoire du processus : {mesures['memoire_mo']:+.0f} Mo (cible 60)."
    )


def _classe(mesures: dict[str, float]) -> str:
    nb, copie, analyse = mesures["lignes"], mesures["copy"], mesures["analyse"]
    return (
        f"Import de {nb:.0f} jeunes d'une école parmi {mesures['nb_ecoles']:.0f} (CSV) : COPY seul "
        f"{copie:.2f} s ; lu et vérifié en {analyse:.2f} s ({analyse / copie:.0f} x COPY) ; accepté en "
        f"{mesures['acceptation']:.2f} s ; une classe de vingt, lue et acceptée : {mesures['vingt']:.2f} s."
    )


def _exports(mesures: dict[str, float]) -> str:
    return (
        f"Export de {mesures['lignes']:.0f} écoles : CSV {mesures['csv']:.2f} s, "
        f"{mesures['csv'] / mesures['copy']:.1f} x COPY TO (cible 2,5) ; XLSX {mesures['xlsx']:.2f} s, "
        f"{mesures['xlsx'] / mesures['xlsx_nu']:.1f} x xlsxwriter seul (cible 1,7) ; ODS "
        f"{mesures['ods']:.2f} s ; mémoire du processus : {mesures['memoire_mo']:+.0f} Mo (cible 20)."
    )


def main() -> None:
    """Measure the sizes asked for; print and keep the tables."""
    lecteur = argparse.ArgumentParser(prog="bench")
    lecteur.add_argument("--tailles", nargs="*", default=["1 000", "10 000"], choices=list(TAILLES))
    lecteur.add_argument("--sans-ecrire", action="store_true", help="ne pas récrire bench/resultats.md")
    lecteur.add_argument(
        "--decisions", nargs="*", type=int, default=[1_000, 10_000], help="tailles des financements"
    )
    options = lecteur.parse_args()
    jour = date.today()  # noqa: DTZ011 - the day on which this machine was measured
    entete = (
        "# Mesures\n\n"
        "Rapports pris en une seule exécution : le produit et ses planchers tour à tour, médianes.\n"
        f"Le {jour:%d/%m/%Y}, Python {platform.python_version()}, {os.cpu_count()} cœurs.\n"
    )
    parties = [entete]
    for taille in options.tailles:
        parties.append(tableau(taille, mesurer(taille)))
        print(parties[-1], flush=True)
    for nombre in options.decisions:
        parties.append(tableau_de_l_argent(nombre, mesurer_l_argent(nombre)))
        print(parties[-1], flush=True)
    if not options.sans_ecrire:
        (RACINE / "bench/resultats.md").write_text("\n".join(parties))


if __name__ == "__main__":
    main()
