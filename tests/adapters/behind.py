"""What a server of its own process serves: the guarded application, which trusts its proxy."""

import os

from dojang.adapters.proxies import ProxyMiddleware, WSGIProxyMiddleware
from dojang.sessions import Sessions
from dojang.wire.forwarded import Proxies
from tests.adapters import django_project
from tests.adapters.guarded import APPLICATIONS
from tests.adapters.homes import PRINCIPAL
from tests.conftest import SECRET

django_project.prepare()

_INTERFACE, _BUILD = APPLICATIONS[os.environ["FRAMEWORK"]]
_SESSIONS = Sessions.from_url(os.environ["SESSIONS"], secret=SECRET, principal=PRINCIPAL)
_TRUSTED = Proxies([os.environ["TRUSTED"]])

# It is left only when the process ends.
_BUILDING = _BUILD(_SESSIONS, [])
_APP = _BUILDING.__enter__()
app = (
    ProxyMiddleware(_APP, _TRUSTED) if _INTERFACE == "asgi" else WSGIProxyMiddleware(_APP, _TRUSTED)
)
