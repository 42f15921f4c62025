"""A fake of Kakao: numbers for ids, KOE codes, and descriptions that repeat the code."""

from dataclasses import dataclass, field
from typing import Any

from tests.fakes.http import Asked, Reply
from tests.fakes.oauth import CLIENT, CLIENT_SECRET, FakeProvider, error

PERSON: dict[str, Any] = {
    "id": 123456789,
    "connected_at": "2022-04-11T01:45:28Z",
    "kakao_account": {
        "profile_nickname_needs_agreement": False,
        "profile_image_needs_agreement": False,
        "profile": {
            "nickname": "홍길동",
            "thumbnail_image_url": "http://k.kakaocdn.net/dn/110x110.jpg",
            "profile_image_url": "http://k.kakaocdn.net/dn/640x640.jpg",
            "is_default_image": False,
            "is_default_nickname": False,
        },
        "email_needs_agreement": False,
        "is_email_valid": True,
        "is_email_verified": True,
        "email": "sample@sample.com",
    },
    "properties": {"nickname": "홍길동"},
}


@dataclass
class FakeKakao(FakeProvider):
    person: dict[str, Any] = field(default_factory=lambda: dict(PERSON))
    #: What the API answers instead of the person.
    trouble: Reply | None = None
    refreshed: int = 0

    def __post_init__(self) -> None:
        self.routes = {
            "/oauth/token": self.exchange,
            "/v2/user/me": self.me,
            "/v1/user/unlink": self.unlink,
        }

    def exchange(self, asked: Asked) -> Reply:
        form = asked.form
        if form.get("client_id") != CLIENT:
            return error(
                401,
                error="invalid_client",
                error_description="Not exist client_id [null]",
                error_code="KOE101",
            )
        if form.get("client_secret") != CLIENT_SECRET:
            return error(
                401,
                error="invalid_client",
                error_description="Bad client credentials",
                error_code="KOE010",
            )
        if form["grant_type"] == "refresh_token":
            assert form["refresh_token"] in self.tokens
            self.refreshed += 1
            return 200, {"token_type": "bearer", "access_token": self.token("ka"), "expires_in": 21}
        if self.redeem(form) is None:
            return error(
                400,
                error="invalid_grant",
                error_description=f"authorization code not found for code={form['code']}",
                error_code="KOE320",
            )
        return 200, {
            "token_type": "bearer",
            "access_token": self.token("ka"),
            "expires_in": 21599,
            "refresh_token": self.token("kr"),
            "refresh_token_expires_in": 5183999,
            "scope": "account_email profile_nickname",
        }

    def me(self, asked: Asked) -> Reply:
        if self.trouble is not None:
            return self.trouble
        if asked.bearer not in self.tokens:
            return error(401, msg="this access token does not exist", code=-401)
        return 200, self.person

    def unlink(self, asked: Asked) -> Reply:
        if asked.bearer not in self.tokens:
            return error(401, msg="this access token does not exist", code=-401)
        self.revoked.append(asked.bearer)
        return 200, {"id": self.person["id"]}
