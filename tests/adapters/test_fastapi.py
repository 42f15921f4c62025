"""FastAPI: sessions and users as dependencies, on endpoints of either colour and on WebSockets."""

from dataclasses import dataclass
from typing import Annotated, Any

import pytest
from anyio import from_thread
from fastapi import Depends, FastAPI, WebSocket
from starlette.testclient import TestClient
from starlette.websockets import WebSocketDisconnect

from dojang import blocking
from dojang.adapters.fastapi import CurrentUser, SessionMiddleware, current_session
from dojang.adapters.litestar import having
from dojang.errors import Misuse
from dojang.session.session import Session
from dojang.sessions import Sessions
from dojang.stores.memory import MemoryStore
from dojang.strategies.server_side import ServerSide
from dojang.testing import Clock
from tests.conftest import SECRET


@dataclass
class Person:
    name: str
    roles: tuple[str, ...] = ()


class Table:
    def __init__(self) -> None:
        self.people = {"ada": Person("Ada", ("admin", "editor")), "eve": Person("Eve")}
        self.asked = 0

    async def find(self, user_id: str) -> Person | None:
        self.asked += 1
        return self.people.get(user_id)

    def find_blocking(self, user_id: str) -> Person | None:
        from_thread.run(self.find, user_id)  # works in a worker thread only
        return self.people.get(user_id)


CurrentSession = Annotated[Session, Depends(current_session)]


def application(sessions: Sessions, current_user: CurrentUser) -> FastAPI:
    app = FastAPI()
    app.add_middleware(SessionMiddleware, sessions=sessions)

    @app.post("/login/{name}")
    async def login(name: str, session: CurrentSession) -> None:
        session.login(name)

    @app.get("/me")
    async def me(user: Annotated[Person, Depends(current_user)]) -> str:
        return user.name

    @app.get("/blocking/me")
    def blocking_me(user: Annotated[Person, Depends(current_user)]) -> str:
        return user.name

    @app.get("/maybe")
    async def maybe(user: Annotated[Person | None, Depends(current_user.optional)]) -> Any:
        return user and user.name

    @app.get("/fresh")
    async def fresh(user: Annotated[Person, Depends(current_user.fresh(within=600))]) -> str:
        return user.name

    @app.get("/admin")
    async def admin(user: Annotated[Person, Depends(current_user.having("admin"))]) -> str:
        return user.name

    @app.get("/all")
    async def every(
        user: Annotated[Person, Depends(current_user.having("admin").having("owner", "editor"))],
    ) -> str:
        return user.name

    @app.get("/twice", dependencies=[Depends(current_user.having("admin"))])
    async def twice(
        user: Annotated[Person, Depends(current_user)],
        same: Annotated[Person, Depends(current_user.fresh(within=600))],
    ) -> bool:
        return user is same

    @app.websocket("/live")
    async def live(websocket: WebSocket, user: Annotated[Person, Depends(current_user)]) -> None:
        await websocket.accept()
        await websocket.send_text(user.name)
        await websocket.close()

    return app


def client_of(app: FastAPI) -> TestClient:
    return TestClient(app, base_url="https://testserver")


@pytest.fixture
def table() -> Table:
    return Table()


@pytest.fixture
def client(sessions: Sessions, table: Table) -> TestClient:
    return client_of(application(sessions, CurrentUser(sessions, load_user=table.find)))


def test_the_user_is_the_applications_own(client: TestClient) -> None:
    client.post("/login/ada")
    assert [client.get(path).json() for path in ("/me", "/blocking/me", "/maybe")] == ["Ada"] * 3


def test_nobody_is_401_with_the_reason(client: TestClient) -> None:
    for path in ("/me", "/blocking/me", "/fresh", "/admin"):
        answer = client.get(path)
        assert (answer.status_code, answer.json()["code"]) == (401, "missing")
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.headers["vary"] == "Cookie"


def test_the_reason_is_that_of_the_cookie_and_a_bad_one_is_taken_away(
    client: TestClient, clock: Clock
) -> None:
    client.post("/login/ada")
    clock.tick(31 * 24 * 3600)
    answer = client.get("/me")
    assert (answer.status_code, answer.json()["code"]) == (401, "expired")
    assert dict(client.cookies) == {}


def test_optional_gives_none_for_nobody(client: TestClient) -> None:
    assert (client.get("/maybe").status_code, client.get("/maybe").json()) == (200, None)


def test_a_user_who_is_not_there_any_more_is_nobody(client: TestClient, table: Table) -> None:
    client.post("/login/ada")
    del table.people["ada"]
    answer = client.get("/me")
    assert (answer.status_code, answer.json()["code"]) == (401, "anonymous")
    assert client.get("/maybe").json() is None


def test_a_plain_function_may_wait_for_its_database(in_memory: Sessions, table: Table) -> None:
    current_user = CurrentUser(in_memory, load_user=table.find_blocking)
    client = client_of(application(in_memory, current_user))
    client.post("/login/ada")
    assert client.get("/me").json() == "Ada"


def test_without_a_table_the_principal_is_the_user(in_memory: Sessions) -> None:
    current_user = CurrentUser(in_memory, roles_of=lambda user: {"admin"} if user == "ada" else ())
    app = FastAPI()
    app.add_middleware(SessionMiddleware, sessions=in_memory)

    @app.get("/")
    async def who(user: Annotated[str, Depends(current_user.having("admin"))]) -> str:
        return user

    @app.post("/login/{name}")
    async def login(name: str, session: CurrentSession) -> None:
        session.login(name)

    client = client_of(app)
    client.post("/login/ada")
    assert client.get("/").json() == "ada"
    client.post("/login/eve")
    assert client.get("/").json()["code"] == "missing-role"


def test_a_login_may_be_as_old_as_said_and_no_older(client: TestClient, clock: Clock) -> None:
    client.post("/login/ada")
    clock.tick(600)
    assert client.get("/fresh").json() == "Ada"
    clock.tick(0.001)
    answer = client.get("/fresh")
    assert (answer.status_code, answer.json()["code"]) == (401, "stale-login")
    assert "sign in again" in answer.json()["detail"]
    assert client.get("/me").json() == "Ada"
    client.post("/login/ada")
    assert client.get("/fresh").json() == "Ada"


@pytest.mark.parametrize("within", [0, -1])
def test_no_login_can_be_younger_than_now(in_memory: Sessions, within: int) -> None:
    with pytest.raises(Misuse, match="1 or more"):
        CurrentUser(in_memory).fresh(within=within)


def test_who_lacks_a_role_is_403_and_told_which(client: TestClient) -> None:
    client.post("/login/ada")
    assert client.get("/admin").json() == "Ada"
    answer = client.get("/all")
    assert (answer.status_code, answer.json()["code"]) == (403, "missing-role")
    assert answer.json()["detail"] == "this needs the role owner"
    client.post("/login/eve")
    assert client.get("/admin").status_code == 403


def test_the_user_is_looked_up_once_in_a_request(client: TestClient, table: Table) -> None:
    client.post("/login/ada")
    asked = table.asked
    assert client.get("/twice").json() is True
    assert table.asked == asked + 1


def test_a_login_in_the_same_request_counts(in_memory: Sessions, table: Table) -> None:
    current_user = CurrentUser(in_memory, load_user=table.find)
    app = application(in_memory, current_user)

    def become_eve(session: CurrentSession) -> None:
        session.login("eve")

    @app.get("/become", dependencies=[Depends(current_user.optional), Depends(become_eve)])
    async def become(user: Annotated[Person, Depends(current_user.fresh(within=1))]) -> str:
        return user.name

    client = client_of(app)
    client.post("/login/ada")
    assert client.get("/become").json() == "Eve"


def test_a_socket_is_let_in_or_refused_as_a_request_is(client: TestClient) -> None:
    with pytest.raises(WebSocketDisconnect), client.websocket_connect("/live"):
        raise AssertionError
    client.post("/login/ada")
    cookie = f"__Host-session={client.cookies['__Host-session']}"
    with client.websocket_connect("/live", headers={"cookie": cookie}) as live:
        assert live.receive_text() == "Ada"


def test_endpoints_in_threads_read_change_and_save_in_every_home(sessions: Sessions) -> None:
    app = FastAPI()
    app.add_middleware(SessionMiddleware, sessions=sessions)

    @app.get("/count")
    def count(session: CurrentSession) -> int:
        session["n"] = session.get("n", 0) + 1
        return int(session["n"])

    @app.post("/login")
    def login(session: CurrentSession) -> Any:
        session.login("ada")
        from_thread.run(session.save)
        return session.token

    client = client_of(app)
    assert [client.get("/count").json() for _ in range(2)] == [1, 2]
    token = client.post("/login").json()
    visit = from_thread_free(sessions, token)
    assert (visit.user, visit["n"]) == ("ada", 2)


def from_thread_free(sessions: Sessions, token: str) -> Session:
    session = blocking.run(sessions.open(f"__Host-session={token}")).session
    session.mark_accessed()
    return session


def test_several_at_once_in_threads_do_not_meet(on_server: Sessions, table: Table) -> None:
    app = application(on_server, CurrentUser(on_server, load_user=table.find))
    with client_of(app) as ada, client_of(app) as eve:
        ada.post("/login/ada")
        eve.post("/login/eve")
        assert [c.get("/blocking/me").json() for c in (ada, eve) * 3] == ["Ada", "Eve"] * 3


# -- OpenAPI --------------------------------------------------------------------------------------


def document(**options: Any) -> Any:
    sessions = Sessions(ServerSide(MemoryStore()), secret=SECRET, **options)
    return application(sessions, CurrentUser(sessions)).openapi()


def test_the_document_names_the_very_cookie() -> None:
    found = document()
    scheme = {"type": "apiKey", "in": "cookie", "name": "__Host-session"}
    assert found["components"]["securitySchemes"] == {"session": scheme}
    assert found["paths"]["/me"]["get"]["security"] == [{"session": []}]
    assert "parameters" not in found["paths"]["/me"]["get"]
    assert "security" not in found["paths"]["/login/{name}"]["post"]


def test_and_bearer_tokens_where_they_may_come_instead() -> None:
    found = document(bearer=True)
    token = found["components"]["securitySchemes"]["token"]
    assert (token["type"], token["scheme"]) == ("http", "bearer")
    assert found["paths"]["/me"]["get"]["security"] == [{"session": []}, {"token": []}]


def test_a_route_may_document_what_it_answers_because_of_its_user() -> None:
    sessions = Sessions(ServerSide(MemoryStore()), secret=SECRET)
    user = CurrentUser(sessions)
    needed = {"any": user, "maybe": user.optional, "admin": user.having("admin").fresh(within=6)}
    app = FastAPI()
    for name, dependency in needed.items():
        known = [Depends(dependency)]
        app.get(f"/{name}", responses=dependency.responses, dependencies=known)(lambda: None)
    paths = app.openapi()["paths"]
    said = {name: sorted(paths[f"/{name}"]["get"]["responses"]) for name in needed}
    assert said["any"] == ["200", "401", "503"]
    assert said["maybe"] == ["200", "503"]
    assert said["admin"] == ["200", "401", "403", "503"]
    answer = paths["/admin"]["get"]["responses"]["403"]
    assert ("admin" in answer["description"], list(answer["content"])) == (
        True, ["application/problem+json"],
    )  # fmt: skip


def test_what_cannot_be_is_said_when_it_is_made(in_memory: Sessions) -> None:
    odd: Any
    for odd in (None, "sealed:"):
        with pytest.raises(Misuse, match=r"Sessions\.from_url"):
            CurrentUser(odd)
    odd = "find"
    with pytest.raises(Misuse, match="load_user is a function"):
        CurrentUser(in_memory, load_user=odd)
    with pytest.raises(Misuse, match="roles_of is a function"):
        CurrentUser(in_memory, roles_of=odd)
    odd = ["admin"]
    with pytest.raises(Misuse, match=r'having\("a", "b"\)'):
        CurrentUser(in_memory).having(odd)
    with pytest.raises(Misuse, match=r'having\("a", "b"\)'):
        having(odd)
