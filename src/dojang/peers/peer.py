"""What a foreign system is, all in one: sharing its sessions takes one argument."""

from dataclasses import dataclass

from dojang.session.lifetime import Lifetime
from dojang.session.principal import Place
from dojang.strategies.strategy import Strategy
from dojang.wire.cookies import Cookie

__all__ = ["Peer"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Peer:
    """The choices that `Sessions` would otherwise be given one by one.

    Args:
        strategy: Where its sessions live, in its format.
        cookie: Its name and attributes, how it is cut, how its end is written. Whoever runs the
            system with other attributes writes `Sessions(peer, cookie=replace(peer.cookie, ...))`.
        lifetime: How long its sessions live, and when they are extended.
        principal: Where it keeps the user in the data; None where the format has a place for it,
            or the application a choice.
        salted: Whether the name of the cookie is part of the key, so that it cannot be renamed.
    """

    strategy: Strategy
    cookie: Cookie
    lifetime: Lifetime
    principal: Place | None = None
    salted: bool = False
