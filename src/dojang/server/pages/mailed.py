"""What the links in mails about addresses and devices open."""

from starlette.requests import Request

from dojang.auth.one_time import Redeemed
from dojang.server import mailing
from dojang.server.arrivals import DISOWN
from dojang.server.pages.links import Asked, LinkPage
from dojang.server.pages.visitor import signed_in
from dojang.server.parts import parts_of
from dojang.words import Words

__all__ = ["PAGES"]


async def _peek_change(request: Request, token: str) -> Redeemed:
    user = await signed_in(request)
    emails = parts_of(request).emails
    return await emails.peek_changing(token, user=user.id if user else None)


async def _change(request: Request, token: str) -> str:
    await mailing.change(request, token, await signed_in(request))
    return "email-changed"


async def _put_back(request: Request, token: str) -> str:
    await mailing.put_back(request, token)
    return "email-put-back"


async def _disown(request: Request, token: str) -> str:
    await mailing.disown(request, token)
    return "device-disowned"


def _ask_change(found: Redeemed, _: Words) -> Asked:
    return Asked(
        title=_("Change your address"),
        text=_("From then on your account has the address %(email)s.", email=found.target),
        button=_("Change"),
    )


def _ask_put_back(found: Redeemed, _: Words) -> Asked:
    return Asked(
        title=_("Put your address back"),
        text=_(
            "Your account has the address %(email)s again then, and is signed out on all devices. "
            "Choose a new password afterwards.",
            email=found.target,
        ),
        button=_("Put back"),
    )


def _ask_disown(_found: Redeemed, _: Words) -> Asked:
    return Asked(
        title=_("Was that not you?"),
        text=_("The device is signed out then. Choose a new password afterwards."),
        button=_("Sign it out"),
    )


#: All of them.
PAGES = (
    LinkPage(
        path="/change-email",
        peek=_peek_change,
        ask=_ask_change,
        use=_change,
    ),
    LinkPage(
        path="/undo-email",
        peek=lambda request, token: parts_of(request).emails.peek_putting_back(token),
        ask=_ask_put_back,
        use=_put_back,
    ),
    LinkPage(
        path="/not-me",
        peek=lambda request, token: parts_of(request).one_time.peek(DISOWN, token),
        ask=_ask_disown,
        use=_disown,
    ),
)
