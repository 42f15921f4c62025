"""`CrossSite(app, fronts=[...])`: the gate before a Flask application."""

from collections.abc import Collection
from typing import Any, cast

import flask
from flask import Flask

from dojang.adapters.cross_site.gate import Html
from dojang.adapters.cross_site.wsgi import WSGICrossSiteMiddleware
from dojang.adapters.flask.config import secrets
from dojang.adapters.flask.interface import DojangSessionInterface
from dojang.adapters.flask.session import FlaskSession
from dojang.errors import Misuse
from dojang.sessions import Sessions
from dojang.wire.cors import Cors

__all__ = ["CrossSite"]


class _Guarded(WSGICrossSiteMiddleware):
    def __init__(self, app: Any, interface: DojangSessionInterface, **rest: Any) -> None:  # noqa: ANN401 - as Flask types it
        super().__init__(app, interface.sessions, **rest)
        self._interface = interface

    @property
    def sessions(self) -> Sessions:
        return self._interface.sessions


class CrossSite:
    """Refuses what another site sends, and lets the fronts call with credentials.

    In templates `{{ form_token() }}` is the hidden field that proves a form to be ours.
    """

    def __init__(
        self,
        app: Flask | None = None,
        *,
        fronts: Collection[str] | None = None,
        skip: Collection[str] = (),
        cors: Cors | None = None,
    ) -> None:
        """Prepare, and stand before `app` at once if it is given; after `Dojang(app)`.

        Args:
            app: The application; `init_app` takes it later otherwise.
            fronts: Origins of other addresses whose pages act for us; `DOJANG_FRONTS` of the
                configuration unless given.
            skip: Paths that anybody may send to, such as `/webhooks`.
            cors: The same as `fronts`, with more to say.

        Raises:
            Misuse: A front is `*` or no origin, or dojang does not keep the sessions of `app`.
        """
        self._fronts, self._skip, self._cors = fronts, skip, cors
        if app is not None:
            self.init_app(app)

    def init_app(self, app: Flask) -> None:
        """Stand before `app`.

        Raises:
            Misuse: A front is `*` or no origin, or dojang does not keep the sessions of `app`.
            WeakSecret: A secret of the configuration is too short.
        """
        interface = app.session_interface
        if not isinstance(interface, DojangSessionInterface):
            raise Misuse("write Dojang(app, sessions) before CrossSite(app)")
        fronts = app.config.get("DOJANG_FRONTS", ()) if self._fronts is None else self._fronts
        keys: Any = app.config
        guarded = _Guarded(
            app.wsgi_app,
            interface,
            fronts=() if self._cors else fronts,
            secret=secrets(keys) if keys.get("DOJANG_SECRET") or keys.get("SECRET_KEY") else None,
            skip=self._skip,
            cors=self._cors,
        )
        app.wsgi_app = guarded  # type: ignore[method-assign] # as Flask's documentation has it

        def form_token() -> Html:
            shown: Any = flask.session
            return guarded.gate.field(cast("FlaskSession", shown._get_current_object()))  # noqa: SLF001 - of a LocalProxy

        app.context_processor(lambda: {"form_token": form_token})
