"""`Dojang(app, sessions)`, as Flask's extensions are made."""

from collections.abc import Callable
from typing import Any

from flask import Flask, current_app

from dojang.adapters.flask.config import Configured
from dojang.adapters.flask.interface import DojangSessionInterface
from dojang.adapters.flask.problems import answer
from dojang.adapters.given import check_function, check_sessions
from dojang.errors import DojangError, Misuse
from dojang.sessions import Sessions

__all__ = ["Dojang", "LoadUser", "of"]

#: Returns the application's own user by its id, or None when there is no such user any more.
LoadUser = Callable[[Any], Any]

_NAME = "dojang"


class Dojang:
    """Keeps the sessions of a Flask application; `flask.session` and Flask-Login go on as before.

    What dojang raises in a view becomes a problem document: a store that does not answer is 503
    with Retry-After, a conflict 409.
    """

    def __init__(
        self,
        app: Flask | None = None,
        sessions: Sessions | None = None,
        *,
        load_user: LoadUser | None = None,
    ) -> None:
        """Prepare, and serve `app` at once if it is given.

        Args:
            app: The application; `init_app` takes it later otherwise.
            sessions: Where sessions live; by `app.config` unless given, see `from_config`, where
                keys that are set later count from the next request on.
            load_user: What `current_user` calls with the principal.

        Raises:
            Misuse: The configuration is not one, or `sessions` or `load_user` is something else.
            WeakSecret: A secret is missing or too short.
        """
        if sessions is not None:
            check_sessions(sessions)
        check_function("load_user", load_user)
        self._given = sessions
        self.load_user = load_user
        if app is not None:
            self.init_app(app)

    def init_app(self, app: Flask) -> None:
        """Serve `app`.

        Raises:
            Misuse: The configuration is not one.
            WeakSecret: A secret is missing or too short.
        """
        sessions = self._given or Configured(app.config)
        app.extensions[_NAME] = self
        app.session_interface = DojangSessionInterface(sessions)
        app.register_error_handler(DojangError, answer)

    @property
    def sessions(self) -> Sessions:
        """Where the sessions of the current application live."""
        interface = current_app.session_interface
        assert isinstance(interface, DojangSessionInterface)
        return interface.sessions


def of(app: Flask) -> Dojang:
    """Return the extension that serves `app`.

    Raises:
        Misuse: None does.
    """
    extension = app.extensions.get(_NAME)
    if not isinstance(extension, Dojang):
        raise Misuse("this application has no dojang: write Dojang(app, sessions)")
    return extension
