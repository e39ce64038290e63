"""All settings, in one file. What differs between machines is read from the environment here.

Variables come from the process or from a file ``.env`` beside ``manage.py``; the process wins.
Every default is the one that is safe in production: without SECRET_KEY, ALLOWED_HOSTS,
SUPPORT_UNIT_EMAIL and EMAIL_URL the site does not start, and only HTTPS=off serves it without TLS.
The README lists the variables.
"""

from datetime import timedelta
from pathlib import Path

import environ
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

BASE_DIR = Path(__file__).resolve().parent.parent
VAR_DIR = BASE_DIR / "var"

environ.Env.read_env(BASE_DIR / ".env")
env = environ.Env()

# The environment --------------------------------------------------------------------------------

HTTPS = env.bool("HTTPS", True)
REQUIRED = ["SECRET_KEY", "ALLOWED_HOSTS", "SUPPORT_UNIT_EMAIL"]
if HTTPS:
    REQUIRED.append("EMAIL_URL")
missing = [name for name in REQUIRED if not env.str(name, "").strip()]
if missing:
    raise ImproperlyConfigured(
        f"Set {', '.join(missing)} in the environment or in a file .env beside manage.py. "
        "`make setup` writes one for this machine; the README describes each variable."
    )

SECRET_KEY = env.str("SECRET_KEY")
ALLOWED_HOSTS = [host.strip() for host in env.list("ALLOWED_HOSTS")]
# Where the contact form sends to and the pages say to write to, never for help with a case.
SUPPORT_UNIT_EMAIL = env.str("SUPPORT_UNIT_EMAIL")
DEFAULT_FROM_EMAIL = SERVER_EMAIL = env.str("DEFAULT_FROM_EMAIL", "") or SUPPORT_UNIT_EMAIL
# A mail server; on one's own machine, without one, each e-mail is a file.
globals().update(
    env.email_url_config(env.str("EMAIL_URL", "") or f"filemail:///{VAR_DIR / 'mail'}")
)
if EMAIL_BACKEND.endswith(".smtp.EmailBackend"):  # noqa: F821 (from EMAIL_URL)
    EMAIL_BACKEND = "network_site.mail.EmailBackend"
# Seconds for all of an e-mail: the visitor waits while the mail server is spoken to.
EMAIL_TIMEOUT = 5
# The header in which a proxy tells the visitor's address; any visitor can send it too, so that
# none is read unless named.
CLIENT_ADDRESS_HEADER = env.str("CLIENT_ADDRESS_HEADER", "")
# Where all processes of the site count what the limits allow (network_site/counts.py).
COUNTS_DIR = Path(env.str("COUNTS_DIR", "") or VAR_DIR / "counts")
# The file that tells the proxy in front to forget its pages (network_site/purge.py).
CHANGED_FILE = env.str("CHANGED_FILE", "")
DEBUG = env.bool("DEBUG", False)
DATABASES = {"default": env.db("DATABASE_URL", f"sqlite:///{VAR_DIR / 'db.sqlite3'}")}
# Where `manage.py backup` puts its files, which hold all that staff keep here.
BACKUP_DIR = Path(env.str("BACKUP_DIR", "") or VAR_DIR / "backups")

if "*" in ALLOWED_HOSTS:
    raise ImproperlyConfigured("ALLOWED_HOSTS names each host that the site answers for, never *.")

# Applications -----------------------------------------------------------------------------------

INSTALLED_APPS = [
    "network_site",
    "members",
    "jobs",
    "statements",
    "axes",
    "crispy_forms",
    "csp",
    "django_filters",
    "django_otp",
    "django_otp.plugins.otp_static",
    "django_otp.plugins.otp_totp",
    "simple_history",
    "network_site.admin.DeskConfig",
    "network_site.admin.AccountsConfig",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "django.contrib.sessions",
    "django.contrib.sitemaps",
    "django.contrib.staticfiles",
    "django.forms",
]

MIDDLEWARE = [
    "network_site.language.site_language",
    # What sets headers comes before all that answers early, so that such answers have them too.
    "network_site.caching.PublicAnswers",
    "csp.middleware.CSPMiddleware",
    "django_permissions_policy.PermissionsPolicyMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    # Inside of that one, which compresses the same page to other bytes each time.
    "django.middleware.http.ConditionalGetMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django_otp.middleware.OTPMiddleware",
    # After the one that knows who it is: each change of staff content says who made it.
    "simple_history.middleware.HistoryRequestMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    # Last: it turns the answer to who is locked out into the page that says so.
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "network_site.urls"
WSGI_APPLICATION = "network_site.wsgi.application"

TEMPLATES = [
    # The public pages, and the controls of all forms.
    {
        "BACKEND": "django.template.backends.jinja2.Jinja2",
        "DIRS": [BASE_DIR / "templates" / "pages"],
        "APP_DIRS": True,
        "OPTIONS": {
            "environment": "network_site.pages.environment",
            "context_processors": ["network_site.pages.translation"],
        },
    },
    # The desk: Django's admin.
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates" / "desk"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]

# The templates of form controls are found as all others are: one is our own (site/menu.html).
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"
CRISPY_ALLOWED_TEMPLATE_PACKS = ["site"]
CRISPY_TEMPLATE_PACK = "site"
CRISPY_FAIL_SILENTLY = False

# Database ---------------------------------------------------------------------------------------

DATABASES["default"] |= {"CONN_MAX_AGE": 600, "CONN_HEALTH_CHECKS": True}
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    # Readers go on while staff write, and a second writer waits instead of failing.
    DATABASES["default"]["OPTIONS"] = {
        "init_command": "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;",
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
    }
else:
    # One that does not answer is reported instead of waited for; what waits for a lock or for a
    # slow query is ended by the server, as deploy/postgresql.sql tells it. On another machine, one
    # that is gone without a word is noticed after 25 seconds instead of two hours.
    DATABASES["default"]["OPTIONS"] = {
        "connect_timeout": 3,
        "keepalives_idle": 10,
        "keepalives_interval": 5,
        "keepalives_count": 3,
        # For the questions that say so (members/daily.py), from the first time on.
        "prepare_threshold": 0,
        # All that is asked often fits into memory, where an index costs little more than a scan.
        "options": "-c random_page_cost=1.1",
    } | DATABASES["default"].get("OPTIONS", {})
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# Language and time ------------------------------------------------------------------------------

LANGUAGE_CODE = "en"
USE_I18N = True
LOCALE_PATHS = [BASE_DIR / "locale"]
TIME_ZONE = "America/New_York"
USE_TZ = True

# Static files -----------------------------------------------------------------------------------

STATIC_URL = "static/"
STATIC_ROOT = VAR_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": (
            "django.contrib.staticfiles.storage.StaticFilesStorage"
            if DEBUG
            else "whitenoise.storage.CompressedManifestStaticFilesStorage"
        )
    },
}

# Security ---------------------------------------------------------------------------------------

SECURE_SSL_REDIRECT = HTTPS
SESSION_COOKIE_SECURE = HTTPS
CSRF_COOKIE_SECURE = HTTPS
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
SECURE_HSTS_PRELOAD = HTTPS
# The proxy sets this header itself and drops what a visitor sends: see "To deploy" in the README.
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None
# "no-referrer" would make browsers send "Origin: null", and every POST would be refused.
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "style-src": [SELF],
        "img-src": [SELF],
        "font-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}
PERMISSIONS_POLICY = {
    feature: []
    for feature in ("camera", "display-capture", "geolocation", "microphone", "payment", "usb")
}

# Sign-in of staff -------------------------------------------------------------------------------

AUTHENTICATION_BACKENDS = [
    # First: it asks nobody else about who is locked out.
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
]
LOGIN_URL = "admin:login"
CSRF_FAILURE_VIEW = "network_site.again.csrf_failure"
# A form with hundreds of places, or a choice of thousands of records; nginx bounds the bytes.
DATA_UPLOAD_MAX_NUMBER_FIELDS = 20_000
OTP_TOTP_ISSUER = "Innocence Network"

# Browsers take a cookie of such a name only with TLS and from this very host.
SESSION_COOKIE_NAME = "__Host-sessionid" if HTTPS else "sessionid"
CSRF_COOKIE_NAME = "__Host-csrftoken" if HTTPS else "csrftoken"
# Seconds without a page of the desk; the browser drops the cookie when it is closed, too.
SESSION_COOKIE_AGE = 2 * 3600
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
# Not in a cookie of their own.
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

# A name is locked for an address, or whoever knows a name could lock its owner out. Nothing is kept
# but what is counted: see network_site/lock.py.
AXES_HANDLER = "network_site.lock.Attempts"
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_CLIENT_IP_CALLABLE = "network_site.lock.counted_address"
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = timedelta(minutes=15)
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
AXES_RESET_ON_SUCCESS = True
AXES_LOCKOUT_CALLABLE = "network_site.lock.locked_out"
AXES_SENSITIVE_PARAMETERS = ["username", "ip_address", "code", "next", "csrfmiddlewaretoken"]
AXES_DISABLE_ACCESS_LOG = True
AXES_ENABLE_ADMIN = False
AXES_VERBOSE = False

AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{validator}"}
    for validator in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]

# Logs -------------------------------------------------------------------------------------------

# Nothing that a visitor typed: neither in logs nor, as in Django's default, in mail to ADMINS.
# With DEBUG errors are shown in full to whoever develops.
if not DEBUG:
    LOGGING = {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"facts": {"()": "network_site.logs.Facts"}},
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "facts"}},
        "root": {"handlers": ["stderr"], "level": "WARNING"},
        "loggers": {"django": {"handlers": [], "level": "ERROR"}},
    }
