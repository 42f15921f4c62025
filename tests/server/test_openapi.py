from collections.abc import Callable, Iterator
from typing import Any

import pytest
from httpx2 import Response
from starlette.applications import Starlette
from starlette.testclient import TestClient

from dojang.adapters.auth_api.api import AuthApi
from dojang.auth.totp import STEP, Authenticator
from dojang.server import email_table
from dojang.server.arrivals import DISOWN
from dojang.server.openapi import document
from dojang.server.parts import Parts
from dojang.server.routes import TABLE, api_routes
from dojang.testing import Clock
from tests.postbox import Postbox, postbox

from .kit import ADA, LOGIN, PASSWORD, break_accounts, break_sessions, browser, parts, run

Start = Callable[..., TestClient]

DOCUMENT = document(url="http://localhost:8000", cookie="session")
OPERATIONS = {
    operation["operationId"]: (method.upper(), path, operation)
    for path, methods in DOCUMENT["paths"].items()
    for method, operation in methods.items()
}
STATUSES = [
    (name, int(status))
    for name, (_, _, operation) in OPERATIONS.items()
    for status in operation["responses"]
]
JSON = {"content-type": "application/json"}
FORM = {"content-type": "application/x-www-form-urlencoded"}
BODIES: dict[str, Any] = {
    "refresh_token": {"refresh_token": "drt.none"},
    "sign_up": {"username": "grace", "password": PASSWORD},
    "log_in": LOGIN,
    "verify_email": {"token": "any"},
    "change_email": {"token": "any"},
    "undo_email": {"token": "any"},
    "disown_session": {"token": "any"},
    "ask_for_email": {"email": "lovelace@example.org", "password": PASSWORD},
    "mail_link": {"login": "ada@example.org"},
    "mail_code": {"login": "ada@example.org"},
    "reset_password": {"token": "none", "password": "another battery of horses"},
    "log_in_with_code": {"ticket": "none", "code": "123456"},
    "change_password": {"old_password": PASSWORD, "new_password": "another battery of horses"},
    "confirm": {"password": PASSWORD},
    "log_in_with_second_factor": {"code": "000000"},
    "add_second_factor": {"ticket": "none", "code": "000000"},
    "remove_second_factor": {"code": "000000"},
    "renew_recovery_codes": {"code": "000000"},
}


@pytest.fixture(scope="module")
def box() -> Iterator[Postbox]:
    with postbox() as running:
        yield running


def test_the_document_is_served(client: TestClient) -> None:
    assert client.get("/openapi.json").json() == DOCUMENT


def test_every_route_of_the_api_is_documented(app: Starlette) -> None:
    served = {
        (method, route.path)
        for route in api_routes(AuthApi(parts(app).sessions, parts(app).accounts))
        for method in (route.methods or set()) - {"HEAD"}
    }
    assert served == {(method, path) for method, path, _ in OPERATIONS.values()}
    assert len(OPERATIONS) == len(TABLE)


def test_every_reference_leads_somewhere() -> None:
    schemas = DOCUMENT["components"]["schemas"]
    references = list(find(DOCUMENT))
    assert references
    assert {reference.rpartition("/")[2] for reference in references} <= set(schemas)


@pytest.mark.parametrize(("name", "status"), STATUSES)
def test_every_documented_status_is_given(
    start: Start, box: Postbox, name: str, status: int
) -> None:
    if (name, status) in SECOND_FACTOR:
        answer = of_a_second_factor(start, name, status)
    elif name in BY_MAIL:
        answer = by_mail(start, box, name, status)
    else:
        answer = produce(start, name, status)
    assert answer.status_code == status
    documented = OPERATIONS[name][2]["responses"][str(status)]
    if status >= 400:
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.json()["code"] in documented["description"].split(" or ")
    elif "content" in documented:
        schema = documented["content"]["application/json"]["schema"]["$ref"].rpartition("/")[2]
        members = DOCUMENT["components"]["schemas"][schema]["properties"]
        assert set(answer.json()) >= set(members)


def test_a_form_is_documented_as_it_is_read() -> None:
    form = DOCUMENT["components"]["schemas"]["LogIn"]
    assert form["additionalProperties"] is False
    assert form["required"] == ["login", "password"]


def produce(start: Start, name: str, status: int) -> Response:
    """Return an answer of an operation that has the status."""
    if name in EMAILS and status in {200, 202, 204, 409, 429, 503}:
        return about_email(start, name, status)
    if name == "sign_up" and status == 202:
        return ask(start(**MAIL), name, json=ADA)
    if name == "introspect_session" and status != 401:
        return as_service(start, status)
    return about_others(start, name, status)


def as_service(start: Start, status: int) -> Response:
    ada, name = signed_up(start), "introspect_session"
    key = run(parts(app_of(ada)).service_keys.new("tests", now=0))
    ada.headers["authorization"] = f"Bearer {key}"
    if status == 503:
        break_sessions(app_of(ada))
    return ask(ada, name, **REQUESTS.get(status, {"json": {"cookie": "session=any"}}))


def about_others(start: Start, name: str, status: int) -> Response:
    match status:
        case 409:
            ada = signed_up(start, sessions_per_account=1, when_full="refuse")
            return ask(browser(app_of(ada)), name, json={**ADA} if name == "sign_up" else LOGIN)
        case 401 if name == "log_in":
            return ask(start(), name)
        case 200 if name == "refresh_token":
            ada = signed_up(start)
            pair = ada.post("/api/auth/token", json={}).json()
            return ask(ada, name, json={"refresh_token": pair["refresh_token"]})
        case 200 | 400 if name == "introspect":
            ada = signed_up(start)
            key = run(parts(app_of(ada)).service_keys.new("tests", now=0))
            bearer = {"authorization": f"Bearer {key}"}
            content = b"token=any" if status == 200 else b"{"
            return ask(ada, name, headers={**FORM, **bearer}, content=content)
        case 429:
            return tried_too_often(signed_up(start), name)
        case 503 if name in NOT_SESSIONS:
            return without_store(signed_up(start), name)
        case 401 if name == "show_session":
            ada = signed_up(start)
            id = ada.get("/api/auth/check").json()["id"]
            run(parts(app_of(ada)).accounts.set_disabled(id, disabled=True))
            return ask(ada, name)
        case 401:
            return ask(start(), name)
        case 503:
            ada = signed_up(start)
            break_sessions(app_of(ada))
            return ask(ada, name)
        case _:
            return ask(signed_up(start), name, **REQUESTS.get(status, {}))


BY_MAIL = {"mail_link", "mail_code", "reset_password", "log_in_with_code"}


def by_mail(start: Start, box: Postbox, name: str, status: int) -> Response:
    """Return an answer of an operation that a mail belongs to."""
    if status == 404:
        return ask(start(), name)
    full: dict[str, Any] = {"sessions_per_account": 1, "when_full": "refuse"}
    client = start(**box.settings, **(full if status == 409 else {}))
    app = app_of(client)
    ada = run(parts(app).accounts.sign_up(email=ADA["email"], password=PASSWORD))
    run(parts(app).accounts.verify_email(ada.id, ADA["email"]))
    if status == 409:
        client.post("/api/auth/login", json=LOGIN)
    known = browser(app)
    if status in {200, 204, 409} or (name, status) == ("log_in_with_code", 503):
        body = mailed_to(known, box, name)
    else:
        body = BODIES[name]
    if status == 429:
        for _ in range(5):
            ask(known, name, json=body)
            client.post("/api/auth/login", json={**LOGIN, "password": "not it"})
        body = mailed_to(known, box, name) if name == "log_in_with_code" else body
    if status == 503:
        (break_accounts if name == "reset_password" else break_sessions)(app)
    return ask(known, name, **REQUESTS.get(status, {"json": body}))


def mailed_to(client: TestClient, box: Postbox, name: str) -> dict[str, str]:
    """Return the body that goes with what was mailed."""
    if name == "reset_password":
        ask(client, "mail_link")
        return {**BODIES[name], "token": box.last.link.partition("=")[2]}
    ticket = ask(client, "mail_code").json()["ticket"]
    return {"ticket": ticket, "code": box.last.code}


#: What takes an authenticator to come to.
SECOND_FACTOR = {
    *(("log_in_with_second_factor", status) for status in (200, 409, 429, 503)),
    *(("add_second_factor", status) for status in (201, 409)),
    *(("renew_recovery_codes", status) for status in (200, 429)),
    *(("remove_second_factor", status) for status in (204, 429)),
}


def of_a_second_factor(start: Start, name: str, status: int) -> Response:
    full = {"sessions_per_account": 1, "when_full": "refuse"} if status == 409 else {}
    ada = signed_up(start, **full)
    clock = parts(app_of(ada)).sessions.clock
    assert isinstance(clock, Clock)
    begun = ask(ada, "begin_second_factor").json()
    code = Authenticator(begun["secret"]).code(now=clock())
    added = ask(ada, "add_second_factor", json={"ticket": begun["ticket"], "code": code})
    clock.tick(STEP)
    fresh = {"code": Authenticator(begun["secret"]).code(now=clock())}
    if name == "add_second_factor":
        return added if status == 201 else ask(ada, name, json={"ticket": begun["ticket"], **fresh})
    client = ada
    if name == "log_in_with_second_factor":
        client = browser(app_of(ada))
        ask(client, "log_in")
    for _ in range(5 if status == 429 else 0):
        ask(client, name)
    if status == 503:
        break_sessions(app_of(ada))
    return ask(client, name, json=fresh)


REQUESTS: dict[int, dict[str, Any]] = {
    400: {"content": b"{", "headers": JSON},
    403: {"headers": {"sec-fetch-site": "cross-site"}},
    404: {"handle": "nobodys"},
    413: {"content": b"x" * 70_000, "headers": JSON},
    415: {"content": b"{}", "headers": {"content-type": "x/y"}},
    422: {"json": {"userId": "1"}},
}


def tried_too_often(ada: TestClient, name: str) -> Response:
    if name == "sign_up":
        for _ in range(30):
            ask(ada, name, json=ADA)
        return ask(ada, name, json=ADA)
    for _ in range(5):
        ada.post("/api/auth/login", json={**LOGIN, "password": "not it"})
    return ask(ada, name, json=BODIES.get(name, LOGIN))


EMAILS = {entry.handler.__name__ for entry in email_table.EMAILS}

#: A server that is not there: what is mailed is mailed after the answer.
MAIL = {
    "mail_host": "127.0.0.1",
    "mail_port": 9,
    "mail_security": "none",
    "mail_sender": "no-reply@example.org",
}


def about_email(start: Start, name: str, status: int) -> Response:
    ada = start(**MAIL)
    made = parts(app_of(ada))
    run(made.accounts.sign_up(email="ada@example.org", username="ada", password=PASSWORD))
    ada.post("/api/auth/login", json=LOGIN)
    if (name, status) == ("verify_email", 409):
        token = run(made.showing.begin_new("grace@example.org"))
        return ask(ada, name, json={"token": token, "password": PASSWORD, "username": "ada"})
    if status == 429:
        return tried_too_often(ada, name)
    if "token" not in BODIES.get(name, {}):
        if status == 503:
            break_sessions(app_of(ada))
        return ask(ada, name)
    token = run(token_for(made, name, taken=status == 409))
    if status == 503:
        break_accounts(app_of(ada))
    return ask(ada, name, json={"token": token})


async def token_for(made: Parts, name: str, *, taken: bool) -> str:
    """Return what would be in a mail; with `taken` another account has the address by now."""
    emails, ada = made.emails, await made.accounts.find_login("ada@example.org")
    assert ada
    if name == "verify_email":
        return await made.showing.begin(ada) or ""
    if name == "disown_session":
        return await made.one_time.issue(DISOWN, user=ada.id, target="any")
    await made.accounts.verify_email(ada.id, "ada@example.org")
    token: str | None = await emails.begin_changing(ada, "lovelace@example.org")
    if name == "undo_email":
        token = (await emails.change(token or "", user=ada.id)).undo
    if taken:
        email = "ada@example.org" if name == "undo_email" else "lovelace@example.org"
        other = await made.accounts.sign_up(email=email, password=PASSWORD)
        await made.accounts.verify_email(other.id, email)
    assert token
    return token


#: What looks at the store for something else than the session of the request.
NOT_SESSIONS = {"refresh_token", "revoke", "introspect", "publish_keys"}


def without_store(client: TestClient, name: str) -> Response:
    pair = client.post("/api/auth/token", json={}).json()
    key = run(parts(app_of(client)).service_keys.new("tests", now=0))
    headers = {"authorization": f"Bearer {key}"}
    break_sessions(app_of(client))
    client.cookies.clear()
    if name == "refresh_token":
        return ask(client, name, json={"refresh_token": pair["refresh_token"]})
    if name == "publish_keys":
        parts(app_of(client)).tokens.keys._cached = None  # type: ignore[attr-defined]
        return ask(client, name)
    content = f"token={pair['refresh_token']}".encode()
    return ask(client, name, headers={**headers, **FORM}, content=content)


def ask(client: TestClient, name: str, *, handle: str | None = None, **options: Any) -> Response:
    method, path, operation = OPERATIONS[name]
    if "{handle}" in path:
        path = path.replace("{handle}", handle or own_handle(client))
    if "requestBody" in operation and not {"json", "content"} & set(options):
        if is_form(operation):
            options["content"] = b"token=any"
            options["headers"] = {**FORM, **options.get("headers", {})}
        else:
            options["json"] = BODIES.get(name, {})
    return client.request(method, path, **options)


def is_form(operation: Any) -> bool:
    return FORM["content-type"] in operation["requestBody"]["content"]


def own_handle(client: TestClient) -> str:
    answer = client.get("/api/auth/session")
    return answer.json().get("handle") or "nobodys"


def signed_up(start: Start, **settings: Any) -> TestClient:
    client = start(**settings)
    assert client.post("/api/auth/signup", json=ADA).status_code == 201
    return client


def app_of(client: TestClient) -> Starlette:
    assert isinstance(client.app, Starlette)
    return client.app


def find(value: Any) -> Any:
    if isinstance(value, dict):
        if "$ref" in value:
            yield value["$ref"]
        for member in value.values():
            yield from find(member)
    elif isinstance(value, list):
        for item in value:
            yield from find(item)
