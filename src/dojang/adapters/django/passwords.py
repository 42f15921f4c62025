"""Django's own password hashers, for signing in to users of Django with our rules."""

from collections.abc import Sequence
from functools import partial

from django.contrib.auth.hashers import (
    get_hasher,
    identify_hasher,
    make_password,
    verify_password,
)

from dojang.auth.passwords import Verified
from dojang.auth.threads import off_loop

__all__ = ["DjangoHasher"]

_NOBODYS = "!"  # what Django writes for a password that nobody has


class DjangoHasher:
    """Makes and verifies what `django.contrib.auth` does, as `PASSWORD_HASHERS` says.

    Source: `check_password` of Django 5.2.
    """

    async def hash(self, password: str) -> str:
        """Return what `User.password` is of a password."""
        return await off_loop(partial(make_password, password))

    async def verify(
        self, encoded: str | None, password: str, *, beside: Sequence[str] = ()
    ) -> Verified:
        """Return whether `password` is the one of `encoded`; the same work either way.

        Args:
            encoded: As in `User.password`; None, for nobody's password, is never right.
            password: As typed.
            beside: Hashes of other algorithms that other users still have.
        """
        return await off_loop(partial(_verified, encoded, password, beside))


def _verified(encoded: str | None, password: str, beside: Sequence[str]) -> Verified:
    preferred = get_hasher().algorithm
    ok, stale = verify_password(password, encoded or _NOBODYS)
    known = {_algorithm(one): one for one in beside}
    # Django does the work of its preferred kind for what is no hash.
    for other in known.keys() - {_algorithm(encoded), preferred, None}:
        verify_password(password, known[other])
    if _algorithm(encoded) not in {preferred, None}:
        make_password(password)
    return Verified(ok=ok, rehash=ok and stale)


def _algorithm(encoded: str | None) -> str | None:
    try:
        return str(identify_hasher(encoded).algorithm) if encoded else None
    except ValueError:
        return None
