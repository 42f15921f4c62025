"""The jar: what a browser makes of a line that it keeps, and which of its cookies are one."""

from dojang.doctor.context import Context
from dojang.doctor.set_cookie import Line
from dojang.doctor.sites import default_path, domain_match, is_address, path_match
from dojang.doctor.verdict import Kept

__all__ = ["MAX_AGE", "asked_life", "goes_to", "is_same", "keep", "longest", "widened"]

#: Seconds, inclusive (RFC 6265bis section 5.5).
MAX_AGE = 400 * 24 * 3600


def keep(line: Line, context: Context, *, now: int) -> Kept:
    """Return the cookie as it lies in the jar, if nothing keeps it from getting there."""
    domain, life = widened(line, context), asked_life(line, now=now)
    return Kept(
        name=line.name,
        domain=domain or context.target.host,
        host_only=domain is None,
        path=line.path or default_path(context.target.path),
        secure=line.secure,
        http_only=line.http_only,
        same_site=line.same_site,
        lifetime=None if life is None else min(life, longest(context)),
        partition=_partition(line, context),
    )


def widened(line: Line, context: Context) -> str | None:
    """Return the domain that the line asks for; None for this host only.

    A Domain that is the host itself, and an address or a public suffix, means this host only.
    """
    domain, host = line.domain, context.target.host
    narrow = is_address(host) or context.suffixes(host) == host
    return None if not domain or (domain == host and narrow) else domain


def asked_life(line: Line, *, now: int) -> int | None:
    """Return the seconds for which the line asks, or None until the browser ends."""
    if line.max_age is not None:
        return line.max_age
    return None if line.expires is None else round((line.expires - now) / 1000)


def is_same(one: Kept, other: Kept) -> bool:
    """Return whether the one takes the place of the other (RFC 6265bis section 5.7 step 23)."""
    return _key(one) == _key(other)


def goes_to(kept: Kept, context: Context) -> bool:
    """Return whether host, path and connection of a request are those of the cookie."""
    host, path = context.target.host, context.target.path
    at_home = host == kept.domain if kept.host_only else domain_match(host, kept.domain)
    return at_home and path_match(path, kept.path) and (context.secure or not kept.secure)


def _key(kept: Kept) -> tuple[object, ...]:
    return kept.name, kept.domain, kept.host_only, kept.path, kept.partition


def longest(context: Context) -> int:
    """Return the seconds beyond which no cookie lives that arrives so."""
    by_script = context.engine.script_life if context.exchange.way == "script" else None
    return MAX_AGE if by_script is None else by_script


def _partition(line: Line, context: Context) -> str | None:
    if line.partitioned and context.engine.partitions:
        return context.partition
    forced = context.engine.third_party == "partitioned" and context.third_party
    return context.partition if forced else None
