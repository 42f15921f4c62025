"""Reading a form: small, urlencoded, and proven to be ours."""

from urllib.parse import parse_qsl

from starlette.requests import Request

from dojang.adapters.asgi import session_of
from dojang.errors import Refused
from dojang.server.errors import BadRequest
from dojang.server.origin import VERDICT
from dojang.server.parts import parts_of
from dojang.session.session import Session
from dojang.wire import csrf
from dojang.wire.cross_site import Verdict

__all__ = ["TOKEN", "NoOrigin", "NotAForm", "read", "token_for"]

#: Name of the hidden field.
TOKEN = "csrf"  # noqa: S105 - a name

_FIELDS = 16
_MEDIA_TYPE = "application/x-www-form-urlencoded"


class NoOrigin(Refused):
    """Nothing says where a form came from, and there is no session that a token could prove."""

    code = "no-origin"

    def __init__(self) -> None:
        super().__init__(
            "your browser did not say which page this form came from, so nothing was done: please "
            "use one that sends Sec-Fetch-Site or Origin, as all current browsers do"
        )


class NotAForm(Refused):
    """The body is something else than the pages send."""

    code = "not-a-form"
    status = 415

    def __init__(self) -> None:
        super().__init__(f"this address takes the form of its page, sent as {_MEDIA_TYPE}")


async def read(request: Request) -> dict[str, str]:
    """Return the fields of a form that came from our own pages; the last of one name counts.

    Raises:
        CsrfRefused: No browser says where it came from, and its token is not of this session.
        NoOrigin: As before, and there is no session yet.
        NotAForm: It is not urlencoded.
        BodyTooLarge: It is longer than the server reads.
        BadRequest: It has too many fields.
        Unavailable: The session could not be looked at.
    """
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media_type != _MEDIA_TYPE:
        raise NotAForm
    text = (await request.body()).decode("utf-8", "replace")
    try:
        fields = dict(parse_qsl(text, keep_blank_values=True, max_num_fields=_FIELDS))
    except ValueError:
        raise BadRequest(f"the form has more than {_FIELDS} fields") from None
    _prove(request, fields.get(TOKEN, ""))
    return fields


def token_for(request: Request, session: Session) -> str | None:
    """Return a token for the forms of a page; None while there is no session to bind it to."""
    return csrf.make(session.handle, parts_of(request).keyring) if session.handle else None


def _prove(request: Request, token: str) -> None:
    # Whoever left the verdict out has not judged, and what is not judged needs a token.
    verdict = request.scope.get(VERDICT, Verdict.NEEDS_TOKEN)
    if verdict is Verdict.OURS:
        return
    handle = session_of(request).handle
    if handle is None:
        raise NoOrigin
    csrf.check(token, handle, parts_of(request).keyring)
