"""Sealing any JSON value for a while: `sealData` and `unsealData` of iron-session.

For invitations, links by mail and the like; sessions are sealed by `IronSeal`.
"""

from typing import Any

from dojang.errors import Oversized, TooLarge
from dojang.wire.iron import fe26, max_age, payload, suffix
from dojang.wire.iron.fe26 import DEFAULTS, MAX_LENGTH, Parameters
from dojang.wire.iron.max_age import Version
from dojang.wire.iron.passwords import PasswordBook, Passwords

__all__ = ["MAX_LENGTH", "seal_data", "unseal_data"]


def seal_data(
    data: object,
    password: Passwords,
    *,
    now: int,
    ttl: float | None = None,
    version: Version = 9,
    parameters: Parameters = DEFAULTS,
) -> str:
    """Return `data` as a seal, with `~2` behind.

    Args:
        data: Any JSON value without a `__proto__` member anywhere.
        password: Every form of `PasswordBook`; of several, the newest seals.
        now: Unix milliseconds.
        ttl: Seconds, at least 0, which is for a seal without an end, as 1.5 too; the version's
            default unless given.
        version: Of iron-session, for the default of `ttl` alone.
        parameters: Algorithm and iterations, which the reader has to know.

    Raises:
        NotJson: Something in `data` is not JSON.
        TooLarge: The seal would be longer than `MAX_LENGTH`.
        WeakSecret: There is no password, one is too short, or a key does not fit the algorithm.
        Misuse: `ttl` is negative, or has a part of a millisecond.

    Source: iron-session 6.3.1, 8.0.4 and 9.0.1 (`sealData`).
    """
    seconds = max_age.DEFAULT_TTL[version] if ttl is None else ttl
    sealed = fe26.seal(
        payload.encode(data, root="data"),
        PasswordBook.of_iron_session(password).writer,
        expires=max_age.expires(seconds, now=now),
        parameters=parameters,
    )
    text = sealed + suffix.CURRENT
    if len(text) > MAX_LENGTH:
        raise TooLarge(
            f"a seal of {len(text)} characters, and at most {MAX_LENGTH} are read: seal less",
            size=len(text),
            limit=MAX_LENGTH,
        )
    return text


def unseal_data(
    text: str,
    password: Passwords,
    *,
    now: int,
    ttl: float | None = None,
    legacy: bool = False,
    parameters: Parameters = DEFAULTS,
) -> Any:  # noqa: ANN401 - JSON is anything
    """Return what `seal_data` was given, once time and MAC hold.

    Args:
        text: Any text is safe to pass. What stands from the first `~` on proves nothing.
        password: Every form of `PasswordBook`.
        now: Unix milliseconds.
        ttl: Not used, here and in the peer: a seal carries its own end.
        legacy: Whether a seal without `~2` is read as next-iron-session wrote it.
        parameters: What the writer used.

    Returns:
        The value, fresh for each call. Sealed null comes back as None, where the peer gives `{}`
        (version 6 does for everything that JavaScript takes for false).

    Raises:
        Oversized: Longer than `MAX_LENGTH`; nothing in it was looked at.
        Malformed: Not a seal, or not over JSON.
        Expired: Its time is over.
        UnknownKey: It names a password that is not in use.
        BadSignature: No password made it.
        WeakSecret: There is no password, one is too short, or a key does not fit the algorithm.

    Source: iron-session 9.0.1 (`unsealData`), `legacy` as 6.3.1 and 8.0.4.
    """
    del ttl
    passwords = PasswordBook.of_iron_session(password)
    for each in passwords:
        fe26.check(each, parameters)
    if len(text) > MAX_LENGTH:
        raise Oversized(f"{len(text)} characters, at most {MAX_LENGTH} are looked at")
    sealed, current = suffix.split(text)
    opened = fe26.unseal(sealed, passwords, now=now, parameters=parameters)
    value = payload.decode(opened.plaintext)
    return suffix.unwrap(value) if legacy and not current else value
