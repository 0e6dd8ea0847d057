# The stable doors of the project; `make help` lists them.
.DEFAULT_GOAL := help
.PHONY: demo test lint lint-base bench help systeme-demo systeme-test

PY := .venv/bin/python
export PORT ?= 8000
export PYTHONUTF8 := 1
# Interpreters to try, best first; PYTHON=/chemin/python3 comes before all of them.
PYTHONS = $(PYTHON) python3.14 python3.13 python3.12 python3 $(wildcard $(HOME)/.pyenv/versions/3.1[2-9]*/bin/python3)
# A program that calls itself Python is not enough: it must run, be recent and know how to make a venv.
ESSAI := import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 12))
PIP := $(PY) -m pip install -qq --disable-pip-version-check --require-hashes --requirement

demo: export DEMONSTRATION ?= 1
demo: .venv/installe-demo systeme-demo ## prépare puis sert la démonstration (PORT=8000) ; Ctrl-C l'arrête
	@exec $(PY) manage.py demo

test: .venv/installe-dev systeme-test ## lance toute la suite sur un PostgreSQL jetable (ARGS="-k mot")
	@exec $(PY) -m pytest -n auto --dist loadgroup $(ARGS)

lint: .venv/installe-dev ## vérifie les lois de la maison
	$(PY) -m ruff check --output-format concise .
	$(PY) -m ruff format --check .
	$(PY) -m mypy
	.venv/bin/lint-imports
	$(PY) -m djlint --lint --quiet templates
	@$(PY) -m reseau.socle.postgres executer --jetable -- $(MAKE) --no-print-directory lint-base

# The laws that need a database: no forgotten migration, none that would stop an installation, safe settings.
lint-base:
	$(PY) manage.py makemigrations --check --dry-run
	DJANGO_SETTINGS_MODULE=tests.reglages_migrations $(PY) manage.py lintmigrations --quiet ok ignore \
	  --ignore-initial-migrations --include-apps reseau ecoles commandes financements \
	  --ignore-name 0013_motif_entier 0016_un_dossier_par_ej
	$(PRODUCTION) $(PY) manage.py check --deploy --fail-level WARNING

# What an installation must give; the values only serve to read the settings as they are in production.
PRODUCTION := EDP_PRODUCTION=1 ALLOWED_HOSTS=portail.invalid SMTP_HOTE=courriel.invalid \
  ADRESSE_DU_PORTAIL=https://portail.invalid \
  SECRET_KEY=cle-pour-verifier-les-reglages-de-production-et-rien-d-autre-0123456789

bench: .venv/installe-dev ## mesure les pages et les imports, en rapports à leurs planchers
	@exec $(PY) -m bench $(ARGS)

help: ## affiche cette aide
	@sed -n 's/^\([a-z]*\):.*## /\1\t/p' Makefile | while IFS="$$(printf '\t')" read -r porte role; do \
	  printf '  make %-6s %s\n' "$$porte" "$$role"; done

systeme-demo systeme-test: systeme-%:
	@sh deploy/preparer.sh $*

.venv/installe-demo: requirements.lock | $(PY)
	@test -e .venv/installe-dev -a .venv/installe-dev -nt requirements.lock || { \
	  echo "Installation des paquets Python…"; $(PIP) requirements.lock; }
	@touch $@

.venv/installe-dev: requirements-dev.lock | $(PY)
	@echo "Installation des paquets Python, outils de développement compris…"
	@$(PIP) requirements-dev.lock
	@touch $@

$(PY):
	@for python in $(PYTHONS); do \
	  if $$python -c '$(ESSAI)' 2>/dev/null; then exec $$python -m venv --clear .venv; fi; \
	done; \
	echo "Il faut Python 3.12 ou plus récent, avec son module venv. Sur Debian 13 ou Ubuntu 24.04 :" >&2; \
	echo "  sudo apt-get install python3 python3-venv" >&2; \
	echo "Ailleurs, donnez-en un : make demo PYTHON=/chemin/vers/python3" >&2; exit 1
