"""Whether a request that changes something came from our own pages."""

from collections.abc import Collection, Mapping
from enum import Enum
from urllib.parse import urlsplit

__all__ = ["Verdict", "judge"]

#: Methods that change nothing (RFC 9110 section 9.2.1).
_SAFE = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})

#: What a plain form can send across sites without asking first (Fetch standard, section 2.2.2).
_FORM_TYPES = frozenset({"application/x-www-form-urlencoded", "multipart/form-data", "text/plain"})


class Verdict(Enum):
    """What is known about where a request came from."""

    OURS = "ours"
    FOREIGN = "foreign"
    #: No browser says anything: fine only with a token that proves the form was ours.
    NEEDS_TOKEN = "needs-token"  # noqa: S105 - a verdict


def judge(method: str, headers: Mapping[str, str], *, origins: Collection[str]) -> Verdict:
    """Return where a request came from, by `Sec-Fetch-Site`, else by `Origin`.

    With neither header the caller is no browser: fine with JSON or with no body at all, which no
    form can send; with a form's content type a token must come along.

    Args:
        method: As in the request.
        headers: Lower-case names; any values are safe to pass.
        origins: Our own, as `https://example.com`, compared exactly.

    Source: Fetch Metadata Request Headers (W3C); RFC 6454 section 7.
    """
    if method.upper() in _SAFE:
        return Verdict.OURS
    site = headers.get("sec-fetch-site")
    if site is not None:
        return Verdict.OURS if site in {"same-origin", "none"} else Verdict.FOREIGN
    origin = headers.get("origin")
    if origin is not None:
        ours = {_normal(known) for known in origins} - {""}
        return Verdict.OURS if _normal(origin) in ours else Verdict.FOREIGN
    media_type = headers.get("content-type", "").partition(";")[0].strip().lower()
    return Verdict.NEEDS_TOKEN if media_type in _FORM_TYPES else Verdict.OURS


def _normal(origin: str) -> str:
    try:
        parts = urlsplit(origin)
        port = parts.port
    except ValueError:
        return ""
    default = {"http": 80, "https": 443}.get(parts.scheme)
    host = (parts.hostname or "").lower()
    return f"{parts.scheme}://{host}:{port or default}" if parts.netloc and host else ""
