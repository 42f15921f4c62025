"""Cases of express.json: signed values, cookies, and the sessions of express-session."""

from typing import Any

from dojang.errors import Expired, Malformed, Missing, Unknown
from dojang.wire import cookies, signed_id
from dojang.wire.cookies import Cookie
from dojang.wire.express import cookie_parser, express_session
from dojang.wire.express.express_session import StoredCookie
from dojang.wire.js.date import http_date
from dojang.wire.js.text import utf8

Case = dict[str, Any]


def _unsign(case: Case) -> Any:
    value, _ = signed_id.unsign(case["wire"], keys=_keys(case))
    return value


def _sign(case: Case) -> dict[str, Any]:
    return {"wire": signed_id.sign(case["payload"], key=_keys(case)[0])}


def _parse_cookie(case: Case) -> Any:
    read = cookie_parser.read(case["cookie_header"], keys=_keys(case))
    name = case["options"].get("name", "tok")
    if name in read.rejected:
        raise read.rejected[name]
    among = read.signed if case["options"].get("signed") else read.plain
    if name not in among:
        raise Malformed("not signed")
    return among[name]


def _res_cookie(case: Case) -> dict[str, Any]:
    options = case["options"]
    max_age = options.get("maxAge")
    expires = options.get("expires", {}).get("$date")
    if max_age is not None:
        expires = case["written_at"] * 1000 + max_age
    cookie = attributes(options)
    key = _keys(case)[0] if options.get("signed") else None
    value = cookie_parser.encode(case["payload"], key=key)
    line = cookie.set(
        value,
        max_age=None if max_age is None else max_age // 1000,
        expires=None if expires is None else http_date(expires),
    )
    return {"wire": value, "set_cookie": [line]}


def attributes(options: dict[str, Any], path: str | None = "/") -> Cookie:
    """Return the cookie that the options of Node's libraries describe."""
    same_site = options.get("sameSite")
    return Cookie(
        name=options["name"],
        path=options.get("path", path),
        domain=options.get("domain"),
        secure=bool(options.get("secure")),
        http_only=bool(options.get("httpOnly")),
        same_site="strict" if same_site is True else same_site,
        partitioned=bool(options.get("partitioned")),
        priority=options.get("priority"),
    )


def session_id(case: Case) -> str:
    """Return the id that the request's cookie carries."""
    found = cookies.values(case["cookie_header"], case["options"].get("name", "connect.sid"))
    if not found:
        raise Missing("no such cookie")
    sid, _ = signed_id.from_cookie(found[0], keys=_keys(case), canonical=False)
    return sid


def _session_read(case: Case) -> Any:
    stored = case["wire"]["stored"].get(session_id(case))
    if stored is None:
        raise Unknown("no such session")
    data, cookie = express_session.decode(stored)
    if cookie.expires is not None and cookie.expires <= case["now"] * 1000:
        raise Expired("past cookie.expires")
    return data


def _session_write(case: Case) -> dict[str, Any]:
    stored, line = new_session(case)
    text = express_session.encode(case["payload"], stored)
    wire = {**case["wire"], "cookie": line.partition(";")[0]}
    if case["expect"] != "not_found":  # there, the store is somebody else's
        wire["stored"] = {case["options"]["sid"]: text}
    return {"wire": wire, "set_cookie": [line]}


def new_session(case: Case) -> tuple[StoredCookie, str]:
    """Return the cookie of a session written at that time, as stored and as sent."""
    options, given = case["options"], case["options"].get("cookie", {})
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
    cookie = attributes({"httpOnly": True, **given, "name": options.get("name", "connect.sid")})
    value = signed_id.to_cookie(options["sid"], key=_signer(case))
    return stored, cookie.set(value, expires=None if expires is None else http_date(expires))


def _signer(case: Case) -> bytes:
    # A rotated case was written before the newest secret came.
    _, index = signed_id.from_cookie(case["wire"]["cookie"].partition("=")[2], keys=_keys(case))
    return _keys(case)[index]


def _keys(case: Case) -> list[bytes]:
    secrets = case["secrets"]
    return [utf8(secret) for secret in ([secrets] if isinstance(secrets, str) else secrets)]


READERS = {"unsign": _unsign, "parse_cookie": _parse_cookie, "session_read": _session_read}
WRITERS = {"unsign": _sign, "parse_cookie": _res_cookie, "session_read": _session_write}
