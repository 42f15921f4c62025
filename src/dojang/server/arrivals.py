"""The owner of an account hears of whoever signs in to it on a device that it does not know."""

from functools import partial

from starlette.requests import Request

from dojang.adapters.asgi import session_of
from dojang.adapters.auth_api import callers
from dojang.adapters.auth_api.journal import SIGN_UPS
from dojang.auth.mail import Mail
from dojang.auth.mails import new_device
from dojang.auth.one_time import LONGEST_UNDO
from dojang.auth.sources import networks
from dojang.server import links
from dojang.server.agents import name_of
from dojang.server.own_cookies import set_cookie
from dojang.server.parts import parts_of
from dojang.server.post import language_for, post
from dojang.session.record import Device

__all__ = ["DISOWN", "arrived"]

#: What the link in the mail is good for.
DISOWN = "undo-new-device"

_DAYS = LONGEST_UNDO // 86_400


async def arrived(request: Request, kind: str, user: str, handle: str) -> None:
    """Note the browser, and tell of one that was not known; see `Told`."""
    known, cookies = parts_of(request).known_devices, request.headers.get("cookie", "")
    stranger = kind not in SIGN_UPS and not known.knows(user, cookies)
    if kind == "token-made":
        stranger = stranger and not await _is_like(request, user, handle)
    else:
        remember = session_of(request).remember
        set_cookie(request, known.noted(user, cookies, remember=remember))
    if stranger:
        await parts_of(request).journal.note(request, "new-device", user=user, device=handle)
        post(request, "new-device", partial(_letter, request, user, handle), to=user)


async def _is_like(request: Request, user: str, handle: str) -> bool:
    """Return whether such a program, without cookies, holds tokens from the same place."""
    here = _kind(Device(callers.address(request), request.headers.get("user-agent", "")))
    clients = await parts_of(request).tokens.list(user)
    return any(_kind(one.device) == here for one in clients if one.handle != handle)


def _kind(device: Device) -> tuple[str, tuple[str, ...]]:
    return device.agent, networks(device.address)[:1]


async def _letter(request: Request, user_id: str, handle: str) -> Mail | None:
    parts = parts_of(request)
    user = await parts.accounts.find(user_id)
    # To an address that nobody has shown to be theirs, a stranger's device is nobody's business.
    if user is None or user.email is None or not user.email_verified:
        return None
    language = language_for(request)
    token = await parts.one_time.issue(DISOWN, user=user.id, target=handle, seconds=LONGEST_UNDO)
    return new_device(
        language=language,
        to=user.email,
        url=parts.settings.url,
        device=name_of(request.headers.get("user-agent", ""), language),
        address=callers.address(request),
        at=parts.sessions.clock(),
        link=links.link(parts.settings, "/not-me", token),
        days=_DAYS,
    )
