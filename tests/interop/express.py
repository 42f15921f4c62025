"""Cases of express.json: signed values and the sessions of express-session."""

from typing import Any

from dojang.errors import Expired, Missing, Unknown
from dojang.wire import cookies, signed_id
from dojang.wire.cookies import Cookie
from dojang.wire.express import express_session
from dojang.wire.express.express_session import StoredCookie
from dojang.wire.js.date import http_date
from dojang.wire.js.text import utf8

Case = dict[str, Any]


def _unsign(case: Case) -> Any:
    value, _ = signed_id.unsign(case["wire"], keys=_keys(case))
    return value


def _session_read(case: Case) -> Any:
    found = cookies.values(case["cookie_header"], case["options"].get("name", "connect.sid"))
    if not found:
        raise Missing("no such cookie")
    sid, _ = signed_id.from_cookie(found[0], keys=_keys(case), canonical=False)
    stored = case["wire"]["stored"].get(sid)
    if stored is None:
        raise Unknown("no such session")
    data, cookie = express_session.decode(stored)
    if cookie.expires is not None and cookie.expires <= case["now"] * 1000:
        raise Expired("past cookie.expires")
    return data


def _sign(case: Case) -> dict[str, Any]:
    return {"wire": signed_id.sign(case["payload"], key=_keys(case)[0])}


def _session_write(case: Case) -> dict[str, Any]:
    options, sid = case["options"], case["options"]["sid"]
    given = options.get("cookie", {})
    max_age = given.get("maxAge")
    expires = None if max_age is None else case["written_at"] * 1000 + max_age
    stored = StoredCookie(
        original_max_age=max_age,
        partitioned=given.get("partitioned"),
        priority=given.get("priority"),
        expires=expires,
        secure=given.get("secure"),
        http_only=given.get("httpOnly", True),
        domain=given.get("domain"),
        path=given.get("path", "/"),
        same_site=given.get("sameSite"),
    )
    cookie = Cookie(
        name=options["name"],
        path=stored.path or "/",
        domain=stored.domain,
        secure=bool(stored.secure),
        http_only=bool(stored.http_only),
        same_site=given.get("sameSite"),
        partitioned=bool(stored.partitioned),
        priority=given.get("priority"),
    )
    value = signed_id.to_cookie(sid, key=_signer(case))
    line = cookie.set(value, expires=None if expires is None else http_date(expires))
    text = express_session.encode(case["payload"], stored)
    wire = dict(case["wire"])
    wire["cookie"] = f"{cookie.name}={value}"
    wire["stored"] = {sid: text}
    return {"wire": wire, "set_cookie": [line]}


def _signer(case: Case) -> bytes:
    # A rotated case was written before the newest secret came.
    _, index = signed_id.from_cookie(case["wire"]["cookie"].partition("=")[2], keys=_keys(case))
    return _keys(case)[index]


def _keys(case: Case) -> list[bytes]:
    secrets = case["secrets"]
    return [utf8(secret) for secret in ([secrets] if isinstance(secrets, str) else secrets)]


READERS = {"unsign": _unsign, "session_read": _session_read}
WRITERS = {"unsign": _sign, "session_read": _session_write}
