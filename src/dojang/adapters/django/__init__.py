"""Django: `SESSION_ENGINE = "dojang.adapters.django"`, and an application of the same name."""

from dojang.extras import extra

with extra("django"):
    from dojang.adapters.django.conf import sessions
    from dojang.adapters.django.store import SessionStore

__all__ = ["SessionStore", "sessions"]
