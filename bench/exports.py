"""The list of schools taken out in each format, beside the library alone and COPY TO."""

from __future__ import annotations

import tempfile

from django.db import connection

from bench.chrono import chronometrer, memoire


def _ecrire_nu(lignes: list[tuple[object, ...]]) -> None:
    """The floor of XLSX: the same rows by the library alone."""
    from xlsxwriter import Workbook

    with tempfile.TemporaryFile() as sortie, Workbook(sortie, {"constant_memory": True}) as classeur:
        feuille = classeur.add_worksheet()
        for numero, ligne in enumerate(lignes):
            for rang, valeur in enumerate(ligne):
                if isinstance(valeur, str):
                    feuille.write_string(numero, rang, valeur)
                elif isinstance(valeur, int):
                    feuille.write_number(numero, rang, valeur)


def _copier_vers(requete: str) -> None:
    ordre = f"COPY ({requete}) TO STDOUT (FORMAT csv)"
    with (
        tempfile.TemporaryFile() as sortie,
        connection.cursor() as curseur,
        curseur.copy(ordre) as flux,
    ):
        for morceau in flux:
            sortie.write(morceau)


def mesurer() -> dict[str, float]:
    """Return seconds of each format and of its floor, and what the process grew by, in Mo."""
    from ecoles.exports import EXPORT_ECOLES
    from ecoles.models import Ecole
    from reseau.socle.export_classeurs import ecrire_ods, ecrire_xlsx
    from reseau.socle.export_csv import ecrire_csv
    from reseau.socle.exports import rangees

    ensemble = Ecole.objects.order_by("nom", "id")

    def par(ecrire: object) -> None:
        with tempfile.TemporaryFile() as sortie:
            ecrire(EXPORT_ECOLES, rangees(EXPORT_ECOLES, ensemble), sortie)

    def en_csv() -> None:
        with tempfile.TemporaryFile() as sortie:
            ecrire_csv(EXPORT_ECOLES, ensemble, sortie)

    avant = memoire()
    figures = {
        "lignes": ensemble.count(),
        "copy": chronometrer(lambda: _copier_vers(EXPORT_ECOLES.requete(ensemble))),
    }
    figures["csv"] = chronometrer(en_csv)
    figures["xlsx"] = chronometrer(lambda: par(ecrire_xlsx))
    figures["ods"] = chronometrer(lambda: par(ecrire_ods))
    figures["memoire_mo"] = memoire() - avant
    lignes = list(rangees(EXPORT_ECOLES, ensemble))
    figures["xlsx_nu"] = chronometrer(lambda: _ecrire_nu(lignes))
    return figures
