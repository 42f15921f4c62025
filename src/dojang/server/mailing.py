"""What the pages and the API do about e-mail addresses: what is mailed, and what comes of it."""

from functools import partial

from starlette.requests import Request

from dojang.adapters.auth_api import callers
from dojang.adapters.auth_api.mailing import Mailing
from dojang.auth import InvalidCredentials, TooManyAttempts, Unverified, User
from dojang.auth.claims import Claim
from dojang.auth.emails import Changed
from dojang.auth.identifiers import parse_email
from dojang.auth.mail import Mail
from dojang.auth.mails import address_changed, known_address, verify_address
from dojang.auth.one_time import LONGEST, LONGEST_UNDO
from dojang.auth.showing import Shown, Unshown
from dojang.server.arrivals import DISOWN
from dojang.server.errors import NotFound
from dojang.server.links import link
from dojang.server.own_cookies import set_cookie
from dojang.server.parts import parts_of
from dojang.server.post import language_for, post
from dojang.server.settings import Settings

__all__ = [
    "begin_change",
    "change",
    "claimed",
    "disown",
    "of",
    "peek",
    "put_back",
    "remind",
    "send_verification",
    "verify",
]

_MINUTES = LONGEST // 60
_DAYS = LONGEST_UNDO // 86_400


def of(settings: Settings) -> Mailing:
    """Return what the API has mailed."""
    return Mailing(claimed, remind, verified_only=settings.verified_only)


async def claimed(request: Request, claim: Claim) -> None:
    """Mail to an address that somebody signed up with: a link, or that it has an account.

    Args:
        request: Of the sign-up; its browser keeps what was typed.
        claim: What that is.
    """
    set_cookie(request, parts_of(request).claims.keep(claim))
    # Whoever is looked for is looked for when the answer has left, or time would tell.
    address = parse_email(claim.email)
    post(request, "sign-up", partial(_sign_up, request, address.text), to=address.key)


def send_verification(request: Request, user: User) -> None:
    """Mail a link that verifies the address of an account, if there is anything to verify.

    Raises:
        NotFound: The server sends no mail.
    """
    if parts_of(request).mailer is None:
        raise NotFound
    post(request, "verify-address", partial(_verification, request, user), to=user.id)


async def remind(request: Request, error: Unverified) -> None:
    """Mail the link to whoever may not sign in without it."""
    parts = parts_of(request)
    await parts.journal.warn(request, "login-refused", user=error.account, code=error.code)
    user = await parts.accounts.find(error.account)
    if user is not None:
        send_verification(request, user)


async def peek(request: Request, token: str, user: User | None) -> Unshown:
    """Return what a link is about to show where `user` is signed in; see `Showing.peek`."""
    cookies = request.headers.get("cookie", "")
    return await parts_of(request).showing.peek(token, user=_id(user), cookies=cookies)


async def verify(
    request: Request,
    token: str,
    user: User | None,
    *,
    password: str | None = None,
    username: str | None = None,
    name: str | None = None,
) -> Shown:
    """Note whose the address is that a link was mailed to; see `Showing.finish`."""
    parts = parts_of(request)
    shown = await parts.showing.finish(
        token,
        user=_id(user),
        cookies=request.headers.get("cookie", ""),
        password=password,
        username=username,
        name=name,
    )
    kind = "signed-up" if shown.made else "account-claimed" if shown.closed else "email-verified"
    await parts.journal.note(request, kind, user=shown.user.id)
    if shown.made:  # whose browser is known with that
        set_cookie(request, parts.claims.dropped())
    else:
        _know(request, shown.user)
    return shown


async def begin_change(request: Request, user: User, email: str, password: str) -> None:
    """Mail a link to the address that somebody wants to have, who shows once more who they are.

    Args:
        request: Theirs.
        user: Who is signed in.
        email: As typed.
        password: As typed; empty where a fresh login shows it.

    Raises:
        NotFound: The server sends no mail.
        StaleLogin: There is no password, and the login is older.
        InvalidCredentials: It is not the password.
        TooManyAttempts: It was tried too often; nothing was looked at.
        InvalidInput: The address is none, or the one they have.
        TooBusy: Too many callers wait for their password to be hashed.
        Unavailable: The database or the store did not answer.
    """
    if parts_of(request).mailer is None:
        raise NotFound
    await _prove(request, user, password)
    wanted = parts_of(request).emails.wanted(user, email)
    post(request, "change-email", partial(_to_new, request, user, wanted.text), to=wanted.key)
    await parts_of(request).journal.note(request, "email-change-asked", user=user.id)


async def change(request: Request, token: str, user: User | None) -> User:
    """Give the account of `user` the address that a link was mailed to, and tell the old one."""
    found = await parts_of(request).emails.change(token, user=_id(user))
    await parts_of(request).journal.note(request, "email-changed", user=found.user.id)
    _know(request, found.user)
    if found.old is not None:
        post(request, "address-changed", partial(_to_old, request, found), to=found.user.id)
    return found.user


async def put_back(request: Request, token: str) -> User:
    """Give an account the address back that it had, and sign everybody out of it."""
    user = await parts_of(request).emails.put_back(token)
    await parts_of(request).journal.warn(request, "email-put-back", user=user.id)
    return user


async def disown(request: Request, token: str) -> str:
    """End the session that its owner does not know, and return whose it was.

    Raises:
        Spent: The token is good for nothing.
        Unavailable: The database or the store did not answer; it may be used up.
    """
    parts = parts_of(request)
    redeemed = await parts.one_time.redeem(DISOWN, token)
    user, handle = redeemed.user, redeemed.target
    if handle in {one.handle for one in await parts.sessions.list(user)}:
        await parts.sessions.end(handle)
    elif handle in {one.handle for one in await parts.tokens.list(user)}:
        await parts.tokens.end(handle)
    else:
        # It is over, or goes on under another id since: better all than not that one.
        await parts.tokens.end_all(user)
    await parts.journal.warn(request, "device-disowned", user=user, ended=handle)
    return user


def _id(user: User | None) -> str | None:
    return user.id if user else None


def _know(request: Request, user: User) -> None:
    # Who reads their mail here is no stranger when they sign in next.
    noted = parts_of(request).known_devices.noted(user.id, request.headers.get("cookie", ""))
    set_cookie(request, noted)


async def _sign_up(request: Request, email: str) -> Mail:
    parts = parts_of(request)
    owner = await parts.emails.owner_of(email)
    if owner is None:
        token = await parts.showing.begin_new(email)
        return _verify_mail(request, email, "/verify-email", token)
    await parts.journal.note(request, "signed-up-again", user=owner.id)
    return _known(request, owner)


async def _prove(request: Request, user: User, password: str) -> None:
    parts = parts_of(request)
    if not password or await parts.confirming.code_needed(user.id):
        await parts.confirming.require_fresh(request, within=parts.settings.fresh_login)
    if not password:
        return
    try:
        await parts.changes.confirm(user.id, password, address=callers.address(request))
    except (InvalidCredentials, TooManyAttempts) as error:
        await parts.journal.refused(request, "password-refused", error)
        raise


async def _verification(request: Request, user: User) -> Mail | None:
    token = await parts_of(request).showing.begin(user)
    if token is None or user.email is None:
        return None
    return _verify_mail(request, user.email, "/verify-email", token)


async def _to_new(request: Request, user: User, email: str) -> Mail:
    emails = parts_of(request).emails
    if owner := await emails.owner_of(email):
        return _known(request, owner)
    token = await emails.begin_changing(user, email)
    return _verify_mail(request, email, "/change-email", token)


def _verify_mail(request: Request, to: str, path: str, token: str) -> Mail:
    settings = parts_of(request).settings
    return verify_address(
        language=language_for(request),
        to=to,
        url=settings.url,
        link=link(settings, path, token),
        minutes=_MINUTES,
    )


def _known(request: Request, owner: User) -> Mail:
    settings = parts_of(request).settings
    return known_address(
        language=language_for(request),
        # Not to what was typed, which another mailbox may have that is spelled alike.
        to=owner.email or "",
        url=settings.url,
        link=link(settings, "/sign-in"),
    )


async def _to_old(request: Request, found: Changed) -> Mail | None:
    settings = parts_of(request).settings
    if found.old is None:
        return None
    return address_changed(
        language=language_for(request),
        to=found.old,
        url=settings.url,
        link=link(settings, "/undo-email", found.undo) if found.undo else None,
        days=_DAYS,
    )
