"""What somebody showed to sign in, as RFC 8176 has it.

`pwd` a password, `otp` the code of an authenticator, `mfa` two of different kinds. The RFC has no
words for three more: `fed` a provider, `email` what was mailed, `recovery` a recovery code.
"""

__all__ = ["anew", "shows_second", "together"]

#: What somebody has, beside what they know or who knows them.
_SECOND = frozenset({"otp", "recovery"})

#: What somebody knows, or who knows them: whoever has a session has shown it, however long ago.
_FIRST = frozenset({"pwd", "fed", "email"})


def together(before: tuple[str, ...], *shown: str) -> tuple[str, ...]:
    """Return what was shown in all, each once and in order; `mfa` last, where it is of two kinds.

    Args:
        before: What was shown until now.
        shown: What was shown after it.
    """
    every = tuple(dict.fromkeys(method for method in (*before, *shown) if method != "mfa"))
    kinds = {method in _SECOND for method in every}
    return (*every, "mfa") if len(kinds) > 1 else every


def anew(before: tuple[str, ...], *shown: str) -> tuple[str, ...]:
    """Return what counts once somebody proved it again: first factors, and what they showed now.

    A code of hours ago does not stand beside the time of a password of now.

    Args:
        before: What counted until now.
        shown: What was shown now.
    """
    return together(tuple(method for method in before if method in _FIRST), *shown)


def shows_second(methods: tuple[str, ...]) -> bool:
    """Return whether a second factor is among what was shown."""
    return not _SECOND.isdisjoint(methods)
