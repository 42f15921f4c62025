"""Whatever is asked for by any name of any page, nobody is sent elsewhere; judged by Node's `URL`.

Routes are those of the pages, and names those that their code reads: what is new is covered when
it is there.
"""

import ast
import json
import re
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
from httpx2 import Response
from starlette.applications import Starlette
from starlette.routing import Route

from dojang.server import pages
from dojang.testing import Clock
from tests.counts import FULL
from tests.need import need
from tests.postbox import Postbox, postbox
from tests.server.kit import PASSWORD, parts, run

from .kit import FORM, ORIGIN, Page, Person, leads
from .test_redirects import LINES, RECORDS, away

Serve = Callable[..., Starlette]

HOME = "http://localhost:8000"
#: The other name of this machine, on which the doctor tries what comes back from elsewhere.
SIBLING = "http://127.0.0.1:8000"
PROVIDER = "https://kauth.kakao.com"
#: What opens the app of the second factor, with a secret of ours and nothing that was typed.
APP = re.compile(r"otpauth://totp/localhost%208000:ada[?]secret=[A-Z2-7]+&issuer=localhost%208000")

#: How others call it, in case that somebody reads one of these some day.
USUAL = {
    "next", "return_to", "returnTo", "redirect", "redirect_to", "redirect_uri", "url", "to",
    "target", "continue", "callbackUrl", "goto", "dest", "rd", "page", "from", "back",
}  # fmt: skip

_JUDGE = """
const found = JSON.parse(require("fs").readFileSync(0, "utf8"));
console.log(JSON.stringify(found.map(([base, path]) => {
  try { return new URL(path, base).origin; } catch { return "nowhere"; }
})));
"""


def names() -> set[str]:
    """Return every name that the pages read from a query or a form."""
    found = set[str]()
    for path in Path(pages.__file__).parent.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            match node:
                case ast.Call(func=ast.Attribute(attr="get"), args=[ast.Constant(str(name)), *_]):
                    found.add(name)
                case ast.Subscript(slice=ast.Constant(str(name))):
                    found.add(name)
                case ast.Compare(left=ast.Constant(str(name)), ops=[ast.In()]):
                    found.add(name)
                case _:
                    pass
    return found


def places() -> list[tuple[str, str]]:
    """Return the method and the address of every page."""
    return [
        (method, path)
        for route in pages.routes
        if isinstance(route, Route)
        for method in sorted((route.methods or set()) - {"HEAD"})
        for path in [route.path.format(provider="kakao", way="typed", name="pages.css")]
    ]


def targets(answer: Response) -> Iterator[str]:
    """Yield all that an answer makes a browser go to, or offers it."""
    if "location" in answer.headers:
        yield answer.headers["location"]
    if "refresh" in answer.headers:
        yield answer.headers["refresh"].partition("url=")[2]
    if not answer.headers.get("content-type", "").startswith("text/html"):
        return
    for tag, attributes in Page.of(answer).tags:
        for name in ("href", "action", "formaction", "src"):
            if name in attributes and not APP.fullmatch(attributes[name]):
                yield attributes[name]
        if tag == "meta" and attributes.get("http-equiv") == "refresh":
            yield attributes["content"].partition("url=")[2]
        if tag == "input" and attributes.get("name") in USUAL:
            yield attributes["value"]


def foreign(found: set[tuple[str, str]], *, allowed: set[str]) -> list[tuple[str, str]]:
    """Return what Node sees leading to no origin that is allowed."""
    listed = sorted(found)
    judged = subprocess.run(
        [need("node"), "-e", _JUDGE],
        input=json.dumps(listed),
        capture_output=True,
        text=True,
        check=True,
    )
    origins = json.loads(judged.stdout)
    return [pair for pair, origin in zip(listed, origins, strict=True) if origin not in allowed]


def typed() -> list[str]:
    """Return all the lists in a proof, and ten lines of them elsewhere: each meets every page."""
    lines = [*LINES, *RECORDS]
    return lines if FULL else lines[:: len(lines) // 10]


@pytest.fixture(scope="module")
def box() -> Iterator[Postbox]:
    with postbox() as running:
        yield running


@pytest.fixture
def app(serve: Serve, box: Postbox) -> Starlette:
    kakao = {"kakao_client_id": "a-client", "kakao_client_secret": "a-secret"}
    return serve(**kakao, **box.settings)


def encoded(names: set[str], value: str) -> str:
    """Return a query, or a form, that says the same by every name."""
    text = quote(value.encode("utf-8", "surrogatepass"), safe="")
    return "&".join(f"{name}={text}" for name in sorted(names))


def asked(person: Person, method: str, path: str, query: str) -> Response:
    if method == "GET":
        return person.get(f"{path}?{query}")
    headers = {**FORM, **ORIGIN}
    answer: Response = person.client.post(path, content=query, headers=headers)
    return answer


def test_the_names_that_are_read_are_found() -> None:
    assert {"next", "login", "way", "token", "code", "remember"} <= names()
    assert ("POST", "/sign-in") in places()
    assert len(places()) > 25


def test_the_judge_sees_what_leaves() -> None:
    pairs = {(HOME, "//evil.example"), (HOME, "/\\evil.example"), (HOME, "/fine")}
    assert len(foreign(pairs, allowed={HOME})) == 2


@pytest.mark.parametrize("who", ["visitor", "member"])
def test_f25_no_page_sends_anybody_elsewhere(app: Starlette, clock: Clock, who: str) -> None:
    run(parts(app).accounts.sign_up(username="ada", password=PASSWORD))
    read, found = sorted(names()), set[tuple[str, str]]()
    # A form of more fields than are read is refused: what is read comes in pieces.
    pieces = [{"next", *read[at : at + 15]} for at in range(0, len(read), 15)]
    for line in typed():
        person = Person(app)
        for method, path in places():
            for group in pieces if method == "POST" else [USUAL | set(read)]:
                if who == "member" and person.cookie is None:
                    person.sign_in("ada")
                answer = asked(person, method, path, encoded(group, line))
                found |= {(f"{HOME}{path}", target) for target in targets(answer)}
        clock.tick(86_400)
    assert foreign(found, allowed={HOME, SIBLING, PROVIDER}) == []
    leaving = {base for base, target in found if target.startswith(PROVIDER)}
    assert all(base.endswith("/kakao") for base in leaving)  # which is what was asked for


def test_f25_whoever_comes_in_stays_here(app: Starlette, box: Postbox, clock: Clock) -> None:
    """By each way in to its end, with what was asked for at its beginning."""
    accounts = parts(app).accounts
    ada = run(accounts.sign_up(email="ada@example.org", username="ada", password=PASSWORD))
    run(accounts.verify_email(ada.id, "ada@example.org"))
    found = set[str]()
    for number, line in enumerate(typed()):
        try:
            line.encode()
        except UnicodeEncodeError:
            continue
        login = {"password": PASSWORD, "next": line}
        found.add(leads(Person(app).send("/sign-in", {"login": "ada", **login})))
        found.add(leads(Person(app).send("/sign-up", {"login": f"grace{number}", **login})))
        by_mail = Person(app)
        by_mail.send("/sign-in/mail", {"login": "ada", "next": line})
        found.add(leads(by_mail.send("/sign-in/code", {"code": box.last.code})))
        found.add(leads(by_mail.send("/sign-out", {"next": line})))
        clock.tick(86_400)
    assert away(sorted(found)) == []
