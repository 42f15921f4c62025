"""Sessions and sign-in for Python web applications, byte-compatible with Node's."""

from dojang import peers
from dojang.adapters.asgi import SessionMiddleware, session_of
from dojang.errors import DojangError
from dojang.session.lifetime import Lifetime
from dojang.session.limit import Limit
from dojang.session.session import Session
from dojang.sessions import Sessions
from dojang.stores.memory import MemoryStore
from dojang.stores.sqlite import SqliteStore
from dojang.strategies.client_side import ClientSide
from dojang.strategies.revocations import Revocations
from dojang.strategies.server_side import ServerSide
from dojang.strategies.spill import Spill
from dojang.wire.cookies import Cookie
from dojang.wire.iron.iron_session import IronSeal
from dojang.wire.keyring import Keyring, new_secret

__all__ = [
    "ClientSide",
    "Cookie",
    "DojangError",
    "IronSeal",
    "Keyring",
    "Lifetime",
    "Limit",
    "MemoryStore",
    "Revocations",
    "ServerSide",
    "Session",
    "SessionMiddleware",
    "Sessions",
    "Spill",
    "SqliteStore",
    "new_secret",
    "peers",
    "session_of",
]
