"""What tests of next-auth and Auth.js share."""

import json
from dataclasses import dataclass, field
from typing import Any

from dojang.wire.authjs.auth_js import AuthJsToken
from dojang.wire.authjs.encrypted_token import EncryptedToken
from dojang.wire.authjs.next_auth import NextAuthToken
from tests.interop.__main__ import OWN

SECRET = "correct horse battery staple, and more"
OTHER = SECRET[::-1]
SALT = "__Secure-authjs.session-token"
NOW = 1_767_225_600_000
ADA = {"name": "Ada", "email": "ada@example.com", "picture": None, "sub": "1"}

#: Made by both libraries' own code with a constant IV.
CLAIMS = {
    "sub": "1",
    "name": "A",
    "iat": 1_700_000_000,
    "exp": 4_100_000_000,
    "jti": "00000000-0000-4000-8000-000000000000",
}
PUBLISHED_NEXT_AUTH = (
    "eyJhbGciOiJkaXIiLCJlbmMiOiJBMjU2R0NNIn0..AAAAAAAAAAAAAAAA."
    "u9sPv6FFPS5Ftx_mb5pTjwhz1iM2OBzikULodhmgAxoVhh5hMhLB9kT3YUS6Zfp0QmgSFP_HCbC5UKoNRMdlHLorTWjZ"
    "5jsTXQtgHHvaYQEH44clMTZm6WzQhaUJp9K2o5Gzhp4.SFW5XMOywPHF8CQK3QNi4g"
)
PUBLISHED_AUTH_JS = (
    "eyJhbGciOiJkaXIiLCJlbmMiOiJBMjU2Q0JDLUhTNTEyIiwia2lkIjoiN3g5RFVNVmFFVTZnaWFiMGwwT1dEdDRlNFNz"
    "UkhfY2J3TW9mMkV6RXl5Nm9uSzVvOHhTUFBCNzk5UlZvcW0ydjZ6Njc0a1FDdjlqb20yVDhTLWExZFEifQ.."
    "AAAAAAAAAAAAAAAAAAAAAA."
    "a3Sng6tCQgUJgYuTLqKle-Fq8fvkVpKduZfzPuCEYdms30u9Po_svaLlymWFfO6fjqtsSKtNSLHu0r4oxc4l3YlRYCl0"
    "E_3WutBeuemRKz_6EvxTJ9yBI9DaheqU3pC1n4qdfCUHV6hD9HYArhhVdA."
    "OHT63Ubilg5PagT9cMebsHBVxHOEoDUZBTRYjJudMo8"
)


@dataclass
class Request:
    headers: dict[str, str] = field(default_factory=dict)


def both() -> list[EncryptedToken]:
    """Return a reader and writer of each version."""
    return [NextAuthToken(SECRET), AuthJsToken(SECRET, salt=SALT)]


def cases(*operations: str) -> list[dict[str, Any]]:
    """Return the cases of the real libraries that are about these operations."""
    files = ("nextauth_v4.json", "authjs_v5.json")
    found = [case for file in files for case in json.loads((OWN / file).read_text())]
    return [case for case in found if case["operation"] in operations]
