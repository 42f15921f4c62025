"""Passwords that everybody tries first."""

from functools import lru_cache

__all__ = ["is_common"]


def is_common(folded: str) -> bool:
    """Whether `folded` is a well-known password, or a common word or name by itself.

    Args:
        folded: The password, case-folded.

    Source: the frequency lists of zxcvbn (30,000 leaked passwords; words, names, surnames).
    """
    return folded in _words()


@lru_cache(maxsize=1)
def _words() -> frozenset[str]:
    # Imported late: 94,000 words take 0.1 s, and only sign-ups need them.
    from zxcvbn.frequency_lists import FREQUENCY_LISTS  # noqa: PLC0415 - see above

    return frozenset(word.casefold() for words in FREQUENCY_LISTS.values() for word in words)
