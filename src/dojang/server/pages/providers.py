"""Signing in with a provider: going there, coming back, and what becomes of it on one's account."""

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response

from dojang.adapters.asgi import session_of
from dojang.adapters.auth_api import callers
from dojang.auth import TooManyAttempts, Unverified, User
from dojang.auth.errors import SecondFactorNeeded
from dojang.auth.half_way import HalfWay
from dojang.auth.links import Links
from dojang.auth.providers import (
    AccountClosed,
    Finished,
    LinkFirst,
    Provider,
    ProviderRefused,
)
from dojang.auth.providers.words import explain
from dojang.errors import DojangError, Refused, Rejected, Unavailable
from dojang.server import mailing
from dojang.server.errors import NotFound
from dojang.server.pages import code, confirm, forms, words
from dojang.server.pages.redirects import HOME, local_path, see
from dojang.server.pages.render import error_page, page
from dojang.server.pages.visitor import entrance, signed_in
from dojang.server.parts import parts_of
from dojang.server.providers import redirect_uri
from dojang.words import language_of

__all__ = ["Way", "begin", "come_back", "confirm_with", "link", "unlink", "ways"]

#: A code is in the address: nothing may carry it on.
_HEADERS = {"referrer-policy": "no-referrer"}


@dataclass(frozen=True, slots=True)
class Way:
    """A provider on the page of an account.

    Attributes:
        name: Of the provider.
        label: For people.
        handle: Of the link that ends; empty where there is none yet.
        email: As the provider has it; may be None.
    """

    name: str
    label: str
    handle: str = ""
    email: str | None = None


async def begin(request: Request) -> Response:
    """Send somebody to a provider to sign in."""
    form = await forms.read(request)
    target = local_path(form.get("next", ""))
    return await _leave(request, target=target, apart="apart" in form)


async def link(request: Request) -> Response:
    """Send whoever is signed in to a provider, to sign in with it from then on."""
    await forms.read(request)
    user = await signed_in(request)
    if user is None:
        return see(entrance(request))
    if leave := await confirm.first(request, back=HOME):
        return leave
    return await _leave(request, target=f"{HOME}?notice=linked", user=user)


async def confirm_with(request: Request) -> Response:
    """Send whoever is signed in to a provider, to prove once more who they are."""
    form = await forms.read(request)
    user = await signed_in(request)
    if user is None:
        return see(entrance(request))
    target = local_path(form.get("next", ""))
    if await parts_of(request).confirming.code_needed(user.id):
        return see(f"{confirm.PATH}?{urlencode({'next': target})}")
    return await _leave(request, target=target, user=user, confirms=True)


async def unlink(request: Request) -> Response:
    """Close one way into the account of whoever is signed in."""
    form = await forms.read(request)
    user = await signed_in(request)
    if user is None:
        return see(entrance(request))
    if leave := await confirm.first(request, back=HOME):
        return leave
    parts = parts_of(request)
    grants = await parts.links.unlink(user.id, form.get("way", ""))
    await parts.journal.note(request, "unlinked", user=user.id)
    await Links.revoke(grants, parts.sign_in_with.revoke)
    return see(f"{HOME}?notice=unlinked")


async def come_back(request: Request) -> Response:
    """Take what a provider answers, and sign in or link."""
    provider = _provider(request)
    door, query = parts_of(request).sign_in_with, str(request.url.query)
    try:
        response = await _received(request, provider, query)
    except (Rejected, Refused, Unavailable) as error:
        if isinstance(error, Unverified):
            await mailing.remind(request, error)
        response = await _failed(request, provider, error)
    response.headers.append("set-cookie", door.dropped(query))
    response.headers.update(_HEADERS)
    return response


async def ways(request: Request, user: User) -> Sequence[Way]:
    """Return the providers for the page of an account: those that open it, then the others."""
    parts = parts_of(request)
    offered = {provider.name: provider.label for provider in parts.sign_in_with.providers}
    links = await parts.links.list(user.id)
    linked = [
        Way(link.provider, offered.get(link.provider, link.provider), link.handle, link.email)
        for link in links
    ]
    used = {link.provider for link in links}
    return linked + [Way(name, label) for name, label in offered.items() if name not in used]


async def _leave(
    request: Request,
    *,
    target: str,
    user: User | None = None,
    confirms: bool = False,
    apart: bool = False,
) -> Response:
    provider, parts = _provider(request), parts_of(request)
    try:
        begun = await parts.sign_in_with.begin(
            provider.name,
            redirect_uri=redirect_uri(parts.settings, provider.name),
            target=target,
            user=user.id if user else None,
            confirms=confirms,
            apart=apart,
            cookies=request.headers.get("cookie", ""),
        )
    except (Rejected, Unavailable) as error:
        return await _failed(request, provider, error)
    if begun is None:
        raise NotFound
    # A page, and no redirect: browsers hold the whole way of a form, through all that a provider
    # sends it on to, against `form-action`, which says that our forms lead nowhere else.
    response = page(
        request, "leaving", headers=_HEADERS, label=provider.label, address=begun.address
    )
    for line in begun.cookies:
        response.headers.append("set-cookie", line)
    return response


async def _received(request: Request, provider: Provider, query: str) -> Response:
    parts, session = parts_of(request), session_of(request)
    at = parts.sessions.clock()
    visitor = await signed_in(request)
    finished = await parts.sign_in_with.finish(
        provider.name,
        query=query,
        cookies=request.headers.get("cookie", ""),
        user=visitor.id if visitor else None,
        address=callers.address(request),
    )
    if finished is None:
        raise NotFound
    if finished.confirming:
        await parts.confirming.renew(request, "fed", at=at)
        return see(finished.target)
    event, facts = _event(finished), {"provider": provider.name}
    if finished.linking:
        await session.save()
        await parts.journal.note(request, event, user=finished.opened.user, **facts)
        return see(finished.target)
    user = await parts.accounts.find(finished.opened.user)
    if user is None:
        raise AccountClosed
    parts.sign_in.admit(user)
    # RFC 8176 has no word for it; "fed" is what others write.
    first = HalfWay(user=user.id, methods=("fed",), at=at, event=event, facts=facts)
    try:
        await parts.entrance.enter(request, first)
    except SecondFactorNeeded as needed:
        return code.ask(needed, finished.target)
    return see(finished.target)


async def _failed(request: Request, provider: Provider, error: DojangError) -> Response:
    facts: dict[str, str] = {"provider": provider.name, "code": error.code}
    detail = None
    if isinstance(error, ProviderRefused):
        named = {"error": error.error, "reason": error.reason}
        facts |= {name: value for name, value in named.items() if value}
        detail = error.detail or None
    elif isinstance(error, Rejected | Unavailable):
        detail = str(error)
    journal = parts_of(request).journal
    if isinstance(error, TooManyAttempts):
        await journal.refused(request, "sign-in-with-failed", error)
    else:
        await journal.warn(request, "sign-in-with-failed", detail=detail, **facts)
    language = language_of(request.headers.get("accept-language", ""))
    if isinstance(error, LinkFirst):
        told = explain(error, provider=provider.label, language=language)
        return page(
            request,
            "link_first",
            status=error.status,
            session=session_of(request),
            label=provider.label,
            name=provider.name,
            told=told,
        )
    told = explain(error, provider=provider.label, language=language) or words.explain(error)
    retry = getattr(error, "retry_after", None)
    return error_page(
        request,
        error.status,
        f"{provider.label} did not sign you in",
        told,
        headers={} if retry is None else {"retry-after": str(retry)},
    )


def _event(finished: Finished) -> str:
    if finished.opened.new:
        return "signed-up-with"
    return "linked" if finished.opened.linked else "signed-in-with"


def _provider(request: Request) -> Provider:
    found = parts_of(request).sign_in_with.provider(request.path_params["provider"])
    if found is None:
        raise NotFound
    return found
