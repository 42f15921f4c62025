"""A fake of GitHub, with what its documentation shows and others have recorded."""

import json
from dataclasses import dataclass, field
from typing import Any

from tests.fakes.http import Asked, Reply
from tests.fakes.oauth import CLIENT, CLIENT_SECRET, FakeProvider, error, posts_secret


@dataclass
class FakeGitHub(FakeProvider):
    person: dict[str, Any] = field(
        default_factory=lambda: {
            "login": "octocat",
            "id": 583231,
            "avatar_url": "https://avatars.githubusercontent.com/u/583231?v=4",
            "name": None,
            "email": None,
        }
    )
    emails: Any = field(
        default_factory=lambda: [
            {"email": "old@example.org", "primary": False, "verified": False, "visibility": None},
            {"email": "octo@example.org", "primary": True, "verified": True, "visibility": None},
        ]
    )

    def __post_init__(self) -> None:
        self.routes = {
            "/login/oauth/access_token": self.exchange,
            "/user": self.user,
            "/user/emails": self.addresses,
            f"/applications/{CLIENT}/grant": self.revoke,
        }

    def exchange(self, asked: Asked) -> Reply:
        if "application/json" not in asked.headers["accept"]:
            return 200, b"access_token=gho_1&scope=&token_type=bearer"
        if not posts_secret(asked):
            return error(200, error="incorrect_client_credentials")
        if self.redeem(asked.form) is None:
            return error(
                200,
                error="bad_verification_code",
                error_description="The code passed is incorrect or expired.",
                error_uri="https://docs.github.com/apps/troubleshooting",
            )
        scope = "read:user,user:email"
        return 200, {
            "access_token": self.token("gho_"),
            "token_type": "bearer",
            "scope": scope,
        }

    def user(self, asked: Asked) -> Reply:
        return self._for_bearer(asked, self.person)

    def addresses(self, asked: Asked) -> Reply:
        return self._for_bearer(asked, self.emails)

    def _for_bearer(self, asked: Asked, document: Any) -> Reply:
        if "user-agent" not in asked.headers:
            return 403, b"Request forbidden by administrative rules."
        if asked.bearer not in self.tokens:
            return 401, {"message": "Bad credentials", "status": "401"}
        return 200, document

    def revoke(self, asked: Asked) -> Reply:
        if asked.basic != (CLIENT, CLIENT_SECRET) or asked.method != "DELETE":
            return error(404, message="Not Found")
        self.revoked.append(json.loads(asked.body)["access_token"])
        return 204, b""
