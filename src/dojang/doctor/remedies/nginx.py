"""What nginx can change about a cookie on its way through."""

import re

from dojang.doctor.set_cookie import Line

__all__ = ["directives"]

_HOST = re.compile(r"[a-z0-9.-]+")


def directives(before: Line, after: Line) -> str | None:
    """Return the directives that make of `before` what `after` is, or None where none do."""
    if before.name != after.name:
        return None  # it can rename no cookie
    found = [_flags(before, after), _domain(before, after), _path(before, after)]
    return " ".join(each for each in found if each) or None


def _flags(before: Line, after: Line) -> str | None:
    flags = [
        *_flag("secure", before.secure, after.secure),
        *_flag("httponly", before.http_only, after.http_only),
    ]
    if before.same_site != after.same_site:
        flags.append(f"samesite={after.same_site}" if after.same_site else "nosamesite")
    return f"proxy_cookie_flags {after.name} {' '.join(flags)};" if flags else None


def _flag(name: str, before: object, after: object) -> list[str]:
    if bool(before) == bool(after):
        return []
    return [name if after else f"no{name}"]


def _domain(before: Line, after: Line) -> str | None:
    domain = before.domain or ""
    if domain == (after.domain or "") or not domain:
        return None
    old = domain if _HOST.fullmatch(domain) else "~.+"
    return f'proxy_cookie_domain {old} "{after.domain or ""}";'


def _path(before: Line, after: Line) -> str | None:
    # There is no word for adding an attribute, but Path may be replaced by itself and more.
    more = [
        *([f"Domain={after.domain}"] if after.domain and not before.domain else []),
        *(["Partitioned"] if after.partitioned and not before.partitioned else []),
    ]
    if not before.path or (not more and before.path == after.path):
        return None
    path = after.path or "/"
    return f'proxy_cookie_path ~.* "{"; ".join([path, *more])}";'
