"""A fake OpenID issuer for defects: whatever a real one must not do, this one does when told."""

import time
from base64 import urlsafe_b64encode
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from hashlib import sha256
from typing import Any
from urllib.parse import quote_plus

from dojang.wire.jose import jwt
from dojang.wire.jose.jwk import Key
from dojang.wire.jose.new_key import new_pem
from tests.fakes.http import Asked, Reply
from tests.fakes.oauth import CLIENT, CLIENT_SECRET, FakeProvider, error, posts_secret

Change = Callable[[dict[str, Any]], object]


@cache
def key(name: str, algorithm: str = "RS256") -> Key:
    """Return a key, which is the same for all tests: RSA takes its time."""
    return Key.from_pem(new_pem(algorithm), algorithms=[algorithm], kid=name)


def left_half(text: str) -> str:
    return urlsafe_b64encode(sha256(text.encode()).digest()[:16]).rstrip(b"=").decode()


@dataclass
class FakeIssuer(FakeProvider):
    key: Key = field(default_factory=lambda: key("one"))
    #: Whether the secret comes in the form.
    posted: bool = False
    id: str = "ada"
    published: list[Any] = field(default_factory=list)
    #: What becomes of the claims, of the header, of the finished token, of the documents.
    claims: Change = lambda _: None
    header: Change = lambda _: None
    token_text: Callable[[str], Any] = lambda text: text
    userinfo: Change = lambda _: None
    document: Change = lambda _: None
    now: Callable[[], int] = lambda: time.time_ns() // 1_000_000

    def __post_init__(self) -> None:
        self.published = [self.key.public_jwk]
        self.routes = {
            "/.well-known/openid-configuration": self.discover,
            "/jwks": lambda _: (200, {"keys": self.published}),
            "/token": self.exchange,
            "/userinfo": self.person,
            "/revoke": self.revoke,
        }

    def rotate(self, key: Key) -> None:
        self.key, self.published = key, [key.public_jwk]

    def discover(self, _: Asked) -> Reply:
        document = {
            "issuer": self.url,
            "authorization_endpoint": f"{self.url}/authorize",
            "token_endpoint": f"{self.url}/token",
            "userinfo_endpoint": f"{self.url}/userinfo",
            "jwks_uri": f"{self.url}/jwks",
            "revocation_endpoint": f"{self.url}/revoke",
            "id_token_signing_alg_values_supported": ["RS256", "ES256", "HS256", "none"],
        }
        self.document(document)
        return 200, document

    def exchange(self, asked: Asked) -> Reply:
        if not (
            posts_secret(asked)
            if self.posted
            else asked.basic == (CLIENT, quote_plus(CLIENT_SECRET))
        ):
            return error(401, error="invalid_client")
        redeemed = self.redeem(asked.form)
        if redeemed is None:
            return error(400, error="invalid_grant", error_description="grant request is invalid")
        access = self.token("at")
        return 200, {
            "access_token": access,
            "token_type": "Bearer",
            "expires_in": 3600,
            "refresh_token": self.token("rt"),
            "id_token": self.id_token(redeemed, access),
        }

    def id_token(self, redeemed: dict[str, str], access: str) -> Any:
        now = self.now() // 1000
        claims: dict[str, Any] = {
            "iss": self.url,
            "sub": "ada",
            "aud": CLIENT,
            "exp": now + 300,
            "iat": now,
            "nonce": redeemed.get("nonce"),
            "at_hash": left_half(access),
        }
        self.claims(claims)
        header: dict[str, Any] = {"alg": self.key.algorithms[0], "kid": self.key.kid}
        self.header(header)
        return self.token_text(jwt.sign(claims, header, key=self.key))

    def person(self, asked: Asked) -> Reply:
        if asked.bearer not in self.tokens:
            return error(401, error="invalid_token")
        person = {"sub": "ada", "name": "Ada", "email": "ada@example.org", "email_verified": True}
        self.userinfo(person)
        return 200, person

    def revoke(self, asked: Asked) -> Reply:
        self.revoked.append(asked.form["token"])
        return 200, b""
