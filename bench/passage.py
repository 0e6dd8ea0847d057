"""One size: seed, then measure every page beside its floor. Run in a process of its own.

python -m bench.passage NB_COMMANDES NB_ECOLES NB_JEUNES SORTIE.json
"""

from __future__ import annotations

import io
import json
import os
import sys
import time
from pathlib import Path


def installer() -> None:
    """Set Django up with the floors beside the product."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "reseau.settings")
    os.environ["DEMONSTRATION"] = "1"
    import django
    from django.conf import settings

    django.setup()
    settings.ROOT_URLCONF = "bench.adresses"
    settings.TEMPLATES[0]["DIRS"].append(Path(__file__).parent / "gabarits")
    # WhiteNoise scans the static files of each new client: it would drown the page (32 ms instead of 6).
    settings.MIDDLEWARE = [m for m in settings.MIDDLEWARE if "whitenoise" not in m]


def _semer(nb_commandes: int, nb_ecoles: int, nb_jeunes: int) -> dict[str, float]:
    from django.core.management import call_command

    durees = {}
    for nom, commande, options in (
        ("référentiels", "charger_referentiels", {}),
        (
            "démonstration",
            "semer_demo",
            {"commandes": nb_commandes, "ecoles": nb_ecoles, "apprenants": nb_jeunes},
        ),
    ):
        debut = time.perf_counter()
        call_command(commande, **options, stdout=io.StringIO())
        durees[nom] = time.perf_counter() - debut
    return durees


def _analyser() -> None:
    from django.db import connection

    with connection.cursor() as curseur:
        curseur.execute("ANALYZE")


def main(nb_commandes: int, nb_ecoles: int, nb_jeunes: int, sortie: Path) -> None:
    """Seed, measure, and write the figures as JSON."""
    installer()
    durees = _semer(nb_commandes, nb_ecoles, nb_jeunes)
    _analyser()
    from bench import classe, exports
    from bench.imports import mesurer
    from bench.mesure import chronometrer
    from bench.pages import appels, figures, pages

    liste = list(pages())
    mesures = chronometrer(appels(liste))
    resultat = {
        "durees": durees,
        "planchers": {n: mesures[n].cpu_ms for n in ("un mot", "une requête", "liste nue")},
        "pages": figures(liste, mesures),
    }
    resultat["import"] = mesurer(max(nb_commandes, 10_000))
    resultat["classe"] = classe.mesurer(10_000)
    resultat["exports"] = exports.mesurer()
    sortie.write_text(json.dumps(resultat))


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]), Path(sys.argv[4]))
