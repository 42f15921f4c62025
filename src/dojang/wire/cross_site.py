"""Whether a request that changes something came from our own pages."""

from collections.abc import Collection, Mapping
from enum import Enum
from urllib.parse import urlsplit

from dojang.errors import Refused

__all__ = ["CrossSite", "UnprovenOrigin", "Verdict", "judge", "normal"]

#: Methods that change nothing (RFC 9110 section 9.2.1).
_SAFE = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})

#: What a plain form can send across sites without asking first (Fetch standard, section 2.2.2).
_FORM_TYPES = frozenset({"application/x-www-form-urlencoded", "multipart/form-data", "text/plain"})


class CrossSite(Refused):
    """The request comes from a page of another site."""

    code = "cross-site"

    def __init__(self) -> None:
        super().__init__("this request came from another site, and nothing was done")


class UnprovenOrigin(Refused):
    """Nothing says that the request does not come from a form of another site."""

    code = "unproven-origin"

    def __init__(self) -> None:
        super().__init__(
            "nothing says where this request came from: send Content-Type: application/json"
        )


class Verdict(Enum):
    """What is known about where a request came from."""

    OURS = "ours"
    FOREIGN = "foreign"
    #: No browser says anything: fine only with a token that proves the form was ours.
    NEEDS_TOKEN = "needs-token"  # noqa: S105 - a verdict


def judge(
    method: str,
    headers: Mapping[str, str],
    *,
    origins: Collection[str],
    fronts: Collection[str] = (),
) -> Verdict:
    """Return where a request came from, by `Sec-Fetch-Site`, else by `Origin`.

    With neither header the caller is no browser: fine with JSON or with no body at all, which no
    form can send; with a form's content type a token must come along.

    Args:
        method: As in the request.
        headers: Lower-case names; any values are safe to pass.
        origins: Our own, as `https://example.com`, compared exactly.
        fronts: Those of other sites that act for us, compared exactly; their `Origin` is enough.

    Source: Fetch Metadata Request Headers (W3C); RFC 6454 section 7.
    """
    if method.upper() in _SAFE:
        return Verdict.OURS
    site, origin = headers.get("sec-fetch-site"), headers.get("origin")
    if origin is not None and _is_one_of(origin, fronts):
        return Verdict.OURS
    if site is not None:
        return Verdict.OURS if site in {"same-origin", "none"} else Verdict.FOREIGN
    if origin is not None:
        return Verdict.OURS if _is_one_of(origin, origins) else Verdict.FOREIGN
    media_type = headers.get("content-type", "").partition(";")[0].strip().lower()
    return Verdict.NEEDS_TOKEN if media_type in _FORM_TYPES else Verdict.OURS


def _is_one_of(origin: str, known: Collection[str]) -> bool:
    return normal(origin) in {normal(one) for one in known} - {""}


def normal(origin: str) -> str:
    """Return an origin with its port, in lower case; nothing for what is none."""
    try:
        parts = urlsplit(origin)
        port = parts.port
    except ValueError:
        return ""
    default = {"http": 80, "https": 443}.get(parts.scheme)
    host = (parts.hostname or "").lower()
    return f"{parts.scheme}://{host}:{port or default}" if parts.netloc and host else ""
