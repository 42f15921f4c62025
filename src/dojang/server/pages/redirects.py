"""Where a visitor is sent on to: always a page of our own."""

from starlette.responses import RedirectResponse

from dojang.wire import local_path as paths

__all__ = ["HOME", "local_path", "see"]

HOME = "/account"


def local_path(text: str) -> str:
    """Return `text` if it is a path of this origin that everybody reads alike, else `HOME`.

    Args:
        text: Of a query or a form, decoded once; any text is safe to pass.
    """
    return paths.local_path(text, home=HOME)


def see(path: str) -> RedirectResponse:
    """Return an answer that makes the browser get `path`, whatever it sent before.

    Args:
        path: Our own, or as `local_path` returned it.

    Source: RFC 9110 section 15.4.4; never 307, which would send a password on (RFC 9700 4.12).
    """
    return RedirectResponse(path, 303, {"cache-control": "no-store"})
