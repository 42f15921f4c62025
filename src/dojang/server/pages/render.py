"""Templates to answers: every page, and every error as a page."""

from collections.abc import Mapping
from http import HTTPStatus
from pathlib import Path
from urllib.parse import urlsplit

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from dojang.errors import DojangError, Unavailable
from dojang.server.pages import assets, forms, words
from dojang.server.parts import parts_of
from dojang.session.session import Session

__all__ = ["error_page", "page", "refusal_page", "unavailable_page"]

_HEADERS = {
    "cache-control": "no-store",
    # Nothing but our own style sheet and pictures; no script at all, and no frame around us.
    "content-security-policy": (
        "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; "
        "frame-ancestors 'none'; base-uri 'none'"
    ),
    # Not `no-referrer`, which would make browsers send `Origin: null` with our own forms.
    "referrer-policy": "same-origin",
    "x-content-type-options": "nosniff",
}

_templates = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_templates.globals["asset"] = assets.address
_templates.globals["notices"] = words.NOTICES


def page(
    request: Request,
    template: str,
    *,
    status: int = 200,
    headers: Mapping[str, str] | None = None,
    session: Session | None = None,
    **facts: object,
) -> Response:
    """Return `template` as an answer that nobody keeps.

    Args:
        request: Gives the notice to show, which a redirect may have left in `?notice=`.
        template: Without its ending.
        status: Of the answer.
        headers: Beside those of every page.
        session: The one that forms on the page are made for; without it they carry no token.
        facts: What the template shows.
    """
    text = _templates.get_template(f"{template}.html").render(
        site=urlsplit(parts_of(request).settings.url).netloc,
        notice=request.query_params.get("notice", ""),
        csrf=forms.token_for(request, session) if session is not None else None,
        **facts,
    )
    return HTMLResponse(text, status, {**_HEADERS, **(headers or {})})


def error_page(
    request: Request,
    status: int,
    title: str,
    detail: str,
    *,
    headers: Mapping[str, str] | None = None,
) -> Response:
    """Return an error as a page; it does not look at the session, so it stays up without a store.

    Args:
        request: The one that went wrong.
        status: Of the answer, also shown.
        title: A few words, shown as the heading.
        detail: One or two sentences: what it means, and what to do.
        headers: Beside those of every page.
    """
    return page(
        request,
        "error",
        status=status,
        headers=headers,
        number=status,
        title=title,
        detail=words.sentence(detail),
    )


def refusal_page(request: Request, error: DojangError) -> Response:
    """Return a refusal that belongs to no field of a form as a page."""
    title = words.TITLES.get(error.code) or HTTPStatus(error.status).phrase
    return error_page(request, error.status, title, words.explain(error))


def unavailable_page(request: Request, error: Unavailable) -> Response:
    """Return the page for a store or database that did not answer, with `Retry-After`."""
    return error_page(
        request,
        error.status,
        words.TITLES["unavailable"],
        words.explain(error),
        headers={"retry-after": str(error.retry_after)},
    )
