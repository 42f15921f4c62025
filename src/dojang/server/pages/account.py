"""The page of an account: who it is, on which devices, and this session."""

from datetime import datetime

from starlette.requests import Request
from starlette.responses import Response

from dojang.adapters.asgi import session_of
from dojang.adapters.auth_api.models import SessionAnswer
from dojang.auth import User
from dojang.server.pages import devices, forms, providers
from dojang.server.pages.complaints import Complaint
from dojang.server.pages.moments import Moment, instant
from dojang.server.pages.redirects import HOME, see
from dojang.server.pages.render import page
from dojang.server.pages.visitor import entrance, signed_in
from dojang.server.parts import parts_of
from dojang.session.session import Session
from dojang.sessions import Sessions

__all__ = ["end_one", "end_others", "enter", "filled", "show"]


async def enter(request: Request) -> Response:
    """Send whoever comes to the front door to their account, or to sign in."""
    return see(HOME if await signed_in(request) else entrance(request))


async def show(request: Request) -> Response:
    """Show the account of whoever is signed in."""
    user = await signed_in(request)
    return see(entrance(request)) if user is None else await filled(request, user)


async def filled(request: Request, user: User, complaint: Complaint | None = None) -> Response:
    """Return the page; with what is wrong with the form for another password."""
    session, sessions = session_of(request), parts_of(request).sessions
    tokens = parts_of(request).tokens
    await session.save()  # so that what follows is what is kept
    now = instant(sessions.clock())
    rows = devices.rows(await sessions.list(user.id), current=session.handle, now=now)
    return page(
        request,
        "account",
        status=complaint.status if complaint else 200,
        headers=complaint.headers if complaint else None,
        session=session,
        complaint=complaint,
        minimum=parts_of(request).accounts.policy.minimum,
        user=user,
        mails=parts_of(request).mailer is not None,
        since=Moment.of(instant(user.created), now),
        devices=rows,
        ways=await providers.ways(request, user),
        second_factor=await parts_of(request).factors.second.state(user.id),
        has_password=await parts_of(request).links.has_password(user.id),
        clients=devices.clients(await tokens.list(user.id), now=now),
        effect=_effect(sessions),
        signed_in_at=Moment.of(session.authenticated or session.created or now, now),
        expires=Moment.of(session.expires, now) if session.expires else None,
        renewal=_renewal(session, now),
        latest=_latest(session, now),
        document=SessionAnswer.of(session).model_dump_json(indent=2),
    )


async def end_one(request: Request) -> Response:
    """Sign out one device of whoever is signed in; on this one it is the usual sign-out."""
    form = await forms.read(request)
    user = await signed_in(request)
    if user is None:
        return see(entrance(request))
    session, parts = session_of(request), parts_of(request)
    sessions, tokens = parts.sessions, parts.tokens
    handle = form.get("handle", "")
    if handle == session.handle:
        await parts.journal.note(request, "logged-out", user=user.id)
        session.logout()
        return see("/sign-in?notice=signed-out")
    # Handles are no secrets: only one's own are ended, and one that is gone is as good as ended.
    if handle in {entry.handle for entry in await sessions.list(user.id)}:
        await sessions.end(handle)
    elif handle in {device.handle for device in await tokens.list(user.id)}:
        await tokens.end(handle)
    else:
        return see(f"{HOME}?notice=one-ended")
    await parts.journal.note(request, "session-ended", user=user.id, ended=handle)
    return see(f"{HOME}?notice=one-ended")


async def end_others(request: Request) -> Response:
    """Sign out all devices of whoever is signed in, but this one."""
    await forms.read(request)
    user = await signed_in(request)
    if user is None:
        return see(entrance(request))
    parts = parts_of(request)
    ended = await parts.tokens.end_all(user.id, but=session_of(request))
    await parts.journal.note(request, "other-sessions-ended", user=user.id, ended=ended)
    return see(f"{HOME}?notice=others-ended")


def _effect(sessions: Sessions) -> str:
    """Return how long it takes until a device that was signed out is refused."""
    assert sessions.strategy.revocations is not None
    usually, at_most = sessions.strategy.revocations.bound
    if sessions.strategy.on_server:
        return f"at once, and within {usually:g} s for access tokens"
    return f"within {usually:g} s, and within {at_most:g} s while the store cannot be asked"


def _renewal(session: Session, now: datetime) -> Moment | None:
    """Return from when on coming back extends the session; None where any visit does."""
    expires = session.expires
    due = session.lifetime.renewal(round(expires.timestamp() * 1000) if expires else None)
    if due is None or instant(round(due)) <= now:
        return None
    return Moment.of(instant(round(due)), now)


def _latest(session: Session, now: datetime) -> Moment | None:
    """Return until when coming back keeps the session alive; None where it does not or always."""
    if session.created is None or session.expires is None or session.lifetime.renew == 1:
        return None
    created = round(session.created.timestamp() * 1000)
    end = session.lifetime.end(created=created, remember=session.remember)
    if end is None or instant(end) <= session.expires:
        return None
    return Moment.of(instant(end), now)
