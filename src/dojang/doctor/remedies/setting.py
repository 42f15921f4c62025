"""Setting a cookie otherwise, and deleting it."""

from dataclasses import replace
from typing import Any

from dojang.doctor.prescription import prescribe
from dojang.doctor.remedies.nginx import directives
from dojang.doctor.set_cookie import Line
from dojang.doctor.verdict import Kept, Remedy

__all__ = ["attributes", "deletion", "lifetime"]


def attributes(line: Line, **changes: Any) -> tuple[Remedy, ...]:
    """Return how to set the cookie of `line` with other attributes."""
    cookie = prescribe(line, **changes)
    remedies = (Remedy("dojang", _dojang(cookie.name, cookie)), *_setters(cookie, None))
    changed = directives(line, cookie)
    return (*remedies, Remedy("nginx", changed)) if changed else remedies


def lifetime(line: Line, seconds: int) -> tuple[Remedy, ...]:
    """Return how to set the cookie of `line` for `seconds`."""
    return (
        Remedy("dojang", f"Lifetime(absolute={seconds}, idle={seconds})"),
        *_setters(prescribe(line), seconds),
    )


def deletion(line: Line, kept: Kept) -> tuple[Remedy, ...]:
    """Return how to delete `kept`, a cookie of the name of `line`, which lies elsewhere."""
    domain = None if kept.host_only else kept.domain
    # Whoever deletes a Secure cookie has to be as secure, whatever the line says.
    there = prescribe(line, domain=domain, path=kept.path, secure=kept.secure or line.secure)
    name, python = there.name, _deleting(there)
    told = "".join(
        [
            f"; Path={there.path or '/'}",
            *_if(domain, f"; Domain={domain}"),
            *_if(there.secure, "; Secure"),
        ]
    )
    return (
        Remedy("dojang", f'headers = [("set-cookie", {_dojang(name, there)}.delete())]'),
        Remedy("Express", f'res.clearCookie("{name}", {{ {_express_options(there)} }});'),
        Remedy("Django", f'response.set_cookie("{name}", "", max_age=0, {python})'),
        Remedy("Flask", f'response.delete_cookie("{name}", {python})'),
        Remedy("Starlette", f'response.delete_cookie("{name}", {python})'),
        Remedy("nginx", f'add_header Set-Cookie "{name}=; Max-Age=0{told}" always;'),
    )


def _setters(cookie: Line, life: int | None) -> tuple[Remedy, ...]:
    return (
        Remedy("Express", _express(cookie.name, cookie, life)),
        Remedy("Django", _django(cookie.name, cookie, life)),
        Remedy("Flask", _python(cookie.name, cookie, life)),
        Remedy("Starlette", _python(cookie.name, cookie, life)),
    )


def _express_options(cookie: Line) -> str:
    return ", ".join(
        [
            f'path: "{cookie.path or "/"}"',
            *_if(cookie.domain, f'domain: "{cookie.domain}"'),
            f"secure: {'true' if cookie.secure else 'false'}",
            *_if(cookie.partitioned, "partitioned: true"),
        ]
    )


def _deleting(cookie: Line) -> str:
    return ", ".join(
        [
            f'path="{cookie.path or "/"}"',
            *_if(cookie.domain, f'domain="{cookie.domain}"'),
            f"secure={cookie.secure}",
        ]
    )


def _dojang(name: str, cookie: Line) -> str:
    options = [
        f'name="{name}"',
        *_if(cookie.domain, f'domain="{cookie.domain}"'),
        *_if(cookie.path not in {None, "/"}, f'path="{cookie.path}"'),
        *_if(not cookie.secure, "secure=False"),
        *_if(not cookie.http_only, "http_only=False"),
        *_if(cookie.same_site != "lax", f"same_site={_quoted(cookie.same_site)}"),
        *_if(cookie.partitioned, "partitioned=True"),
    ]
    return f"Cookie({', '.join(options)})"


def _django(name: str, cookie: Line, life: int | None) -> str:
    if not cookie.partitioned:
        return _python(name, cookie, life)
    plain = _python(name, replace(cookie, partitioned=False), life)
    return f'{plain}; response.cookies["{name}"]["partitioned"] = True  # Python 3.14 on'


def _express(name: str, cookie: Line, life: int | None) -> str:
    options = [
        *_if(life, f"maxAge: {(life or 0) * 1000}"),
        f'path: "{cookie.path or "/"}"',
        *_if(cookie.domain, f'domain: "{cookie.domain}"'),
        *_if(cookie.http_only, "httpOnly: true"),
        f"secure: {'true' if cookie.secure else 'false'}",
        *_if(cookie.same_site, f'sameSite: "{cookie.same_site}"'),
        *_if(cookie.partitioned, "partitioned: true"),
    ]
    return f'res.cookie("{name}", value, {{ {", ".join(options)} }});'


def _python(name: str, cookie: Line, life: int | None) -> str:
    options = [
        *_if(life, f"max_age={life}"),
        f'path="{cookie.path or "/"}"',
        *_if(cookie.domain, f'domain="{cookie.domain}"'),
        f"secure={cookie.secure}",
        f"httponly={cookie.http_only}",
        f"samesite={_quoted(cookie.same_site)}",
        *_if(cookie.partitioned, "partitioned=True"),
    ]
    return f'response.set_cookie("{name}", value, {", ".join(options)})'


def _if(wanted: object, text: str) -> list[str]:
    return [text] if wanted else []


def _quoted(text: str | None) -> str:
    return "None" if text is None else f'"{text}"'
