"""Foreign systems put together from formats, cookies and lifetimes: one argument each."""

from dojang.peers.authjs import AuthJs, NextAuth
from dojang.peers.express import Express
from dojang.peers.iron_session import IronSession
from dojang.peers.keygrip import CookieSession, KoaSession
from dojang.peers.peer import Peer
from dojang.peers.python import Django, Flask, Starlette
from dojang.peers.tokens import Jose, JsonWebToken

__all__ = [
    "AuthJs",
    "CookieSession",
    "Django",
    "Express",
    "Flask",
    "IronSession",
    "Jose",
    "JsonWebToken",
    "KoaSession",
    "NextAuth",
    "Peer",
    "Starlette",
]
