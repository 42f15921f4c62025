"""Flask: `session` as it was, kept where `Sessions` says."""

from dojang.extras import extra

with extra("flask"):
    from dojang.adapters.flask.cross_site import CrossSite
    from dojang.adapters.flask.extension import Dojang, of
    from dojang.adapters.flask.interface import DojangSessionInterface
    from dojang.adapters.flask.session import FlaskSession
    from dojang.adapters.flask.users import (
        current_user,
        fresh_login_required,
        login_required,
        session,
    )

__all__ = [
    "CrossSite",
    "Dojang",
    "DojangSessionInterface",
    "FlaskSession",
    "current_user",
    "fresh_login_required",
    "login_required",
    "of",
    "session",
]
