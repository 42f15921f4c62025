"""What an application gives an adapter is looked at when it comes, not at the first request."""

from dojang.errors import Misuse
from dojang.sessions import Sessions

__all__ = ["check_function", "check_sessions"]


def check_sessions(given: object) -> None:
    """Refuse what is not `Sessions`.

    Raises:
        Misuse: It is not.
    """
    if not isinstance(given, Sessions):
        raise Misuse(
            f"sessions is Sessions(...) or Sessions.from_url(url, secret=...), and not "
            f"{'None' if given is None else f'a {type(given).__name__}'}"
        )


def check_function(name: str, given: object) -> None:
    """Refuse what cannot be called and is not left out.

    Raises:
        Misuse: It is neither.
    """
    if given is not None and not callable(given):
        raise Misuse(f"{name} is a function, and not a {type(given).__name__}")
