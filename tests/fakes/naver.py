"""A fake of Naver's OAuth 2.0: numbers as text, errors with the status 200, an envelope."""

from dataclasses import dataclass, field
from typing import Any

from tests.fakes.http import Asked, Reply
from tests.fakes.oauth import FakeProvider, error, posts_secret


@dataclass
class FakeNaver(FakeProvider):
    person: dict[str, Any] = field(
        default_factory=lambda: {
            "id": "32742776",
            "email": "openapi@naver.com",
            "nickname": "OpenAPI",
            "name": "오픈 API",
            "profile_image": "https://ssl.pstatic.net/static/pwe/address/nodata_33x33.gif",
            "age": "40-49",
            "gender": "F",
            "birthday": "10-01",
        }
    )
    #: What the API answers instead of the person.
    trouble: Reply | None = None

    def __post_init__(self) -> None:
        self.routes = {
            "/oauth2.0/token": self.exchange,
            "/v1/nid/me": self.me,
            "/oauth2.0/revoke": self.revoke,
        }

    def exchange(self, asked: Asked) -> Reply:
        form = asked.form
        if not posts_secret(asked):
            return error(
                200, error="invalid_client", error_description="wrong client id / client secret"
            )
        redeemed = self.redeem(form)
        if redeemed is None or form.get("state") != redeemed["state"]:
            return error(200, error="invalid_request", error_description="no valid data in session")
        return 200, {
            "access_token": self.token("AAAA+/=") + "==",
            "refresh_token": self.token("nr+/="),
            "token_type": "bearer",
            "expires_in": "3600",
        }

    def me(self, asked: Asked) -> Reply:
        if self.trouble is not None:
            return self.trouble
        if asked.bearer.removesuffix("==") not in self.tokens:
            return error(
                401, resultcode="024", message="Authentication failed (인증에 실패했습니다.)"
            )
        return 200, {"resultcode": "00", "message": "success", "response": self.person}

    def revoke(self, asked: Asked) -> Reply:
        if not posts_secret(asked):
            return error(401, error="invalid_client")
        self.revoked.append(asked.form["token"])
        return 200, b""
