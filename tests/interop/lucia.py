"""Cases of lucia.json: an id in a cookie, and the session that a database has for it."""

from typing import Any

from dojang.errors import Expired, Malformed, Unknown
from dojang.wire import cookies, lucia
from dojang.wire.cookies import Cookie
from dojang.wire.js.date import from_iso, to_iso
from tests.interop.spelling import plain_cookie, respelled

Case = dict[str, Any]

_DAY = 24 * 3600
_ORDER = ["domain", "expires", "httponly", "max-age", "path", "samesite", "secure"]


def _cookie(case: Case) -> Cookie:
    options = case["options"].get("sessionCookie", {})
    attributes = options.get("attributes", {})
    return plain_cookie(
        options.get("name", "auth_session"),
        http_only=True,
        secure=attributes.get("secure", True),
        same_site=attributes.get("sameSite", "lax"),
        path=attributes.get("path", "/"),
        domain=attributes.get("domain"),
    )


def _life(case: Case) -> int:
    return int(case["options"].get("sessionExpiresIn", 30 * _DAY))


def _read(case: Case) -> Any:
    now = case["now"] * 1000
    found = cookies.values(case["cookie_header"], _cookie(case).name)
    if not found:
        raise Malformed("no such cookie")
    id = lucia.decode(found[0])
    kept = {session["id"]: session for session in case["wire"]["db"]["sessions"]}
    if id not in kept:
        raise Unknown("no such session")
    expires = from_iso(kept[id]["expiresAt"])
    if expires <= now:
        raise Expired("its time is over")
    life = _life(case) * 1000
    renewed = now >= expires - life // 2
    ends = now + life if renewed else expires
    user = kept[id]["userId"]
    return {"id": id, "userId": user, "fresh": renewed, "expiresAt": to_iso(ends)}


def _write(case: Case) -> dict[str, Any]:
    lasting = case["options"].get("sessionCookie", {}).get("expires", True)
    id, cookie = case["payload"]["session_id"], _cookie(case)
    text = lucia.encode(id)
    row = {
        "id": id,
        "userId": case["payload"]["user_id"],
        "expiresAt": to_iso((case["written_at"] + _life(case)) * 1000),
        "attributes": {},
    }
    line = cookie.set(text, max_age=_life(case) if lasting else 400 * _DAY)
    return {
        "wire": {"cookie": f"{cookie.name}={text}", "db": {"sessions": [row]}},
        "set_cookie": [respelled(line, _ORDER)],
    }


def _blank(case: Case) -> dict[str, Any]:
    return {"set_cookie": [respelled(_cookie(case).delete(), _ORDER)]}


def _write_blank(case: Case) -> dict[str, Any]:
    lines = _blank(case)
    return {**lines, "wire": lines["set_cookie"][0]}


READERS = {"lucia_read": _read, "lucia_blank": _blank}
WRITERS = {"lucia_read": _write, "lucia_blank": _write_blank}
