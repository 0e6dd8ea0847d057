#!/bin/sh
# System packages that pip cannot bring: installed where we may (root on Debian), otherwise named with
# their exact line. Never fails: the portal runs without them and says what is missing.
# Usage: deploy/preparer.sh demo|test
set -u

manquants=""
bibliotheques=$(/sbin/ldconfig -p 2>/dev/null || ldconfig -p 2>/dev/null || true)
demander() { # demander FICHIER_DE_BIBLIOTHEQUE PAQUET
  case "$bibliotheques" in *"$1"*) ;; *) manquants="$manquants $2" ;; esac
}

demander libpango-1.0.so.0 libpango-1.0-0
demander libpangoft2-1.0.so.0 libpangoft2-1.0-0
demander libharfbuzz-subset.so.0 libharfbuzz-subset0
if [ "${1:-demo}" = test ] && ! command -v chromium >/dev/null; then
  manquants="$manquants chromium"
fi
[ -n "$manquants" ] || exit 0

installer() {
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $manquants </dev/null >/dev/null 2>&1
}

if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
  echo "Installation de :$manquants…"
  installer || { apt-get update -qq </dev/null >/dev/null 2>&1; installer; } && exit 0
fi
echo "Paquets du système à installer (documents PDF, tests du navigateur) :"
echo "  sudo apt-get install --no-install-recommends$manquants"
