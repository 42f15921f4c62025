"""What can be seen to be wrong with the settings before the first request."""

from collections.abc import Sequence

from django.conf import settings
from django.core import checks

from dojang.adapters.django.conf import sessions
from dojang.errors import DojangError, InvalidCookie, WeakSecret
from dojang.stores.urls import scheme_of

__all__ = ["check_settings"]

_STOCK = "django.contrib.sessions.middleware.SessionMiddleware"
_JSON = "django.contrib.sessions.serializers.JSONSerializer"


def check_settings(app_configs: object, **_: object) -> Sequence[checks.CheckMessage]:
    """Return what is wrong, each with what to write instead."""
    del app_configs
    found: list[checks.CheckMessage] = []
    try:
        sessions()
    except WeakSecret as error:
        found.append(checks.Error(str(error), id="dojang.E002"))
    except InvalidCookie as error:
        found.append(checks.Error(str(error), id="dojang.E003"))
    except DojangError as error:
        found.append(checks.Error(str(error), id="dojang.E001"))
    else:
        found += _doubtful()
    return found


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
    if settings.DOJANG.get("ACCEPTS") and _STOCK in settings.MIDDLEWARE:
        found.append(
            checks.Warning(
                "DOJANG['ACCEPTS'] is not used: Django's middleware knows its own cookie alone",
                hint="write 'dojang.adapters.django.middleware.SessionMiddleware' in its place",
                id="dojang.W003",
            )
        )
    return found
