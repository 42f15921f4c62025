"""Cases of nextauth_v4.json and authjs_v5.json: tokens, their cookies, and what `/session` says."""

from dataclasses import dataclass
from typing import Any

from dojang.wire.authjs import get_token as requests
from dojang.wire.authjs.auth_js import AuthJsToken
from dojang.wire.authjs.claims import DEFAULT_MAX_AGE
from dojang.wire.authjs.cookies import auth_js_cookie, next_auth_cookie
from dojang.wire.authjs.encrypted_token import EncryptedToken
from dojang.wire.authjs.next_auth import NextAuthToken
from dojang.wire.cookies import Cookie
from dojang.wire.js.date import to_iso

Case = dict[str, Any]


@dataclass
class Request:
    headers: dict[str, str]


def is_version_4(case: Case) -> bool:
    return bool(case["library"] == "next-auth")


def tokens_of(case: Case) -> EncryptedToken:
    options = case["options"]
    if is_version_4(case):
        return NextAuthToken(case["secrets"], salt=options.get("salt", ""))
    return AuthJsToken(case["secrets"], salt=options["salt"])


def cookie_of(case: Case) -> Cookie:
    options = case["options"]
    https = options.get("secure_cookie", options["name"].startswith("__Secure-"))
    usual = next_auth_cookie(https=https) if is_version_4(case) else auth_js_cookie(https=https)
    return usual.renamed(options["name"])


def _decode(case: Case) -> Any:
    return tokens_of(case).read(case["wire"], now=case["now"] * 1000)


def _read_cookie(case: Case) -> Any:
    request = Request({"cookie": case["cookie_header"]})
    return requests.get_token(request, tokens_of(case), cookie_of(case), now=case["now"] * 1000)


def _auth_session(case: Case) -> Any:
    token = _read_cookie(case)
    return {
        "user": {"name": token["name"], "email": token["email"], "image": token["picture"]},
        "expires": to_iso((case["now"] + DEFAULT_MAX_AGE) * 1000),
    }


READERS = {"decode": _decode, "read_cookie": _read_cookie, "auth_session": _auth_session}
