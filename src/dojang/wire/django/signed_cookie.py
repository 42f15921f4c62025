"""One value in a cookie of its own: `set_signed_cookie` and `get_signed_cookie` of Django."""

from collections.abc import Sequence

from dojang.errors import BadSignature, Oversized
from dojang.wire.cookies import MAX_COOKIE
from dojang.wire.django.signer import TimestampSigner
from dojang.wire.keyring import Keyring

__all__ = ["decode", "encode"]

_KEY_PREFIX = b"django.http.cookies"

Secrets = Keyring | str | bytes | Sequence[str | bytes]


def encode(
    value: str, *, name: str, secrets: Secrets, now: int, salt: str = "", legacy: bool = False
) -> str:
    """Return `value` as `set_signed_cookie` signs it: `<value>:<time>:<signature>`.

    Args:
        value: Text that UTF-8 can carry. Django puts quotes around what a cookie cannot hold.
        name: Of the cookie; a value is good under no other.
        secrets: `SECRET_KEY`, then `SECRET_KEY_FALLBACKS`, newest first.
        now: Unix milliseconds, written in whole seconds.
        salt: As given to Django.
        legacy: Whether as Django did until late in 5.2, where name and salt ran together.

    Raises:
        Malformed: `value` has half a surrogate pair.
        WeakSecret: There is no secret, or one is empty.

    Source: Django 5.2.19 (`HttpResponse.set_signed_cookie`); 4.2 for `legacy`.
    """
    return _signer(name, salt, secrets, legacy=legacy).sign(value, now=now)


def decode(
    text: str,
    *,
    name: str,
    secrets: Secrets,
    now: int,
    salt: str = "",
    max_age: int | None = None,
    legacy: bool = True,
) -> str:
    """Return the value that `encode` was given.

    Args:
        text: Any text is safe to pass.
        name: Of the cookie.
        secrets: `SECRET_KEY`, then `SECRET_KEY_FALLBACKS`, newest first.
        now: Unix milliseconds.
        salt: As given to Django.
        max_age: Seconds, inclusive, that may have passed; None for any number.
        legacy: Whether the older form is read too; Django's
            `SIGNED_COOKIE_LEGACY_SALT_FALLBACK`. In it the cookie `ab` with the salt `c` is
            signed as `a` with `bc` is.

    Raises:
        Oversized: Longer than `MAX_COOKIE`.
        BadSignature: No secret made it, or for another cookie.
        Expired: More than `max_age` seconds old.
        Malformed: No time in it, or half a surrogate pair.
        WeakSecret: There is no secret, or one is empty.

    Source: Django 5.2.19 (`HttpRequest.get_signed_cookie`).
    """
    if len(text) > MAX_COOKIE:
        raise Oversized(f"{len(text)} characters, at most {MAX_COOKIE} are looked at")
    signers = [_signer(name, salt, secrets, legacy=False)]
    if legacy:
        signers.append(_signer(name, salt, secrets, legacy=True))
    for signer in signers:
        try:
            return signer.unsign(text, now=now, max_age=max_age).value
        except BadSignature:
            continue
    raise BadSignature(f"no secret signed this for the cookie {name}")


def _signer(name: str, salt: str, secrets: Secrets, *, legacy: bool) -> TimestampSigner:
    # The length keeps pairs of salt and name apart.
    whole = f"{name}{salt}" if legacy else f"django.http.cookies.v2:{len(salt)}:{salt}{name}"
    return TimestampSigner(secrets, salt=whole, prefix=_KEY_PREFIX)
