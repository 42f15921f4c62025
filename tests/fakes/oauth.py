"""What all fakes of providers share: people who agree, codes that are used once, PKCE."""

import secrets
from base64 import urlsafe_b64encode
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from tests.fakes.http import Asked, FakeServer, Reply

CLIENT = "client-of-the-tests"
CLIENT_SECRET = "a-secret-of-the-tests/with+signs="


@dataclass
class FakeProvider(FakeServer):
    """Someone is signed in there, and agrees to everything."""

    codes: dict[str, dict[str, str]] = field(default_factory=dict)
    tokens: set[str] = field(default_factory=set)
    revoked: list[str] = field(default_factory=list)
    #: What is added to the answer that goes through the browser.
    more: dict[str, str] = field(default_factory=dict)

    def agree(self, address: str) -> str:
        """Return the query with which the browser comes back from `address`."""
        asked = dict(parse_qsl(urlsplit(address).query))
        assert asked["response_type"] == "code"
        assert asked["client_id"] == CLIENT
        code = "c0" + secrets.token_urlsafe(24)
        self.codes[code] = asked
        return urlencode({"code": code, "state": asked["state"], **self.more})

    def decline(self, address: str) -> str:
        asked = dict(parse_qsl(urlsplit(address).query))
        told = {"error": "access_denied", "error_description": "User denied access"}
        return urlencode({**told, "state": asked["state"], **self.more})

    def redeem(self, form: dict[str, str]) -> dict[str, str] | None:
        """Return what was asked for with a code that is used now; None for one that is none."""
        asked = self.codes.pop(form.get("code", ""), None)
        if asked is None or form.get("redirect_uri") != asked["redirect_uri"]:
            return None
        if "code_challenge" in asked:
            assert asked["code_challenge_method"] == "S256"
            digest = sha256(form.get("code_verifier", "").encode()).digest()
            if urlsafe_b64encode(digest).rstrip(b"=").decode() != asked["code_challenge"]:
                return None
        return asked

    def token(self, prefix: str) -> str:
        token = prefix + secrets.token_urlsafe(24)
        self.tokens.add(token)
        return token


def posts_secret(asked: Asked) -> bool:
    form = asked.form
    return (form.get("client_id"), form.get("client_secret")) == (CLIENT, CLIENT_SECRET)


def error(status: int, **facts: Any) -> Reply:
    return status, facts
