"""Every setting of the portal. Safe for development by default; production fails loudly.

``EDP_PRODUCTION=1`` asks for the secrets and refuses what must never run in production.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import environ
from django.core.exceptions import ImproperlyConfigured
from django.utils.csp import CSP

RACINE = Path(__file__).resolve().parent.parent
env = environ.Env()

PRODUCTION = env.bool("EDP_PRODUCTION", default=False)
DEMONSTRATION = env.bool("DEMONSTRATION", default=False)
DEBUG = env.bool("DEBUG", default=False)
if PRODUCTION and (DEMONSTRATION or DEBUG):
    raise ImproperlyConfigured("DEMONSTRATION et DEBUG sont interdits en production.")

# No default in production: django-environ raises with the name of what is missing.
SECRET_KEY = (
    env.str("SECRET_KEY")
    if PRODUCTION
    else env.str("SECRET_KEY", default="cle-de-developpement-sans-aucune-valeur-hors-de-ce-poste-0123456789")
)
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS") if PRODUCTION else ["localhost", "127.0.0.1", "[::1]", "testserver"]
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])
# Where people reach the portal: links of the mails written at night, when nobody asks from a browser.
ADRESSE_DU_PORTAIL = (
    env.str("ADRESSE_DU_PORTAIL")
    if PRODUCTION
    else env.str("ADRESSE_DU_PORTAIL", default=f"http://localhost:{env.str('PORT', default='') or '8000'}")
).rstrip("/")
if PRODUCTION and not ADRESSE_DU_PORTAIL.startswith("https://"):
    raise ImproperlyConfigured("ADRESSE_DU_PORTAIL commence par https:// : un courriel y mène.")
DONNEES = Path(env.str("EDP_DONNEES", default=str(RACINE / ".donnees")))

INSTALLED_APPS = [
    "reseau",
    "ecoles",
    "commandes",
    "financements",
    "reseau.portail.apps.PortailAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.contrib.humanize",
    "pgtrigger",
    "pghistory",
    "import_export",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "django_tasks_db",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.csp.ContentSecurityPolicyMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "reseau.portail.reprises.ConnexionDemandee",
    "reseau.portail.intergiciels.PagesPrivees",
    "reseau.portail.intergiciels.SessionsBornees",
    "reseau.portail.intergiciels.QuiEcrit",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
]

ROOT_URLCONF = "reseau.urls"
WSGI_APPLICATION = "reseau.wsgi.application"
TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [RACINE / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                # Without "csp": our policy has no nonce, and a page would write one at each tag.
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "reseau.portail.contextes.portail",
            ],
            "libraries": {
                "dates": "reseau.portail.filtres_de_dates",
                "listes": "reseau.admin.balises",
            },
        },
    }
]

# --- Database: PostgreSQL only. The web process connects as edp_app, which owns nothing;
# --- migrations as edp_proprietaire. manage.py starts the embedded server when no URL is given.
_URL = env.str("DATABASE_URL") if PRODUCTION else env.str("DATABASE_URL", default="postgresql:///edp")
_URL_PROPRIETAIRE = env.str("DATABASE_URL_PROPRIETAIRE", default=_URL)
_PROPRIETAIRE = env.str("EDP_CONNEXION", default="application") == "proprietaire"
DATABASES: dict[str, Any] = {
    "default": environ.Env.db_url_config(_URL_PROPRIETAIRE if _PROPRIETAIRE else _URL)
    | {
        "ENGINE": "django.db.backends.postgresql",
        "CONN_MAX_AGE": env.int("CONN_MAX_AGE", default=60),
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {
            "options": ""
            if _PROPRIETAIRE
            else "-c statement_timeout=10s -c lock_timeout=3s -c idle_in_transaction_session_timeout=60s",
        },
    }
}
_SOCKET = environ.Env.db_url_config(_URL).get("OPTIONS", {})
DATABASES["default"]["OPTIONS"] |= {cle: v for cle, v in _SOCKET.items() if cle != "pool"}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
CACHES = {
    # What libraries count (throttles, one-time codes already used) counts over every process: PostgreSQL.
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "reseau_limites",
        "OPTIONS": {"MAX_ENTRIES": 100_000},
    },
    # What each process may remember for itself: prints of public pages, places already understood.
    "memoire": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "OPTIONS": {"MAX_ENTRIES": 2000}},
}
# How long each kind of data is kept, in days; ``manage.py purger`` and docs/registre.md.
CONSERVATIONS = {
    "apprenant_montre": env.int("CONSERVATION_APPRENANT_MONTRE", default=92),
    "apprenant": env.int("CONSERVATION_APPRENANT", default=365),
    "candidature": env.int("CONSERVATION_CANDIDATURE", default=183),
    "candidature_ouverte": env.int("CONSERVATION_CANDIDATURE_OUVERTE", default=730),
    "contact": env.int("CONSERVATION_CONTACT", default=183),
    "compte_preavis": env.int("CONSERVATION_COMPTE_PREAVIS", default=700),
    "compte": env.int("CONSERVATION_COMPTE", default=730),
    "inspection": env.int("CONSERVATION_INSPECTION", default=365),
    "import": env.int("CONSERVATION_IMPORT", default=90),
    "trace": env.int("CONSERVATION_TRACE", default=365),
}
TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}

# --- Accounts
AUTH_USER_MODEL = "reseau.Utilisateur"
AUTHENTICATION_BACKENDS = ["reseau.portail.droits.Droits"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 16},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("courriel", "prenom", "nom")},
    },
]
ACCOUNT_ADAPTER = "reseau.portail.comptes.AdaptateurComptes"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_USER_MODEL_EMAIL_FIELD = "courriel"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_RATE_LIMITS = {"login_failed": "10/m/ip,5/5m/key"}  # never a permanent lock
ACCOUNT_MAX_EMAIL_ADDRESSES = 1  # an address changes through who manages the accounts
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = "[Écoles de production] "
ACCOUNT_DEFAULT_HTTP_PROTOCOL = "https" if PRODUCTION else "http"
# Behind the web server every request comes from the same place: it says who asked.
ALLAUTH_TRUSTED_CLIENT_IP_HEADER = env.str("ENTETE_ADRESSE", default="X-Real-IP" if PRODUCTION else "")
MFA_ADAPTER = "reseau.portail.comptes.AdaptateurSecondFacteur"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = "Écoles de production"
MFA_TOTP_TOLERANCE = 1  # a telephone's clock may be half a minute off
# Compulsory for the State's officers and national readers; off only under demonstration.
MFA_OBLIGATOIRE = not DEMONSTRATION
LOGIN_URL = "/comptes/login/"
LOGIN_REDIRECT_URL = "/admin/"
LOGOUT_REDIRECT_URL = "/"

# --- Language and time
LANGUAGE_CODE = "fr"
LANGUAGES = [("fr", "Français")]
FORMAT_MODULE_PATH = "reseau.portail.formats"
TIME_ZONE = "Europe/Paris"
USE_TZ = True  # numbers keep no separator: a year is a number too; reseau.nombres writes amounts

# --- Files
STATIC_URL = "static/"
STATIC_ROOT = RACINE / "statiques"
STATICFILES_DIRS = [RACINE / "static"]
STORAGES = {
    "default": {
        "BACKEND": "reseau.socle.stockage.StockagePrive",
        "OPTIONS": {"location": DONNEES / "fichiers", "base_url": None},
    },
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if env.bool("EDP_STATIQUES_FIGES", default=PRODUCTION)
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = not PRODUCTION
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
# Program that reads a file on its input and answers 0 (clean) or 1, such as clamdscan; empty without one.
ANTIVIRUS = env.str("ANTIVIRUS", default="")
# Files handed to the portal are never served by the web server: only by authorised views.
FORMS_URLFIELD_ASSUME_HTTPS = True

# --- Mail
MAILERS = {
    "default": {
        "BACKEND": "django.core.mail.backends.smtp.EmailBackend",
        "OPTIONS": {
            "host": env.str("SMTP_HOTE"),
            "port": env.int("SMTP_PORT", default=587),
            "username": env.str("SMTP_UTILISATEUR", default=""),
            "password": env.str("SMTP_MOT_DE_PASSE", default=""),
            "use_tls": True,
            "timeout": 20,  # a mail server that says nothing holds no transaction for long
        },
    }
    if PRODUCTION
    else {
        "BACKEND": "django.core.mail.backends.filebased.EmailBackend",
        "OPTIONS": {"file_path": str(DONNEES / "courriels")},
    }
}
DEFAULT_FROM_EMAIL = env.str("COURRIEL_EXPEDITEUR", default="ne-pas-repondre@portail.invalid")

# --- Security
_HTTPS = PRODUCTION
SECURE_CSP = {
    "default-src": [CSP.NONE],
    "script-src": [CSP.SELF],
    "style-src": [CSP.SELF],
    "img-src": [CSP.SELF],
    "font-src": [CSP.SELF],
    "connect-src": [CSP.SELF],
    "manifest-src": [CSP.SELF],
    "form-action": [CSP.SELF],
    "base-uri": [CSP.NONE],
    "frame-ancestors": [CSP.NONE],
}
SECURE_SSL_REDIRECT = _HTTPS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if _HTTPS else None
SECURE_HSTS_SECONDS = 31_536_000 if _HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = _HTTPS
SECURE_HSTS_PRELOAD = _HTTPS
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SESSION_COOKIE_NAME = "__Host-session" if _HTTPS else "session"
SESSION_COOKIE_SECURE = _HTTPS
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 12 * 3600
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
CSRF_COOKIE_NAME = "__Host-csrf" if _HTTPS else "csrf"
CSRF_COOKIE_SECURE = _HTTPS
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "reseau.portail.reprises.envoi_refuse"

# --- Logs: what happened and how long it took; never a name, an address, a body or a query string.
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"ligne": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "filters": {"sans_personne": {"()": "reseau.portail.traces.SansPersonne"}},
    "handlers": {
        "console": {
            "class": "logging.StreamHandler",
            "formatter": "ligne",
            "filters": ["sans_personne"],
        }
    },
    "root": {"handlers": ["console"], "level": env.str("NIVEAU_TRACES", default="WARNING")},
}

IMPORT_EXPORT_IMPORT_PERMISSION_CODE = "importer"
IMPORT_EXPORT_EXPORT_PERMISSION_CODE = "exporter"
PGTRIGGER_PRUNE_ON_INSTALL = True
