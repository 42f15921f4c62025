"""Mail that a request brings about."""

from functools import partial

from starlette.requests import Request

from dojang.auth.errors import TooManyAttempts
from dojang.auth.mail import Mailer, Write
from dojang.errors import Unavailable
from dojang.server.afterwards import afterwards
from dojang.server.log import log_of
from dojang.server.parts import parts_of
from dojang.words import Language, language_of

__all__ = ["language_for", "post"]


def post(request: Request, kind: str, write: Write, *, to: str | None) -> None:
    """Write a mail and send it, once the request has been answered.

    Whether there is an account, and how long a mail server takes, is in no answer that way. Where
    no mail server is set, nothing is written.

    Args:
        request: That brings it about.
        kind: What it is, for the log, as `verify-address`.
        write: Does what is looked up and issued for it, too.
        to: Whom it is for, an id or an address in one spelling: nobody gets too many of a kind.
            None where it was counted when it was asked for.
    """
    mailer = parts_of(request).mailer
    if mailer is not None:
        afterwards(request, partial(_send, request, kind, write, mailer, to))


def language_for(request: Request) -> Language:
    """Return the language of a mail to whoever sent a request."""
    return language_of(request.headers.get("accept-language", ""))


async def _send(request: Request, kind: str, write: Write, mailer: Mailer, to: str | None) -> None:
    log, parts = log_of(request.scope), parts_of(request)
    try:
        # Before it is written: a new link would take the place of one that was sent.
        if to is not None:
            await parts.throttle.mail(kind, to)
        mail = await write()
        if mail is None:
            return
        await mailer.send(mail, now=parts.sessions.clock())
    except (TooManyAttempts, Unavailable) as trouble:
        log.warning("mail-not-sent", kind=kind, detail=str(trouble))
    else:
        log.info("mail-sent", kind=kind)
