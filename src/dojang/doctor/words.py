"""Turns of phrase that several checks share."""

from dojang.doctor.set_cookie import SameSite

__all__ = ["attribute", "shown"]

#: Characters of somebody else's text, inclusive.
_LONGEST = 60


def shown(text: str) -> str:
    """Return `text`, an attribute and never a value, no longer than a line can bear."""
    printable = "".join(
        char if char.isprintable() else "\N{REPLACEMENT CHARACTER}" for char in text
    )
    return printable if len(printable) <= _LONGEST else f"{printable[:_LONGEST]}..."


def attribute(same_site: SameSite | None) -> str:
    """Return SameSite in words, for an engine whose default is Lax."""
    if same_site is None:
        return "without SameSite, which means Lax"
    return f"SameSite={same_site.capitalize()}"
