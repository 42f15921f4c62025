"""Templates to answers: every page, and every error as a page."""

from collections.abc import Mapping
from functools import cache
from http import HTTPStatus
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from dojang.errors import DojangError, Unavailable
from dojang.server.pages import assets, forms, words
from dojang.server.parts import parts_of
from dojang.session.session import Session
from dojang.words import LANGUAGES, Language, language_of, words_in

__all__ = ["error_page", "page", "refusal_page", "spoken", "unavailable_page"]

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

#: What is said in English alone, until it is translated.
_ENGLISH = {
    "account",
    "doctor",
    "frame",
    "leaving",
    "results",
    "sign_in",
    "sign_out",
    "sign_up",
}


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
    language: Language = LANGUAGES[0] if template in _ENGLISH else spoken(request)
    text = (
        _templates(language)
        .get_template(f"{template}.html")
        .render(
            site=urlsplit(parts_of(request).settings.url).netloc,
            notice=request.query_params.get("notice", ""),
            csrf=forms.token_for(request, session) if session is not None else None,
            **facts,
        )
    )
    return HTMLResponse(text, status, {**_HEADERS, **(headers or {})})


def spoken(request: Request) -> Language:
    """Return the language of whoever sent a request."""
    return language_of(request.headers.get("accept-language", ""))


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
        title: A few words, shown as the heading, in the language of `spoken`.
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
    _ = words_in(spoken(request))
    title = words.TITLES.get(error.code) or HTTPStatus(error.status).phrase
    return error_page(request, error.status, _(title), words.explain(error, _))


def unavailable_page(request: Request, error: Unavailable) -> Response:
    """Return the page for a store or database that did not answer, with `Retry-After`."""
    _, title = words_in(spoken(request)), words.TITLES["unavailable"]
    return error_page(
        request,
        error.status,
        _(title),
        words.explain(error, _),
        headers={"retry-after": str(error.retry_after)},
    )


@cache
def _templates(language: Language) -> Environment:
    made = Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
    )
    made.policies["ext.i18n.trimmed"] = True
    # What the extension adds, it does not tell of.
    install: Any = made.install_gettext_translations  # type: ignore[attr-defined]
    install(words_in(language).catalogue, newstyle=True)
    made.globals.update(asset=assets.address, language=language, notices=words.NOTICES)
    return made
