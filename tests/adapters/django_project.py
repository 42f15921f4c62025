"""A Django project made for tests: the admin, messages, accounts, and views of a test's own."""

import atexit
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import django
from django.conf import settings
from django.http import HttpRequest, HttpResponseBase

SECRET_KEY = "django-insecure-but-long-enough-for-a-test-0123456789"
HOME = Path(tempfile.mkdtemp(prefix="dojang-django-"))
atexit.register(shutil.rmtree, HOME, ignore_errors=True)

#: What `/view/<name>` calls.
VIEWS: dict[str, Callable[[HttpRequest], Any]] = {}

MIDDLEWARE = [
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
]

#: The same with the session middleware of ours.
OURS = ["dojang.adapters.django.middleware.SessionMiddleware", *MIDDLEWARE[1:]]


def prepare() -> None:
    """Configure Django once per process, with a database of its own."""
    if settings.configured:
        return
    settings.configure(
        DEBUG=False,
        SECRET_KEY=SECRET_KEY,
        ALLOWED_HOSTS=["*"],
        ROOT_URLCONF="tests.adapters.django_urls",
        INSTALLED_APPS=[
            "django.contrib.admin",
            "django.contrib.auth",
            "django.contrib.contenttypes",
            "django.contrib.messages",
            "dojang.adapters.django",
        ],
        MIDDLEWARE=MIDDLEWARE,
        DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": HOME / "db"}},
        TEMPLATES=[
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
        ],
        SESSION_ENGINE="dojang.adapters.django",
        DOJANG={"SESSIONS": f"sqlite:///{HOME}/sessions.db"},
        STATIC_URL="static/",
        USE_TZ=True,
        PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"],  # fast, for tests only
        DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
    )
    django.setup()
    from django.contrib.auth.models import User
    from django.core.management import call_command
    from django.test.utils import setup_test_environment

    setup_test_environment()
    call_command("migrate", verbosity=0)
    User.objects.create_superuser("ada", "ada@example.com", "seal upon paper")
    User.objects.create_user("eve", "eve@example.com", "seal upon paper", is_staff=True)


def view(request: HttpRequest, name: str) -> HttpResponseBase:
    answer: HttpResponseBase = VIEWS[name](request)
    return answer
