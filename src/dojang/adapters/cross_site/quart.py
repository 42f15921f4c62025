"""`CrossSite(app, fronts=[...])`: the gate before a Quart application."""

from collections.abc import Collection
from typing import Any

from dojang.adapters.cross_site.asgi import CrossSiteMiddleware
from dojang.adapters.cross_site.gate import Html
from dojang.errors import Misuse
from dojang.extras import extra
from dojang.sessions import Sessions
from dojang.wire.cors import Cors

with extra("quart"):
    from quart import Quart

    from dojang.adapters.flask.config import secrets
    from dojang.adapters.quart import DojangSessionInterface, session

__all__ = ["CrossSite"]


class _Guarded(CrossSiteMiddleware):
    def __init__(self, app: Any, interface: DojangSessionInterface, **rest: Any) -> None:  # noqa: ANN401 - as Quart types it
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
        app: Quart,
        *,
        fronts: Collection[str] = (),
        skip: Collection[str] = (),
        cors: Cors | None = None,
    ) -> None:
        """Stand before `app`; after `Dojang(app)`.

        Args:
            app: The application.
            fronts: Origins of other addresses whose pages act for us.
            skip: Paths that anybody may send to, such as `/webhooks`.
            cors: The same as `fronts`, with more to say.

        Raises:
            Misuse: A front is `*` or no origin, or dojang does not keep the sessions of `app`.
            WeakSecret: A secret of the configuration is too short.
        """
        interface: Any = app.session_interface
        if not isinstance(interface, DojangSessionInterface):
            raise Misuse("write Dojang(app, sessions) before CrossSite(app)")
        keys: Any = app.config
        served: Any = app.asgi_app  # Quart's types of ASGI are closer than ours
        guarded = _Guarded(
            served,
            interface,
            fronts=fronts,
            secret=secrets(keys) if keys.get("DOJANG_SECRET") or keys.get("SECRET_KEY") else None,
            skip=skip,
            cors=cors,
        )
        app.asgi_app = guarded  # type: ignore[method-assign,assignment] # as Quart's documentation has it

        def form_token() -> Html:
            shown: Any = session
            return guarded.gate.field(shown._get_current_object())  # noqa: SLF001 - of a LocalProxy

        app.context_processor(lambda: {"form_token": form_token})
