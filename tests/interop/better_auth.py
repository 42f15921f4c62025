"""Cases of better_auth.json: signed cookies, the cookie cache, and sessions in its database."""

from typing import Any

from dojang.errors import Expired, Missing, Unknown
from dojang.wire import chunks, cookies
from dojang.wire.better_auth import signed_cookie
from dojang.wire.better_auth.cache import CHUNKING, BetterAuthCache
from dojang.wire.js.date import from_iso
from dojang.wire.js.text import utf8
from tests.interop.spelling import plain_cookie

Case = dict[str, Any]


def _value(case: Case, name: str) -> str:
    found = cookies.values(case["cookie_header"], name)
    if not found:
        raise Missing("no such cookie")
    value, _ = signed_cookie.decode(found[0], keys=[utf8(case["secrets"])])
    return value


def _read(case: Case) -> Any:
    return _value(case, case["options"]["name"])


def _write(case: Case) -> dict[str, Any]:
    options = case["options"]
    text = signed_cookie.encode(case["payload"], key=utf8(case["secrets"]))
    cookie = plain_cookie(
        options["name"],
        http_only=options["httpOnly"],
        secure=options.get("secure", False),
        same_site=options.get("sameSite"),
    )
    return {"wire": text, "set_cookie": [cookie.set(text, max_age=options.get("maxAge"))]}


def _name(case: Case, cookie: str) -> str:
    options = case["options"]
    return f"{'__Secure-' if options['secure'] else ''}{options['cookie_prefix']}.{cookie}"


def _cache(case: Case) -> Any:
    cache = BetterAuthCache(case["secrets"], strategy=case["options"]["strategy"])
    name = _name(case, "session_data")
    (text,) = chunks.candidates(case["cookie_header"], name, CHUNKING)
    read = cache.read(text, now=case["now"] * 1000)
    claims = cache.decode(text, now=case["now"] * 1000).claims
    assert claims == {key: read[key] for key in claims}
    return read


def _session(case: Case) -> Any:
    token = _value(case, _name(case, "session_token"))
    kept = case["wire"]["db"]
    found = [session for session in kept["session"] if session["token"] == token]
    if not found:
        raise Unknown("no such session")
    if from_iso(found[0]["expiresAt"]) < case["now"] * 1000:
        raise Expired("its time is over")
    (user,) = [user for user in kept["user"] if user["id"] == found[0]["userId"]]
    return {"session": found[0], "user": user}


READERS = {
    "signed_cookie_read": _read,
    "cookie_cache_read": _cache,
    "get_session": _session,
}
WRITERS = {"signed_cookie_read": _write}
