"""Django in one file: the admin's own login, and a page that counts, on our sessions.

SESSION_SECRET=$(dojang keys new) python examples/django_app.py migrate
... createsuperuser, then ... runserver; `dojang_sessions list 1` shows where user 1 is signed in.
"""

import os
import sys
from pathlib import Path

from django.conf import settings
from django.contrib import admin
from django.core.management import execute_from_command_line
from django.core.wsgi import get_wsgi_application
from django.http import HttpRequest, HttpResponse
from django.urls import path

HERE = Path(os.environ.get("EXAMPLE_HOME", Path(__file__).parent))

settings.configure(
    DEBUG=True,
    SECRET_KEY=os.environ["SESSION_SECRET"],
    ALLOWED_HOSTS=["localhost", "127.0.0.1"],
    ROOT_URLCONF=__name__,
    DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": HERE / "app.db"}},
    INSTALLED_APPS=[f"django.contrib.{app}" for app in ("admin", "auth", "contenttypes")]
    + ["django.contrib.messages", "django.contrib.staticfiles", "dojang.adapters.django"],
    # These two are all there is to it; the middleware may be Django's own, too.
    SESSION_ENGINE="dojang.adapters.django",
    DOJANG={"SESSIONS": os.environ.get("SESSIONS", f"sqlite:///{HERE}/sessions.db")},
    MIDDLEWARE=[
        "dojang.adapters.django.middleware.SessionMiddleware",
        "django.middleware.csrf.CsrfViewMiddleware",
        "django.contrib.auth.middleware.AuthenticationMiddleware",
        "django.contrib.messages.middleware.MessageMiddleware",
    ],
    TEMPLATES=[{
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {"context_processors": [
            "django.template.context_processors.request",
            "django.contrib.auth.context_processors.auth",
            "django.contrib.messages.context_processors.messages",
        ]},
    }],
    STATIC_URL="static/",
)  # fmt: skip
application = get_wsgi_application()  # gunicorn --preload examples.django_app:application


def home(request: HttpRequest) -> HttpResponse:
    visits = request.session["visits"] = request.session.get("visits", 0) + 1
    name = request.user.get_username() or "nobody"
    return HttpResponse(f"{name}, visit {visits}, served by {os.getpid()}")


urlpatterns = [path("admin/", admin.site.urls), path("", home)]

if __name__ == "__main__":
    execute_from_command_line(sys.argv)
