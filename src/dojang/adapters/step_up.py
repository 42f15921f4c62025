"""Who signed in too long ago for this, and where a page sends them first."""

from collections.abc import Callable
from urllib.parse import urlencode

from dojang.adapters.nobody import nobody
from dojang.errors import Misuse, StaleLogin
from dojang.session.session import Session

__all__ = ["check_within", "where_first"]

_READING = {"GET", "HEAD"}


def check_within(within: int) -> None:
    """Refuse an age that no login has.

    Raises:
        Misuse: It is less than a second.
    """
    if within < 1:
        raise Misuse(f"within is {within}, and a login is at least a second old: write 1 or more")


def where_first(
    session: Session, *, within: int, confirm: str | None, method: str, here: Callable[[], str]
) -> str | None:
    """Return where somebody proves first who they are; None for a fresh login.

    Only what reads is sent there. A form would be lost on the way, and its sender is told: guard
    the page that has the form as well, and nobody fills in one in vain.

    Args:
        session: Of the request.
        within: Seconds that a login may be old, inclusive.
        confirm: The address of the page that asks; None where nobody is sent anywhere.
        method: Of HTTP.
        here: Returns path and query of the request, which the page gets as `next`.

    Raises:
        Rejected: Nobody is signed in; the code says why.
        StaleLogin: The login is too old, and nobody is sent anywhere.
    """
    if session.user is None:
        raise nobody(session)
    if session.fresh(within=within):
        return None
    if confirm is None or method not in _READING:
        raise StaleLogin(within)
    return f"{confirm}{'&' if '?' in confirm else '?'}{urlencode({'next': here()})}"
