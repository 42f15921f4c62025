"""Links for mails."""

from dojang.server.settings import Settings

__all__ = ["link"]


def link(settings: Settings, path: str, token: str = "") -> str:
    """Return the address of a page of ours, at the public address that was set.

    Never at the one that a request names: whoever asks for somebody's mail writes its Host header
    (CVE-2011-4139, CVE-2012-4520).

    Args:
        settings: Of the server.
        path: Of the page.
        token: Of the link, where it has one: base64url, which needs no escapes.
    """
    return f"{settings.url}{path}" + (f"?token={token}" if token else "")
