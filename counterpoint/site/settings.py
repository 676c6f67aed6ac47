"""Settings 配置, from the environment. A variable that is missing has a safe value.

``DATABASE_URL``            a PostgreSQL 15 or newer; the command line sets it for the embedded one
``COUNTERPOINT_DATA``       where keys, anchors and the embedded database live (default ``var``)
``COUNTERPOINT_DEMO``       ``1`` shows the demo people on the sign-in page
``COUNTERPOINT_IDLE_SECONDS`` after how long without activity a screen locks (default 600)
``COUNTERPOINT_OWNER``      ``1`` keeps the owner's database rights (migrations only)
``COUNTERPOINT_HOSTS``      host names served, separated by commas
``COUNTERPOINT_HTTPS``      ``1`` behind TLS: secure cookies, HSTS
``COUNTERPOINT_URL``        where people reach the product: what links in mails begin with
``COUNTERPOINT_SMTP_HOST``  the mail server; without one, letters wait
``COUNTERPOINT_SMTP_PORT``  its port (default 587); ``…_USER`` and ``…_PASSWORD`` where it asks for them
``COUNTERPOINT_SMTP_TLS``   ``starttls`` (default), ``tls``, or ``none`` for a server on this computer only
``COUNTERPOINT_MAIL_FROM``  the address from which mails come
``COUNTERPOINT_MAIL_FOLDER`` where the bundled test server lays mails; it sets this itself
"""

from __future__ import annotations

import os
import secrets
from datetime import timedelta
from pathlib import Path

import django_stubs_ext
from django.utils.csp import CSP
from psycopg.conninfo import conninfo_to_dict

django_stubs_ext.monkeypatch()

ROOT = Path(__file__).resolve().parent.parent.parent
DATA = Path(os.environ.get("COUNTERPOINT_DATA") or ROOT / "var").absolute()
DEMO = os.environ.get("COUNTERPOINT_DEMO") == "1"
HTTPS = os.environ.get("COUNTERPOINT_HTTPS") == "1"
DEBUG = False


def _secret() -> str:
    """The signing secret, made once and kept beside the data, readable by its owner only."""
    path = DATA / "keys" / "secret"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "w") as file:
            file.write(secrets.token_urlsafe(48))
    return path.read_text()


SECRET_KEY = os.environ.get("COUNTERPOINT_SECRET") or _secret()
ALLOWED_HOSTS = [h for h in os.environ.get("COUNTERPOINT_HOSTS", "127.0.0.1,localhost").split(",") if h]

ROOMS = ["kit", "ui", "people", "org", "papers", "mail", "notices", "ledger", "customers", "approvals",
         "vault", "lobby", "visits", "teller", "feedback", "talk", "insight", "meetings", "desk"]  # fmt: skip

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    # The rooms come before the packages whose templates they replace.
    *[f"counterpoint.{room}" for room in ROOMS],
    "django_htmx",
    "ninja",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "axes",
]

MIDDLEWARE = [
    "counterpoint.site.problems.ProblemMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.csp.ContentSecurityPolicyMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "counterpoint.kit.pages.RefusalMiddleware",
    "counterpoint.people.middleware.PresenceMiddleware",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "counterpoint.site.urls"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "counterpoint.ui.context.frame",
            ],
        },
    }
]

_database = conninfo_to_dict(os.environ.get("DATABASE_URL", "postgresql:///counterpoint"))
DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": _database.pop("dbname", "counterpoint"),
        "USER": _database.pop("user", ""),
        "PASSWORD": _database.pop("password", ""),
        "HOST": _database.pop("host", ""),
        "PORT": _database.pop("port", ""),
        "CONN_MAX_AGE": 300,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {
            # libpq's own limits let a cut line block for longer than a customer waits.
            "connect_timeout": 5,
            "tcp_user_timeout": 5000,
            # Only cursors of kit.database.planned() bind at the server, and so are prepared at all.
            "prepare_threshold": 2,
            **_database,
        },
    }
}
if os.environ.get("COUNTERPOINT_OWNER") != "1":
    DATABASES["default"]["OPTIONS"]["assume_role"] = "counterpoint_app"  # type: ignore[index]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "people.Staff"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in ("MinimumLengthValidator", "CommonPasswordValidator", "NumericPasswordValidator")
]
AUTH_PASSWORD_VALIDATORS[0]["OPTIONS"] = {"min_length": 10}  # type: ignore[assignment]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"

# Shared by all workers: a code that one of them has accepted must be spent for the others too.
CACHES = {"default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "people_cache"}}
SESSION_ENGINE = "counterpoint.people.sessions"
SESSION_COOKIE_AGE = 12 * 3600
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
IDLE_LOCK_SECONDS = int(os.environ.get("COUNTERPOINT_IDLE_SECONDS") or 600)

ACCOUNT_ADAPTER = "counterpoint.people.adapters.AccountAdapter"
ACCOUNT_USER_MODEL_EMAIL_FIELD = None
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_EMAIL_NOTIFICATIONS = False
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_REAUTHENTICATION_TIMEOUT = 300
# A whole branch may sign in from one address; guessing one person's secrets is stopped by axes.
ACCOUNT_RATE_LIMITS = {"login": "120/m/ip", "login_failed": "30/300s/key"}
MFA_ADAPTER = "counterpoint.people.adapters.MFAAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_FORMS = {
    "authenticate": "counterpoint.people.forms.CodeForm",
    "login_webauthn": "counterpoint.people.forms.LoginPasskeyForm",
    "authenticate_webauthn": "counterpoint.people.forms.SecondPasskeyForm",
    "reauthenticate_webauthn": "counterpoint.people.forms.ConfirmPasskeyForm",
    "add_webauthn": "counterpoint.people.forms.AddPasskeyForm",
}
MFA_RATE_LIMITS = {"webauthn_login": "120/m/ip"}
MFA_RECOVERY_CODES_SHOW_ONCE = True
MFA_TOTP_TOLERANCE = 1
MFA_TOTP_ISSUER = "Counterpoint"
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not HTTPS

AXES_HANDLER = "counterpoint.people.lockout.LockOutHandler"
AXES_LOCKOUT_CALLABLE = "counterpoint.people.lockout.refused"
AXES_LOCKOUT_PARAMETERS = ["username", "ip_address"]
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = timedelta(minutes=15)
AXES_RESET_ON_SUCCESS = True
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
AXES_DISABLE_ACCESS_LOG = True
AXES_VERBOSE = False
AXES_SENSITIVE_PARAMETERS = ["username", "login", "code", "credential", "oldpassword"]

SITE_URL = (os.environ.get("COUNTERPOINT_URL") or "http://127.0.0.1:8000").rstrip("/")
SMTP_HOST = os.environ.get("COUNTERPOINT_SMTP_HOST", "")
SMTP_PORT = int(os.environ.get("COUNTERPOINT_SMTP_PORT") or 587)
SMTP_TLS = os.environ.get("COUNTERPOINT_SMTP_TLS") or "starttls"
SMTP_USER = os.environ.get("COUNTERPOINT_SMTP_USER", "")
SMTP_PASSWORD = os.environ.get("COUNTERPOINT_SMTP_PASSWORD", "")
MAIL_FROM = os.environ.get("COUNTERPOINT_MAIL_FROM") or "counterpoint@bank.example"
MAIL_FOLDER = os.environ.get("COUNTERPOINT_MAIL_FOLDER", "")

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "简体中文"), ("en", "English")]
LOCALE_PATHS = [ROOT / "counterpoint" / "site" / "locale"]
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True

# What customers bring lies in memory until it is kept, never in a file that nobody looks after. How large
# a paper may be is a dated rule; this is what the process holds for one request at most.
FILE_UPLOAD_HANDLERS = ["django.core.files.uploadhandler.MemoryFileUploadHandler"]
FILE_UPLOAD_MAX_MEMORY_SIZE = 64 << 20

STATIC_URL = "static/"
STATIC_ROOT = DATA / "static"
# Tests serve the files where they lie, so that no test waits for hashing and compressing.
PLAIN_STATIC = os.environ.get("COUNTERPOINT_PLAIN_STATIC") == "1"
WHITENOISE_USE_FINDERS = PLAIN_STATIC
WHITENOISE_AUTOREFRESH = PLAIN_STATIC
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if PLAIN_STATIC
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
WHITENOISE_KEEP_ONLY_HASHED_FILES = True
WHITENOISE_SKIP_COMPRESS_EXTENSIONS = ("map", "png", "jpg", "gz", "br", "woff", "woff2", "otf")

SECURE_CSP = {
    "default-src": [CSP.SELF],
    "img-src": [CSP.SELF, "data:"],
    "object-src": [CSP.NONE],
    "base-uri": [CSP.NONE],
    "frame-ancestors": [CSP.NONE],
    "form-action": [CSP.SELF],
}
SECURE_CONTENT_TYPE_NOSNIFF = True
X_FRAME_OPTIONS = "DENY"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": "WARNING"},
    "loggers": {
        # Refusals are answers, not troubles; only what nobody foresaw is worth a line.
        "django.request": {"handlers": ["stderr"], "level": "ERROR", "propagate": False},
        "django": {"handlers": ["stderr"], "level": "WARNING", "propagate": False},
    },
}
