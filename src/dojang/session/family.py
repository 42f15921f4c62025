"""A family of refresh tokens: one device, one live token at a time, and its end.

Every use of the live token replaces it. A token that is used up leads to the live one for a moment,
because requests race and answers are lost; after that, whoever uses it has a copy that they should
not have, or somebody else has.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from dojang.session.record import Device, Login, Principal

__all__ = ["Family", "Step", "Used"]

#: Used tokens that are remembered at most: of a caller that refreshes in a loop, the last ones.
_REMEMBERED = 64


@dataclass(frozen=True, slots=True)
class Used:
    """A token that was replaced.

    Attributes:
        token: Its fingerprint.
        salt: What its successor was made with.
        at: When, in unix milliseconds.
    """

    token: str
    salt: str
    at: int


@dataclass(frozen=True, slots=True)
class Step:
    """From a used token to the one that took its place.

    Attributes:
        salt: What the successor was made with.
        token: The fingerprint of the successor.
    """

    salt: str
    token: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Family:
    """The refresh tokens of one device at one instant. All instants are unix milliseconds.

    Attributes:
        handle: Its public name.
        user: Whose it is.
        session: The handle of the session that the pair was made from, with which it ends; None
            for one that stands by itself.
        login: When and how the user proved who they are; carried unchanged through rotations.
        fenced: What "log out everything before" is compared with: the login, or, for one older than
            the log of revocations, the beginning of that log.
        created: When it began.
        expires: When it is over, exclusive, however often it rotates.
        seen: When it was last rotated.
        device: Where it began.
        current: The fingerprint of the live token; empty once there is none.
        used: Those before it, oldest first, as long as they lead anywhere.
        reused: When a used token came back, which ended it; None for a good one.
    """

    handle: str
    user: Principal
    session: str | None = None
    login: Login
    fenced: int
    created: int
    expires: int
    seen: int
    device: Device = field(default_factory=Device)
    current: str
    used: tuple[Used, ...] = ()
    reused: int | None = None

    @property
    def sid(self) -> str:
        """What its access tokens call the session they belong to."""
        return self.session or self.handle

    def way(self, token: str, *, grace: int, now: int) -> Sequence[Step] | None:
        """Return the steps from a token of this family to the live one, or None for a reuse.

        Args:
            token: Its fingerprint; the live one is no steps away.
            grace: Milliseconds, exclusive, for which a used token leads on.
            now: Unix milliseconds.
        """
        if token == self.current:
            return []
        for index, used in enumerate(self.used):
            if used.token == token and now - used.at < grace:
                path = self.used[index:]
                ends = [step.token for step in path[1:]] + [self.current]
                return [Step(one.salt, end) for one, end in zip(path, ends, strict=True)]
        return None

    def turned(self, salt: str, token: str, *, grace: int, now: int) -> "Family":
        """Return the family after its live token was replaced by `token`; its end stays."""
        kept = [used for used in self.used if now - used.at < grace][-_REMEMBERED + 1 :]
        used = (*kept, Used(self.current, salt, now))
        return replace(self, current=token, used=used, seen=now)

    def caught(self, *, now: int) -> "Family":
        """Return the family after a reuse: over, and kept for its owner to see."""
        return replace(self, current="", used=(), reused=now)
