"""The settings of a small project: `django.contrib.auth` as it always is, on our sessions."""

import os
from pathlib import Path

HOME = Path(os.environ.get("EXAMPLE_HOME", Path(__file__).parent))
URL = os.environ["URL"]
GITHUB = {"id": os.environ["GITHUB_ID"], "secret": os.environ["GITHUB_SECRET"]}

DEBUG = True
SECRET_KEY = os.environ["SESSION_SECRET"]
ALLOWED_HOSTS = ["localhost", "127.0.0.1"]
ROOT_URLCONF = "people.urls"
DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": HOME / "app.db"}}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "dojang.adapters.django",
    "people",
]
SESSION_ENGINE = "dojang.adapters.django"
DOJANG = {"SESSIONS": f"sqlite:///{HOME}/sessions.db"}
MIDDLEWARE = [
    "dojang.adapters.django.middleware.SessionMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
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
STATIC_URL = "static/"
