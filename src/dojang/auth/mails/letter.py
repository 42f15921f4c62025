"""The form that all mails have."""

from collections.abc import Sequence
from urllib.parse import urlsplit

from dojang.auth.mail import Mail

__all__ = ["letter", "site_of"]


def letter(*, to: str, subject: str, url: str, paragraphs: Sequence[str]) -> Mail:
    """Return a mail of paragraphs, each of one line, with the address of the site below.

    Args:
        to: An address, as in `User.email`.
        subject: On one line.
        url: The public address of the site.
        paragraphs: Any text is safe to pass: what would end a line is a blank.
    """
    lines = [" ".join(paragraph.split()) for paragraph in paragraphs]
    return Mail(to=to, subject=subject, text="\n\n".join([*lines, f"-- \n{url}"]) + "\n")


def site_of(url: str) -> str:
    """Return what a site is called: its host, and its port where that is unusual."""
    return urlsplit(url).netloc
