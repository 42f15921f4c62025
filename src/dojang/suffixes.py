"""The public suffix list, for the doctor."""

from functools import cache

from dojang.doctor.sites import Suffixes
from dojang.extras import extra

__all__ = ["public_suffixes"]


@cache
def public_suffixes() -> Suffixes:
    """Return the list with its private section, as the package publicsuffixlist has it.

    Raises:
        MissingExtra: It is not installed.
    """
    with extra("doctor"):
        from publicsuffixlist import PublicSuffixList  # noqa: PLC0415 - guarded
    return PublicSuffixList().publicsuffix
