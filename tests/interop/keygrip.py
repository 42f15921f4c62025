"""Cases of keygrip.json and koa_session.json: a cookie, and the cookie that signs it."""

from typing import Any

from dojang.errors import Missing, Unknown
from dojang.wire import chunks
from dojang.wire.js.date import http_date
from dojang.wire.js.text import utf8
from dojang.wire.keygrip import body, koa_session, signature
from dojang.wire.keygrip.cookie_session import CookieSession
from dojang.wire.keygrip.koa_session import KoaSession
from dojang.wire.keygrip.pair import Pair, SignedPair
from tests.interop.spelling import lowered, plain_cookie, respelled
from tests.interop.values import plain

Case = dict[str, Any]

PAIR = Pair()
_DAY = 24 * 3600 * 1000
_ORDER = ["path", "expires", "domain", "priority", "samesite", "secure", "httponly", "partitioned"]


def _made_with(case: Case) -> dict[str, Any]:
    named = ("algorithm", "encoding")
    return {name: case["options"][name] for name in named if name in case["options"]}


def _verify(case: Case) -> int:
    keys = [utf8(secret) for secret in case["secrets"]]
    return signature.verify(case["payload"], case["wire"], keys=keys, **_made_with(case))


def _sign(case: Case) -> dict[str, Any]:
    key = utf8(case["secrets"][0])
    return {"wire": signature.sign(case["payload"], key=key, **_made_with(case))}


def _name(case: Case, usual: str) -> str:
    options = case["options"]
    return str(options.get("key") or options.get("name") or usual)


def _text(case: Case, name: str) -> str:
    """Return the value in the request, and behind a dot what signs it."""
    found = chunks.candidates(case["cookie_header"], name, PAIR)
    if not found:
        raise Missing("no such cookie")
    return found[0]


def _signer(case: Case) -> SignedPair:
    name = _name(case, "session")
    return SignedPair(case["secrets"], name=name, **_made_with(case))


def _get(case: Case) -> Any:
    signer = _signer(case)
    value, newest = signer.unsign(_text(case, signer.name))
    if newest:
        return value
    line = plain_cookie(f"{signer.name}.sig", http_only=True).set(
        PAIR.cut(signer.name, signer.sign(value), 0)[f"{signer.name}.sig"]
    )
    return {"value": value, "set_cookie": [respelled(line, _ORDER, lowered)]}


def _set(case: Case) -> dict[str, Any]:
    return _written(case, _signer(case).sign(case["payload"]), None)


def _session_read(case: Case) -> Any:
    name = _name(case, "session")
    text = _text(case, name)
    if case["options"].get("signed") is False:
        return body.decode(text)
    return CookieSession(case["secrets"], name=name).decode(text, now=0).claims


def _session_write(case: Case) -> dict[str, Any]:
    name, session = _name(case, "session"), plain(case["payload"])
    if case["options"].get("signed") is False:
        return _written(case, body.encode(session), None)
    text = CookieSession(case["secrets"], name=name).encode(session, expires=None, now=0)
    return _written(case, text, case["options"].get("maxAge"))


def _koa(case: Case) -> KoaSession:
    return KoaSession(case["secrets"], name=_name(case, "koa.sess"), **_made_with(case))


def _koa_read(case: Case) -> Any:
    now = case["now"] * 1000
    text = _text(case, _name(case, "koa.sess"))
    if "sid" in case["options"]:
        sid, _ = _signer(case).unsign(text)
        if sid not in case["wire"]["stored"]:
            raise Unknown("no such session")
        return koa_session.split(case["wire"]["stored"][sid], now=now)[0]
    if case["options"].get("signed") is False:
        return koa_session.split(body.decode(text), now=now)[0]
    return _koa(case).decode(text, now=now).claims


def _koa_write(case: Case) -> dict[str, Any]:
    options, now, session = case["options"], case["written_at"] * 1000, plain(case["payload"])
    life = options.get("maxAge", _DAY)
    expires = None if life == "session" else now + life
    given = life if "maxAge" in options and life != "session" else None
    kept = koa_session.join(session, expires=expires, now=now)
    if "sid" in options:
        written = _written(case, _signer(case).sign(options["sid"]), given)
        ttl = {options["sid"]: life + 10_000}
        stored = {"stored": {options["sid"]: kept}, "store_ttl_ms": ttl}
        return {**written, "wire": {"cookie": written["wire"], **stored}}
    if options.get("signed") is False:
        return _written(case, body.encode(kept), given)
    return _written(case, _koa(case).encode(session, expires=expires, now=now), given)


def _written(case: Case, text: str, max_age: int | None) -> dict[str, Any]:
    """Return the cookies that carry `text`, as the request brings them and the answer sets them."""
    options = case["options"]
    name = _name(case, "koa.sess" if case["library"] == "koa-session" else "session")
    signed = options.get("signed") is not False
    values = PAIR.cut(name, text, 0) if signed else {name: text}
    max_age = options.get("maxAge") if max_age is None else max_age
    expires = http_date(case["written_at"] * 1000 + max_age) if isinstance(max_age, int) else None
    lines = []
    for each, value in values.items():
        cookie = plain_cookie(
            each,
            path=options.get("path", "/"),
            domain=options.get("domain", "").removeprefix(".") or None,
            secure=options.get("secure", False),
            http_only=options.get("httpOnly", True),
            same_site=options.get("sameSite"),
            partitioned=options.get("partitioned", False),
            priority=options.get("priority"),
        )
        line = respelled(cookie.set("", expires=expires), _ORDER, lowered)
        if options.get("domain", "").startswith("."):  # which browsers ignore
            line = line.replace("domain=", "domain=.")
        lines.append(line.replace(f"{each}=", f"{each}={value}", 1))
    return {
        "wire": "; ".join(f"{each}={value}" for each, value in values.items()),
        "set_cookie": lines,
    }


READERS = {
    "keygrip_verify": _verify,
    "cookies_get": _get,
    "cookie_session_read": _session_read,
    "koa_session_read": _koa_read,
}
WRITERS = {
    "keygrip_verify": _sign,
    "cookies_get": _set,
    "cookie_session_read": _session_write,
    "koa_session_read": _koa_write,
}
