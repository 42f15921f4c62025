"""What the pages say that is not in a template: errors and notices, by their codes."""

from collections.abc import Callable
from typing import Any

from dojang.auth.errors import duration
from dojang.errors import DojangError

__all__ = ["NOTICES", "OLD_PASSWORD", "TITLES", "explain", "sentence"]

#: What `?notice=` may say; anything else says nothing.
NOTICES = {
    "signed-out": "You are signed out.",
    "over": "Your session is over. Please sign in again.",
    "one-ended": "That device is signed out.",
    "others-ended": "All other devices are signed out.",
    "linked": "From now on you can sign in with it as well.",
    "unlinked": "It does not open your account any more.",
    "password-changed": "Your password is changed, and all other devices are signed out.",
}

#: Said of the proof where whoever is signed in asks for another password.
OLD_PASSWORD = "This is not the password of this account."  # noqa: S105 - a sentence

#: Headings of error pages.
TITLES = {
    "unavailable": "We will be right back",
    "csrf": "This form has gone stale",
    "last-way-in": "This is your only way in",
    "no-origin": "We could not tell where this form came from",
}

#: Where the page has better words than the error, which speaks to programs as well.
_EXPLANATIONS: dict[str, Callable[[Any], str]] = {
    "invalid-credentials": lambda _: "This name and this password do not open an account.",
    "already-taken": lambda error: (
        "There is an account with this "
        f"{'e-mail address' if error.field == 'email' else 'user name'} already."
    ),
    "too-many-attempts": lambda error: (
        f"That was tried too often. Please try again in {duration(error.retry_after)}."
    ),
    "too-busy": lambda _: "Many people are at the door just now. Please try again in a second.",
    "too-many-sessions": lambda error: (
        f"This account is signed in on {_places(error.limit)}, which is as many as it may be. "
        "Sign out there first."
    ),
    "unavailable": lambda _: (
        "We cannot look anything up at the moment. Nothing is lost and nobody was signed out; "
        "please try again shortly."
    ),
    "last-way-in": lambda _: (
        "Nothing else opens your account, so this was left as it is. Link another provider first."
    ),
    "csrf": lambda _: (
        "It was made before you signed in or out. Nothing was done. Go back, reload the page, "
        "and send it again."
    ),
}


def explain(error: DojangError) -> str:
    """Return what went wrong in words for the person, with what to do about it."""
    explanation = _EXPLANATIONS.get(error.code)
    return explanation(error) if explanation else sentence(str(error))


def sentence(text: str) -> str:
    """Return `text` with a capital in front and a full stop behind.

    Args:
        text: A clause, as errors of the floors below are.
    """
    return f"{text[:1].upper()}{text[1:]}" + ("" if text.endswith((".", "?", "!")) else ".")


def _places(count: int) -> str:
    return "one device" if count == 1 else f"{count} devices"
