"""Django's settings. Everything that differs between installations comes from config/environment.py."""

from pathlib import Path

from config.environment import database, load, proxy_header, trusted_origins
from config.logs import logging_settings

FIRSTLINE = load()
BASE_DIR = Path(__file__).resolve().parent.parent

SECRET_KEY = FIRSTLINE.secret_key
DEBUG = FIRSTLINE.debug
ALLOWED_HOSTS = FIRSTLINE.allowed_hosts

INSTALLED_APPS = [
    "config.admin_app.FirstlineAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "rest_framework",
    "django_filters",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "history",
    "access",
    "accounts",
    "provisioning",
    "iam_templates",
    "config",
]

MIDDLEWARE = [
    "config.middleware.RequestId",
    # Outermost, so that redirects and refusals of the others carry these headers too.
    "config.middleware.ClosedByDefault",
    "config.middleware.ContentSecurityPolicy",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "config.waiting.WaitForRun",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "config" / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
]

DATABASES = {"default": database(FIRSTLINE.database_url)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]

LANGUAGE_CODE = "en-gb"
TIME_ZONE = "UTC"
USE_TZ = True
STATIC_URL = "static/"
STATIC_ROOT = BASE_DIR / "staticfiles"
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = DEBUG

X_FRAME_OPTIONS = "DENY"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = round(FIRSTLINE.session_hours * 3600)
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"

SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT = FIRSTLINE.uses_https
# Asked from inside, over plain HTTP: by the container's own check, a load balancer and Prometheus.
SECURE_REDIRECT_EXEMPT = [r"^(healthz|readyz|metrics)$"]
CSRF_TRUSTED_ORIGINS = trusted_origins(FIRSTLINE)
SECURE_PROXY_SSL_HEADER = proxy_header(FIRSTLINE.proxy_https_header)
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if FIRSTLINE.uses_https else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
# Browsers' preload lists are for whoever owns the whole domain to decide about.
SILENCED_SYSTEM_CHECKS = ["security.W021"]
DATA_UPLOAD_MAX_MEMORY_SIZE = 1_048_576

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "access.authentication.TokenAuthentication",
        "access.authentication.PersonSessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["access.permissions.RolePermission"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["config.parsers.StrictJSONParser"],
    "DEFAULT_FILTER_BACKENDS": ["config.filters.StrictFilterBackend"],
    "DEFAULT_PAGINATION_CLASS": "config.pagination.NewestFirst",
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "config.problems.problem_details",
    "DEFAULT_METADATA_CLASS": None,
    "URL_FORMAT_OVERRIDE": None,
    "PAGE_SIZE": 50,
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Firstline",
    "DESCRIPTION": "Keeps every AWS account of an organisation on its security and cost baseline.",
    "VERSION": "1",
    "OAS_VERSION": "3.1.0",
    "SERVE_INCLUDE_SCHEMA": False,
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "ENUM_GENERATE_CHOICE_DESCRIPTION": False,
    "ENUM_NAME_OVERRIDES": {
        "AccountState": "accounts.models.Account.State",
        "Environment": "accounts.models.Account.Environment",
        "AccountRequestState": "accounts.account_request.AccountRequest.State",
        "RunState": "provisioning.models.Run.State",
        "RunKind": "provisioning.models.Run.Kind",
        "PlanState": "provisioning.models.PlanRecord.State",
        "DriftState": "provisioning.models.Drift.State",
        "ReportEvery": "provisioning.models.Report.Every",
        "VersionState": ["draft", "published"],
        "Verdict": "provisioning.core.verdict.Verdict",
        "Role": "access.roles.Role",
        "CheckResult": ["holds", "fails", "cannot_tell"],
        "CheckExpectation": ["allowed", "denied"],
        "PolicyDecision": ["allowed", "denied", "cannot_tell"],
        "PolicyDecisionOfAll": ["allowed", "denied", "cannot_tell", "mixed"],
    },
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "config.openapi.add_problems",
        "config.openapi_headers.add_headers",
        "config.examples.add_examples",
    ],
}

EMAIL_HOST = FIRSTLINE.smtp_host
EMAIL_PORT = FIRSTLINE.smtp_port
EMAIL_HOST_USER = FIRSTLINE.smtp_user
EMAIL_HOST_PASSWORD = FIRSTLINE.smtp_password
EMAIL_USE_TLS = FIRSTLINE.smtp_tls == "starttls"
EMAIL_USE_SSL = FIRSTLINE.smtp_tls == "tls"
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = FIRSTLINE.smtp_from

CELERY_BROKER_URL = FIRSTLINE.redis_url

LOGGING = logging_settings(readable=FIRSTLINE.log_format == "text")
