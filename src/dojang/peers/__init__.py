"""Foreign systems put together from formats, cookies and lifetimes: one argument each."""

from dojang.peers.authjs import AuthJs, NextAuth
from dojang.peers.express import Express
from dojang.peers.iron_session import IronSession
from dojang.peers.keygrip import CookieSession, KoaSession
from dojang.peers.peer import Peer
from dojang.peers.python import Django, Flask, ItsDangerous, Starlette
from dojang.peers.stored import BetterAuth, OpaqueToken, Stored
from dojang.peers.tokens import FastApiUsers, Jose, JsonWebToken

__all__ = [
    "AuthJs",
    "BetterAuth",
    "CookieSession",
    "Django",
    "Express",
    "FastApiUsers",
    "Flask",
    "IronSession",
    "ItsDangerous",
    "Jose",
    "JsonWebToken",
    "KoaSession",
    "NextAuth",
    "OpaqueToken",
    "Peer",
    "Starlette",
    "Stored",
]
