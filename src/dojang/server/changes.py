"""The owner of an account hears of every change of what opens it.

Source: OWASP ASVS 5.0, 6.3.7.
"""

from functools import partial

from starlette.requests import Request

from dojang.auth.mail import Mail
from dojang.auth.mails import account_changed
from dojang.auth.one_time import LONGEST_UNDO
from dojang.server import links
from dojang.server.arrivals import DISOWN
from dojang.server.parts import parts_of
from dojang.server.post import language_for, post

__all__ = ["changed"]

_DAYS = LONGEST_UNDO // 86_400


async def changed(request: Request, kind: str, user: str, handle: str) -> None:
    """Tell of a change; see `Told`."""
    post(request, "account-changed", partial(_letter, request, kind, user, handle), to=user)


async def _letter(request: Request, kind: str, user_id: str, handle: str) -> Mail | None:
    parts = parts_of(request)
    user = await parts.accounts.find(user_id)
    # What nobody has shown to be their address is that of a stranger to the account.
    if user is None or user.email is None or not user.email_verified:
        return None
    token = await parts.one_time.issue(DISOWN, user=user.id, target=handle, seconds=LONGEST_UNDO)
    return account_changed(
        language=language_for(request),
        to=user.email,
        url=parts.settings.url,
        change=kind,
        at=parts.sessions.clock(),
        link=links.link(parts.settings, "/not-me", token),
        days=_DAYS,
    )
