"""Somebody's phone: it has the authenticators that were added, and knows what time it is."""

from dataclasses import dataclass

from httpx2 import Response
from starlette.testclient import TestClient

from dojang.auth.totp import STEP, Authenticator
from dojang.testing import Clock


@dataclass
class Phone:
    """An app with one account in it.

    Attributes:
        app: What was scanned.
        clock: The time everybody goes by.
        recovery_codes: What was written down.
    """

    app: Authenticator
    clock: Clock
    recovery_codes: list[str]

    def code(self) -> str:
        """Wait for the next code, and return it: one that nobody has used."""
        self.clock.tick(STEP)
        return self.app.code(now=self.clock())


def enrol(client: TestClient, clock: Clock) -> Phone:
    """Add an authenticator by the API to whoever has just signed in."""
    begun = ask(client, "begin", {}).json()
    app = Authenticator(begun["secret"])
    code = app.code(now=clock())
    answer = client.post("/api/auth/second-factor", json={"ticket": begun["ticket"], "code": code})
    assert answer.status_code == 201, answer.text
    return Phone(app, clock, answer.json()["recovery_codes"])


def ask(client: TestClient, what: str, body: dict[str, str]) -> Response:
    return client.post(f"/api/auth/second-factor/{what}", json=body)
