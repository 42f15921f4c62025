"""What can be seen to be wrong with the settings before the first request."""

from collections.abc import Sequence

from django.conf import settings
from django.core import checks
from django.utils.module_loading import import_string

from dojang.adapters.django.conf import gate, sessions
from dojang.adapters.django.store import SessionStore
from dojang.adapters.django.watching import STOCK
from dojang.adapters.django.wording import in_settings
from dojang.errors import DojangError, InvalidCookie, WeakSecret
from dojang.stores.urls import scheme_of

__all__ = ["check_settings"]

_ENGINE = "dojang.adapters.django"
_JSON = "django.contrib.sessions.serializers.JSONSerializer"


def check_settings(app_configs: object, **_: object) -> Sequence[checks.CheckMessage]:
    """Return what is wrong, each with what to write instead."""
    del app_configs
    found: list[checks.CheckMessage] = []
    try:
        sessions()
        gate()
    except WeakSecret as error:
        found.append(checks.Error(in_settings(error), id="dojang.E002"))
    except InvalidCookie as error:
        found.append(checks.Error(in_settings(error), id="dojang.E003"))
    except DojangError as error:
        found.append(checks.Error(in_settings(error), id="dojang.E001"))
    else:
        found += [*_elsewhere(), *_doubtful()]
    return found


def _elsewhere() -> Sequence[checks.CheckMessage]:
    try:
        engine: object = import_string(f"{settings.SESSION_ENGINE}.SessionStore")
    except ImportError:
        engine = None
    if isinstance(engine, type) and issubclass(engine, SessionStore):
        return []
    return [
        checks.Error(
            "DOJANG says where sessions are, and SESSION_ENGINE that they are elsewhere: "
            "force_login, clearsessions and others would not see those of the requests",
            hint=f"write SESSION_ENGINE = {_ENGINE!r}",
            id="dojang.E004",
        )
    ]


def _doubtful() -> Sequence[checks.CheckMessage]:
    found: list[checks.CheckMessage] = []
    home = settings.DOJANG["SESSIONS"]
    if isinstance(home, str) and scheme_of(home) == "memory" and not settings.DEBUG:
        found.append(
            checks.Warning(
                "sessions in memory are of one process, and go with it",
                hint="keep them in a file: sqlite:////var/lib/app/sessions.db",
                id="dojang.W001",
            )
        )
    if settings.SESSION_SERIALIZER != _JSON:
        found.append(
            checks.Warning(
                "SESSION_SERIALIZER is not used: session data are JSON, and never pickled",
                hint=f"leave it out, or write {_JSON!r}",
                id="dojang.W002",
            )
        )
    if settings.DOJANG.get("ACCEPTS") and STOCK in settings.MIDDLEWARE:
        found.append(
            checks.Warning(
                "DOJANG['ACCEPTS'] is not used: Django's middleware knows its own cookie alone",
                hint="write 'dojang.adapters.django.middleware.SessionMiddleware' in its place",
                id="dojang.W003",
            )
        )
    return found
