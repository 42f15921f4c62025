"""Whether a request goes with cookies at all: the check S18, and what X4 says in its words."""

from dojang.doctor import remedies
from dojang.doctor.context import Context
from dojang.doctor.finding import Case, Finding
from dojang.doctor.verdict import Remedy

__all__ = ["has_credentials", "without_credentials"]


def has_credentials(case: Case) -> Finding | None:
    """S18: a request without credentials ignores Set-Cookie."""
    if case.storing.has_credentials:
        return None
    return without_credentials(case.storing, "CREDENTIALS_MODE", "its Set-Cookie is ignored")


def without_credentials(context: Context, code: str, follows: str) -> Finding:
    """Return what is to say about a request that goes without cookies.

    Args:
        context: Of the request.
        code: What the finding is called.
        follows: What comes of it.
    """
    if context.credentials == "omit":
        why = "the request has credentials 'omit'"
    else:
        why = (
            f"the request has credentials 'same-origin'{_whence(context)}, and "
            f"{context.target.origin} is another origin than {context.pages[-1].origin}"
        )
    advice, lines = _cure(context)
    return Finding(code, f"{why}: {follows}", advice, lines)


def _whence(context: Context) -> str:
    if context.exchange.way == "image":
        return " by the page's Cross-Origin-Embedder-Policy: credentialless"
    return ""


def _cure(context: Context) -> tuple[str, tuple[Remedy, ...]]:
    cors = remedies.cors(context.pages[-1].origin)
    answer = "answer with the page's exact origin and Access-Control-Allow-Credentials: true"
    if context.exchange.way == "fetch":
        return f"ask with credentials, and {answer}", (
            *remedies.credentials(context.target.origin),
            *cors,
        )
    advice = (
        f'write crossorigin="use-credentials", and {answer}; a font never goes with cookies to '
        "another origin: serve it from the page's"
    )
    return advice, (*remedies.crossorigin(context.target.origin), *cors)
