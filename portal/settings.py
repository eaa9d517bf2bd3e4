"""Settings. Everything a deployment may change comes from the environment and stands in .env.example."""

import re
from pathlib import Path
from urllib.parse import urlsplit

import environ

from portal import embedded

env = environ.Env()
BASE_DIR = embedded.BASE_DIR
STATE_DIR = embedded.state_dir()

# --- Who we are -------------------------------------------------------------------------------
FORCE_NAME = env.str("PORTAL_FORCE_NAME", "Northdale Police")
FORCE_CODE = env.str("PORTAL_FORCE_CODE", "99")
PORTAL_URL = env.str("PORTAL_URL", f"http://127.0.0.1:{env.str('PORT', '8000')}")
DPO_CONTACT = env.str("PORTAL_DPO_CONTACT", "data.protection@northdale.example")
DEMO = env.bool(
    "PORTAL_DEMO", False
)  # believable people and vehicles that are nobody's; the sign-in page lists who to be

# --- Security ---------------------------------------------------------------------------------
DEBUG = env.bool("PORTAL_DEBUG", False)
SECRET_KEY = env.str("PORTAL_SECRET_KEY", "") or embedded.secret(STATE_DIR, "secret_key")
# The key under which the audit log writes plates: outside the database, so that a copy of the log names no vehicle.
AUDIT_PLATE_KEY = env.str("PORTAL_AUDIT_PLATE_KEY", "") or embedded.secret(STATE_DIR, "audit_plate_key")
ALLOWED_HOSTS = env.list("PORTAL_ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"])
CSRF_TRUSTED_ORIGINS = env.list("PORTAL_TRUSTED_ORIGINS", default=[])
HTTPS_ONLY = env.bool("PORTAL_HTTPS_ONLY", False)
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT = HTTPS_ONLY
SECURE_HSTS_SECONDS = 31536000 if HTTPS_ONLY else 0
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if env.bool("PORTAL_BEHIND_PROXY", False) else None
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 12 * 3600  # a shift
SESSION_ENGINE = "django.contrib.sessions.backends.db"
X_FRAME_OPTIONS = "DENY"
CSRF_FAILURE_VIEW = "portal.views.csrf_failed"
SECURE_REFERRER_POLICY = "same-origin"
# Where maps take pictures of streets from. None: who keeps such a server learns where people look.
MAP_TILES = env.str("PORTAL_MAP_TILES", "")
MAP_TILES_CREDIT = env.str("PORTAL_MAP_TILES_CREDIT", "")
MAP_TILE_ORIGINS = [
    f"{part.scheme}://{part.netloc.replace('{s}', '*')}" for part in [urlsplit(MAP_TILES)] if part.netloc
]
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'", "data:", *MAP_TILE_ORIGINS],
        "font-src": ["'self'"],
        "connect-src": ["'self'"],
        "manifest-src": ["'self'"],
        "base-uri": ["'none'"],
        "frame-ancestors": ["'none'"],
        "form-action": ["'self'", *env.list("PORTAL_IDENTITY_PROVIDER_ORIGINS", default=[])],
    }
}

# --- Applications -----------------------------------------------------------------------------
INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django_linear_migrations",
    "pgtrigger",
    "guardian",
    "auditlog",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "oauth2_provider",
    "rest_framework",
    "drf_spectacular",
    "csp",
    # the rooms, bottom up
    "portal",
    "audit",
    "standards",
    "accounts",
    "retention",
    "camera_sites",
    "hotlists",
    "matchers",
    "hits",
    "scrutiny",
    "oversight",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "servestatic.middleware.ServeStaticMiddleware",
    "csp.middleware.CSPMiddleware",
    "portal.middleware.RequestIdMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "portal.typed.TypedMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "accounts.middleware.SignInMiddleware",
    "retention.replay.ReplayMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "portal.middleware.RefusalMiddleware",
]

ROOT_URLCONF = "portal.urls"
ASGI_APPLICATION = "portal.asgi.application"
ASGI_AROUND = ("matchers.long_poll.LongPoll",)  # what stands before Django, so that who waits holds nothing of it
WSGI_APPLICATION = "portal.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.jinja2.Jinja2",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": False,
        "OPTIONS": {
            "environment": "portal.jinja.environment",
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.messages.context_processors.messages",
                "portal.context.shell",
            ],
        },
    },
    {  # what allauth, DRF and the form renderer bring with them
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [],
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

# --- Database: four ways in, by what they may do ------------------------------------------------
# default: the application, owns nothing; owner: migrations; retention: the only one that deletes what is append-only;
# sealer: the only one that seals the log. A portal that only runs is not given the owner's address, nor the sealer's.
# Given DATABASE_URL alone, one login stands for all four by SET ROLE; bin/setup makes the roles, if that login may.
DATABASE_ROLES = {
    "default": "portal_app", "owner": "portal_owner", "retention": "portal_retention", "sealer": "portal_sealer",
}  # fmt: skip
if env.str("DATABASE_URL", "") and not (env.str("DATABASE_OWNER_URL", "") or env.str("DATABASE_RETENTION_URL", "")):
    DATABASE_ADMIN_URL = env.str("DATABASE_URL")
    DATABASES = {alias: env.db_url_config(DATABASE_ADMIN_URL) for alias in DATABASE_ROLES}
    for alias, role in DATABASE_ROLES.items():
        DATABASES[alias].setdefault("OPTIONS", {})["options"] = f"-c role={role}"
else:
    # Makes the roles and the database; none where an administrator did (docs/how-to).
    DATABASE_ADMIN_URL = env.str("DATABASE_ADMIN_URL", "")
    if embedded.runs_postgres():
        DATABASE_ADMIN_URL = embedded.database_url(STATE_DIR, embedded.SUPERUSER)
    given = {
        "default": env.str("DATABASE_URL", ""),
        "owner": env.str("DATABASE_OWNER_URL", ""),
        "retention": env.str("DATABASE_RETENTION_URL", ""),
        "sealer": env.str("DATABASE_SEALER_URL", ""),
    }
    DATABASES = {
        alias: env.db_url_config(given[alias] or embedded.database_url(STATE_DIR, role))
        for alias, role in DATABASE_ROLES.items()
    }
# A name set apart (tests, measurements) gets files of its own too, so that it disturbs nobody.
DATABASE_NAME = env.str("PORTAL_DATABASE_NAME", "")
FILES_DIR = STATE_DIR / DATABASE_NAME if DATABASE_NAME else STATE_DIR
for database in DATABASES.values():
    database["NAME"] = DATABASE_NAME or database["NAME"]
    database["ENGINE"] = "django.db.backends.postgresql"
    database["CONN_MAX_AGE"] = 0
    database["CONN_HEALTH_CHECKS"] = True  # a connection that a restarted database forgot is not handed out
    database["ATOMIC_REQUESTS"] = False
if not env.bool("PORTAL_NO_POOL", False):
    DATABASES["default"].setdefault("OPTIONS", {})["pool"] = {"min_size": 1, "max_size": 12, "timeout": 10}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
MIGRATION_MODULES = {"auditlog": None}  # our own model takes the place of auditlog's table

# --- Redis and Celery -----------------------------------------------------------------------------
REDIS_URL = re.sub(r"/\d*$", "", env.str("REDIS_URL", "")) or embedded.redis_url(STATE_DIR)
REDIS_DB = env.int("PORTAL_REDIS_DB", 0)  # the broker's database number; the cache has the next
REDIS_CHANNEL_PREFIX = f"portal-{REDIS_DB}-"  # pub/sub knows no database numbers
if REDIS_URL.startswith("unix"):
    CELERY_BROKER_URL = f"{REDIS_URL.replace('unix://', 'redis+socket://')}?virtual_host={REDIS_DB}"
    BROKER_REDIS_URL, CACHE_URL = f"{REDIS_URL}?db={REDIS_DB}", f"{REDIS_URL}?db={REDIS_DB + 1}"
else:
    CELERY_BROKER_URL = f"{REDIS_URL}/{REDIS_DB}"
    BROKER_REDIS_URL, CACHE_URL = CELERY_BROKER_URL, f"{REDIS_URL}/{REDIS_DB + 1}"
CACHES = {"default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": CACHE_URL}}
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_SERIALIZER = "json"
CELERY_TIMEZONE = "Europe/London"
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None  # a broker that comes back is found, however long it took

# --- People and machines ----------------------------------------------------------------------------
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "django.contrib.auth.backends.ModelBackend",
    "guardian.backends.ObjectPermissionBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
ANONYMOUS_USER_NAME = None
GUARDIAN_RAISE_403 = False
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*", "password2*"]
ACCOUNT_ADAPTER = "accounts.adapter.AccountAdapter"
ACCOUNT_EMAIL_VERIFICATION = "none"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not HTTPS_ONLY
OAUTH2_PROVIDER_APPLICATION_MODEL = "oauth2_provider.Application"
OAUTH2_PROVIDER = {
    "OAUTH2_VALIDATOR_CLASS": "accounts.oauth.ScopesOfTheMachine",
    "SCOPES": {
        "read": "Read what the API reads",
        "write": "Write entries, sites and loads as a machine",
        "matcher": "Fetch allocated lists, give receipts, report hits",
        "legacy": "Fetch allocated lists by revision numbers, unsigned",
    },
    "DEFAULT_SCOPES": ["read"],
    "ACCESS_TOKEN_EXPIRE_SECONDS": 3600,
    "ALLOWED_REDIRECT_URI_SCHEMES": ["https"],
    "REFRESH_TOKEN_REUSE_PROTECTION": True,
    # Every recommendation of RFC 9700: no token in an address, none stored in clear, and the rest
    **{f"COMPLIANT_BCP_RFC9700_{name}": True for name in (
        "IMPLICIT_GRANT", "PASSWORD_GRANT", "PKCE_METHOD", "ACCESS_TOKEN_TRANSPORT", "AUTHZ_RESPONSE_ISS", "TOKEN_STORAGE",
        "REFRESH_TOKEN", "REDIRECT_URI_SCHEME", "REDIRECT_URI_MATCHING", "PKCE_REQUIRED",
    )},
}  # fmt: skip

# --- API --------------------------------------------------------------------------------------------
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "accounts.authentication.MachineAuthentication",
        "accounts.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["accounts.authentication.Has"],
    "DEFAULT_PAGINATION_CLASS": "portal.api.NewestFirst",
    "PAGE_SIZE": 50,
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "portal.api.problem",
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "UNAUTHENTICATED_USER": "django.contrib.auth.models.AnonymousUser",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "ANPR Hotlist Portal",
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "SERVE_PERMISSIONS": ["rest_framework.permissions.AllowAny"],
    # Choices that are met under one name in several shapes; without these their names would carry a hash.
    "ENUM_NAME_OVERRIDES": {
        "PeriodOffice": "retention.models.periods.PeriodChange.Office",
        "Action": "standards.models.Action",
        "Priority": "standards.models.Priority",
        "Rank": "standards.ranks.Rank",
        "Basis": "hotlists.models.versions.EntryVersion.Basis",
        "EntryMarking": "hotlists.models.versions.EntryVersion.Marking",
        "EntryStatus": "hotlists.models.versions.EntryVersion.Status",
        "YesNoUnknown": "hotlists.models.versions.EntryVersion.YesNoUnknown",
        "WithdrawalReason": "hotlists.models.entries.Entry.WithdrawalReason",
        "EntryVerdict": "hotlists.models.decisions.Decision.Verdict",
        "HotlistKind": "hotlists.models.hotlists.Hotlist.Kind",
        "HotlistMarking": "hotlists.models.hotlists.Hotlist.Gsc",
        "LoadStatus": "hotlists.models.loads.Load.Status",
        "Compared": "hits.models.answers.Verification.Compared",
        "Country": "hotlists.countries.CHOICES",
        "FormEnum": [("csv", "csv"), ("xlsx", "xlsx")],
        "UnsignedForm": "matchers.models.unsigned.Disclosure.Form",
        "SiteStatus": "camera_sites.models.sites.CameraSite.Status",
        "SelfAssessmentStatus": "camera_sites.models.self_assessments.SelfAssessment.Status",
        "ConsultationOutcome": "camera_sites.models.prior_consultations.ConsultationOutcome.Outcome",
        "NeedOutcome": "camera_sites.models.needs.NeedReview.Outcome",
        "CameraKind": "camera_sites.models.cameras.Camera.Kind",
        "SiteDeployment": "camera_sites.models.cases.SiteCase.Deployment",
        "PurposesEnum": "standards.matrix.Purpose",
        "PurposeEnum": "hotlists.models.versions.EntryVersion.Purpose",
        "DpiaVerdict": "camera_sites.models.dpias.DpiaDecision.Verdict",
        "VerificationResult": "hits.models.answers.Verification.Result",
        "Deployment": "hits.models.answers.Outcome.Decision",
        "NotDeployedReason": "hits.models.answers.Outcome.NotDeployed",
        "OutcomeResult": "hits.models.answers.Outcome.Result",
        "NeedTrigger": "camera_sites.models.needs.NeedQuestion.Trigger",
        "DemandTrigger": "camera_sites.models.reviews.ReviewDemand.Trigger",
        "DemandAnswer": "camera_sites.models.reviews.ReviewDemand.Answer",
        "CoverageKind": "camera_sites.models.coverage.Coverage.Kind",
        "ReleaseAnswer": "hotlists.models.bulk.Release.Answer",
        "FindingKind": "scrutiny.models.Finding.Kind",
        "SampleFound": "scrutiny.models.SampleAnswer.Found",
        "SampleArea": "scrutiny.models.Area",
        "SignalStatus": "scrutiny.models.Signal.Status",
        "ConcernKind": "scrutiny.models.Concern.Kind",
        "ConcernStatus": "scrutiny.models.Concern.Status",
        "ConcernOutcome": "scrutiny.models.Concern.Answer",
        "FindingStatus": "scrutiny.models.Finding.Status",
    },
}

# --- Files that people attach ------------------------------------------------------------------------
# The class that looks for malware in them (portal.scanning.Clamd, or one of your own); without, pages say that nobody looks.
SCANNER = env.str("PORTAL_SCANNER", "")
CLAMD = env.str("PORTAL_CLAMD", "127.0.0.1:3310")  # host:port, or the path of its socket

# --- Audit ------------------------------------------------------------------------------------------
AUDITLOG_LOGENTRY_MODEL = "audit.ColumnChange"
AUDITLOG_DISABLE_REMOTE_ADDR = True
AUDITLOG_CID_GETTER = "portal.request.correlation_id"
# What the process that seals the log has, and no other: its key, and how the log stood last. No part of any backup.
SEAL_DIR = Path(env.str("PORTAL_SEAL_DIR", str(FILES_DIR / "seal")))
CHECKPOINT_DROP = env.str("PORTAL_CHECKPOINT_DROP", "")  # a folder elsewhere, where checkpoints are left
AUDIT_TILES_DIR = env.str("PORTAL_AUDIT_TILES_DIR", "")  # the tree as static files (C2SP tlog-tiles); empty: none
AUDIT_WITNESSES: dict[str, str] = env.json("PORTAL_AUDIT_WITNESSES", {})  # public key of a witness -> its address
SIEM = env.str("PORTAL_SIEM", "")  # tcp://host:port or tls://host:port, which takes sealed events as syslog
AUDIT_KEY = env.str("PORTAL_AUDIT_KEY", "")  # the public half, where the web cannot read the sealer's folder
AUDIT_ORIGIN = env.str(
    "PORTAL_AUDIT_ORIGIN", "anpr-hotlist-portal.example/log"
)  # whose log: the name on each checkpoint

# --- Publication --------------------------------------------------------------------------------------
PUBLICATION_DIR = Path(env.str("PORTAL_PUBLICATION_DIR", str(FILES_DIR / "publication")))
MIRROR_DIR = env.str("PORTAL_MIRROR_DIR", "")  # a static copy of the publication, for a web server; empty: none
KEYS_DIR = Path(env.str("PORTAL_KEYS_DIR", str(FILES_DIR / "keys")))
LIST_KEYS_DIR = env.str("PORTAL_LIST_KEYS_DIR", "")  # empty: lists/ in KEYS_DIR. Another process may hold it
SIGNERS: dict[str, str] = env.json(
    "PORTAL_SIGNERS", {}
)  # key id -> securesystemslib's address of a key that is no file here
VERSIONS_FILE = env.str(
    "PORTAL_VERSIONS_FILE", ""
)  # empty: in KEYS_DIR. What was published last; never restored from a backup
# Up to when retention was carried out; never restored from a backup.
RETENTION_MARK = env.str("PORTAL_RETENTION_MARK", "") or str(FILES_DIR / "retention-mark.json")
FEED_INBOX = env.str("PORTAL_FEED_INBOX", "")  # where sources leave files: file:///directory or s3://bucket/prefix
FEED_INBOX_SETTLED_SECONDS = env.int(
    "PORTAL_FEED_INBOX_SETTLED_SECONDS", 30
)  # a file written to later is left to its writer
UPLOADS_DIR = Path(env.str("PORTAL_UPLOADS_DIR", str(FILES_DIR / "uploads")))

# --- Words, times, files ------------------------------------------------------------------------------
LANGUAGE_CODE = "en-gb"
TIME_ZONE = "Europe/London"
USE_TZ = True
USE_I18N = True
FORM_RENDERER = "portal.forms.Renderer"
STATIC_URL = "/static/"
STATIC_ROOT = STATE_DIR / "static"
STATICFILES_DIRS = [
    ("", BASE_DIR / "portal" / "static" / "build"),
    ("", BASE_DIR / "portal" / "static" / "src"),
]
STATICFILES_FINDERS = [
    "django.contrib.staticfiles.finders.FileSystemFinder",
    "portal.static_files.PackagesFinder",
]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": str(UPLOADS_DIR)}},
    "staticfiles": {"BACKEND": "portal.static_files.Storage"},
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"()": "portal.logs.Formatter", "format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "filters": {"no_next_root": {"()": "matchers.log_noise.NoNextRoot"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "loggers": {"django.request": {"filters": ["no_next_root"]}},
    "root": {"handlers": ["stderr"], "level": env.str("PORTAL_LOG_LEVEL", "WARNING")},
}
