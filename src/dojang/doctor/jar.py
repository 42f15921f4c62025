"""The jar: what a browser makes of a line that it keeps, and which of its cookies are one."""

from collections.abc import Iterable

from dojang.doctor import set_cookie
from dojang.doctor.context import Context
from dojang.doctor.engines import Engine
from dojang.doctor.set_cookie import Line
from dojang.doctor.sites import Suffixes, default_path, domain_match, is_address, path_match
from dojang.doctor.situation import Earlier, Exchange
from dojang.doctor.verdict import Kept

__all__ = ["MAX_AGE", "fill", "goes_to", "is_deletion", "is_same", "keep", "widened"]

#: Seconds, inclusive (RFC 6265bis section 5.5).
MAX_AGE = 400 * 24 * 3600


def keep(line: Line, context: Context, *, now: int) -> Kept:
    """Return the cookie as it lies in the jar, if nothing keeps it from getting there."""
    domain = widened(line, context)
    return Kept(
        name=line.name,
        domain=domain or context.target.host,
        host_only=domain is None,
        path=line.path or default_path(context.target.path),
        secure=line.secure,
        http_only=line.http_only,
        same_site=line.same_site,
        lifetime=_lifetime(line, now=now),
        partition=_partition(line, context),
    )


def widened(line: Line, context: Context) -> str | None:
    """Return the domain that the line asks for; None for this host only.

    A Domain that is the host itself, and an address or a public suffix, means this host only.
    """
    domain, host = line.domain, context.target.host
    narrow = is_address(host) or context.suffixes(host) == host
    return None if not domain or (domain == host and narrow) else domain


def is_deletion(line: Line, *, now: int) -> bool:
    """Return whether the line asks for a cookie that is over already."""
    lifetime = _lifetime(line, now=now)
    return lifetime is not None and lifetime <= 0


def is_same(one: Kept, other: Kept) -> bool:
    """Return whether the one takes the place of the other (RFC 6265bis section 5.7 step 23)."""
    return _key(one) == _key(other)


def goes_to(kept: Kept, context: Context) -> bool:
    """Return whether host, path and connection of a request are those of the cookie."""
    host, path = context.target.host, context.target.path
    at_home = host == kept.domain if kept.host_only else domain_match(host, kept.domain)
    return at_home and path_match(path, kept.path) and (context.secure or not kept.secure)


def fill(
    earlier: Iterable[Earlier], engine: Engine, suffixes: Suffixes, *, now: int
) -> tuple[Kept, ...]:
    """Return the jar that `earlier` leaves, each set by a direct visit.

    Raises:
        Unreadable: One of the URLs is none.
    """
    jar: list[Kept] = []
    for before in earlier:
        context = Context.of(Exchange(url=before.url, way="typed"), engine, suffixes)
        line = set_cookie.read(before.set_cookie, engine)
        new = keep(line, context, now=now)
        jar = [kept for kept in jar if not is_same(kept, new)]
        if not is_deletion(line, now=now):
            jar.append(new)
    return tuple(jar)


def _key(kept: Kept) -> tuple[object, ...]:
    return kept.name, kept.domain, kept.host_only, kept.path, kept.partition


def _lifetime(line: Line, *, now: int) -> int | None:
    if line.max_age is not None:
        return min(line.max_age, MAX_AGE)
    if line.expires is not None:
        return min(round((line.expires - now) / 1000), MAX_AGE)
    return None


def _partition(line: Line, context: Context) -> str | None:
    if line.partitioned:
        return context.partition
    forced = context.engine.third_party == "partitioned" and context.third_party
    return context.partition if forced else None
