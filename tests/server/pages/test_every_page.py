"""What holds for every page: accessible, free of scripts, kept by nobody, legible."""

import re
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from httpx2 import Response
from starlette.applications import Starlette
from starlette.requests import Request

from dojang.server import pages
from dojang.server.pages import assets, error_page
from dojang.testing import Clock
from tests.server.kit import PASSWORD, break_accounts, parts, run

from .kit import IPHONE, Page, Person
from .test_second_factor import add

Serve = Callable[..., Starlette]

STYLES = (Path(pages.__file__).parent / "static" / "pages.css").read_text(encoding="utf-8")
TEMPLATES = Path(pages.__file__).parent / "templates"
NAMES = [
    "sign-in",
    "sign-in-wrong",
    "sign-in-empty",
    "sign-up",
    "sign-up-invalid",
    "account",
    "account-notice",
    "email",
    "email-wrong",
    "mailed-link",
    "account/close",
    "sign-out",
    "forgot-password",
    "forgot-password-noticed",
    "forgot-password-empty",
    "reset-password",
    "reset-password-invalid",
    "spent",
    "sign-in/mail",
    "sign-in/mail-empty",
    "sign-in/code",
    "sign-in/code-wrong",
    "elsewhere",
    "elsewhere-without",
    "second-factor",
    "recovery-codes",
    "removing-the-second-factor",
    "code",
    "code-wrong",
    "confirm",
    "confirm-with-a-code",
    "confirm-wrong",
    "with-a-provider-sign-in",
    "with-a-provider-account",
    "leaving",
    "stale",
    "doctor",
    "doctor-answer",
    "not-found",
    "unavailable",
]
SENT = {
    "email-wrong": ("/account/email", {"email": "nobody", "password": PASSWORD}),
    "doctor-answer": (
        "/doctor",
        {"front": "http://localhost:3000", "api": "https://a.example", "set-cookie": "s=v"},
    ),
    "sign-in-wrong": ("/sign-in", {"login": "ada", "password": "wrong"}),
    "sign-in-empty": ("/sign-in", {}),
    "leaving": ("/sign-in/with/kakao", {"next": "/account"}),
    "forgot-password-empty": ("/forgot-password", {}),
    "sign-in/mail-empty": ("/sign-in/mail", {}),
    "sign-in/code-wrong": ("/sign-in/code", {"code": "12345"}),
    "sign-up-invalid": ("/sign-up", {"login": "ada", "password": "short"}),
}
SHOWN = {
    "email": "/account/email",
    "account-notice": "/account?notice=one-ended",
    "not-found": "/nothing/here",
    "forgot-password-noticed": "/forgot-password?notice=link-mailed",
    "spent": "/reset-password?token=none",
    "elsewhere": "/sign-in/code?code=123456",
    "elsewhere-without": "/sign-in/code",
    "with-a-provider-account": "/account",
    "with-a-provider-sign-in": "/sign-in",
    "unavailable": "/account",
}
#: A server that is not there: what is mailed is mailed after the answer.
MAIL = {
    "mail_host": "127.0.0.1",
    "mail_port": 9,
    "mail_security": "none",
    "mail_sender": "no-reply@example.org",
}
PROVIDER = {"kakao_client_id": "a-client", "kakao_client_secret": "a-secret"}
#: What is there where mail is.
MAILED = ("email", "mailed", "forgot", "reset", "spent", "sign-in/", "elsewhere")
#: A link leads there, or a form with what is in it.
WITH_A_TOKEN = {"reset-password", "reset-password-invalid"}
MEMBERS = {
    "account/close",
    "with-a-provider-account",
    "account",
    "account-notice",
    "email",
    "email-wrong",
    "sign-out",
    "stale",
    "unavailable",
}


def settings(name: str) -> dict[str, Any]:
    if name == "leaving" or name.startswith("with-"):
        return PROVIDER
    return MAIL if name.startswith(MAILED) else {}


def mailed_link(app: Starlette) -> str:
    made = parts(app)
    user = run(made.accounts.sign_up(email="ada@example.org", password=PASSWORD))
    return f"/verify-email?token={run(made.showing.begin(user))}"


SECOND_FACTOR = {
    "second-factor",
    "recovery-codes",
    "removing-the-second-factor",
    "code",
    "code-wrong",
    "confirm",
    "confirm-with-a-code",
    "confirm-wrong",
}


def of_a_second_factor(name: str, member: Person) -> Response:
    clock = parts(member.app).sessions.clock
    assert isinstance(clock, Clock)
    path = "/account/second-factor"
    if name in {"second-factor", "confirm"}:
        return member.get(path if name == "second-factor" else "/confirm?notice=not-done")
    add(member, clock)
    match name:
        case "recovery-codes":
            return member.send(f"{path}/codes")
        case "removing-the-second-factor":
            return member.get(path)
        case "confirm-with-a-code":
            return member.get("/confirm")
        case "confirm-wrong":
            return member.send("/confirm", {"code": "000000"})
        case _:
            visitor = Person(member.app)
            visitor.send("/sign-in", {"login": "홍길동", "password": PASSWORD})
            shown = visitor.get("/sign-in/second-factor")
            wrong = {"code": "000000"}
            return shown if name == "code" else visitor.send("/sign-in/second-factor", wrong)


@pytest.fixture(params=NAMES)
def answer(request: pytest.FixtureRequest, serve: Serve) -> Response:
    """Every page, in its states."""
    name: str = request.param
    if name in SECOND_FACTOR:
        return of_a_second_factor(name, Person(serve()).sign_up("홍길동"))
    person = Person(serve(**settings(name)))
    if name in MEMBERS:
        person.sign_up("홍길동")
    if name == "account":
        Person(person.app, agent=IPHONE).sign_in("홍길동")
    if name == "unavailable":
        break_accounts(person.app)
    if name == "mailed-link":
        return person.get(mailed_link(person.app))
    if name == "stale":
        return person.send_blindly("/sign-out")
    if name in WITH_A_TOKEN:
        return with_a_token(person, name)
    if name in {"sign-in/code", "sign-in/code-wrong"}:
        person.send("/sign-in/mail", {"login": "ada"})
    if name in SENT:
        return person.send(*SENT[name])
    return person.get(SHOWN.get(name, f"/{name}"))


def with_a_token(person: Person, name: str) -> Response:
    """Open the link of a mail, or send the form that is there with too short a password."""
    parts_ = parts(person.app)
    ada = run(parts_.accounts.sign_up(email="ada@example.org", password=PASSWORD))
    token = run(parts_.one_time.issue("reset-password", user=ada.id, target="ada@example.org"))
    if name == "reset-password":
        return person.get(f"/reset-password?token={token}")
    return person.send("/reset-password", {"token": token, "new_password": "short"})


def test_a_page_has_a_language_a_title_of_its_own_and_one_main_heading(answer: Response) -> None:
    page = Page.of(answer)
    assert page.declaration == "doctype html"
    assert page.all("html", lang="en")
    assert re.fullmatch(r"(Error: )?[A-Z][^·]+ · localhost:8000", page.title)
    assert len(page.all("h1")) == 1
    assert len(page.all("main")) == 1
    levels = [int(tag[1]) for tag, _ in page.tags if re.fullmatch(r"h[1-6]", tag)]
    assert all(after <= before + 1 for before, after in pairwise(levels))


def test_the_first_stop_of_the_keyboard_leads_to_the_content(answer: Response) -> None:
    page = Page.of(answer)
    stops = [
        attributes
        for tag, attributes in page.tags
        if tag in {"a", "button"} or (tag == "input" and attributes.get("type") != "hidden")
    ]
    assert stops[0]["href"] == "#content"
    assert page.all("main", id="content")
    assert not [stop for stop in stops if stop.get("tabindex", "0") not in {"0", "-1"}]


def test_every_input_has_a_label_and_every_reference_an_end(answer: Response) -> None:
    page = Page.of(answer)
    ids = [attributes["id"] for _, attributes in page.tags if "id" in attributes]
    assert len(ids) == len(set(ids))
    labelled = {label["for"] for label in page.all("label")}
    for found in page.all("input"):
        if found.get("type") != "hidden":
            assert found["id"] in labelled
            assert found["type"] == "checkbox" or found["autocomplete"]
    for _, attributes in page.tags:
        for name in ("aria-describedby", "aria-labelledby", "for"):
            assert set(attributes.get(name, "").split()) <= set(ids)


def test_buttons_that_look_alike_are_told_apart_by_name(serve: Serve) -> None:
    person = Person(serve()).sign_up()
    Person(person.app, agent=IPHONE).sign_in()
    page = person.look("/account")
    for number in (1, 2):
        (button,) = page.all("button", id=f"end-{number}")
        assert button["aria-labelledby"] == f"end-{number} device-{number}"


def test_an_error_speaks_up_and_its_field_is_where_typing_goes_on(answer: Response) -> None:
    page = Page.of(answer)
    assert bool(page.alert) == page.title.startswith("Error: ")
    assert len(page.all("input", autofocus="")) == (1 if page.alert else 0)


def is_a_way_out(page: Page) -> bool:
    """Whether it is the one page that leads elsewhere, and has no form."""
    return page.title.startswith("Going to ") and not page.all("form")


def test_a_page_needs_no_script_and_nothing_from_elsewhere(answer: Response) -> None:
    page = Page.of(answer)
    assert not page.all("script")
    assert not page.all("style")
    for tag, attributes in page.tags:
        assert not [name for name in attributes if name.startswith("on") or name == "style"]
        if tag == "a" and is_a_way_out(page):
            continue
        for name in ("href", "src", "action"):
            # The last one is for an app on the same phone.
            assert attributes.get(name, "/").startswith(("/", "#", "otpauth://totp/"))
            assert not attributes.get(name, "").startswith("//")


def test_a_page_is_kept_by_nobody_and_runs_nothing(answer: Response) -> None:
    assert answer.headers["cache-control"] == "no-store"
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "script-src" not in policy
    assert "frame-ancestors 'none'" in policy
    assert answer.headers["x-content-type-options"] == "nosniff"


def test_a_page_lets_its_own_forms_say_where_they_come_from(answer: Response) -> None:
    """Under `no-referrer` a browser would send `Origin: null` with them."""
    page = Page.of(answer)
    expected = "no-referrer" if is_a_way_out(page) else "same-origin"
    if page.all("input", name="token"):  # which is in the address too
        expected = "strict-origin"
    assert answer.headers["referrer-policy"] == expected


def test_files_are_kept_for_a_year_under_an_address_made_of_their_content(serve: Serve) -> None:
    person = Person(serve())
    page = person.look("/sign-in")
    found = [link["href"] for link in page.all("link")]
    assert found == [assets.address("seal.svg"), assets.address("pages.css")]
    for address, kind in zip(found, ("image/svg+xml", "text/css; charset=utf-8"), strict=True):
        answer = person.get(address)
        assert answer.status_code == 200
        assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
        assert answer.headers["content-type"] == kind
        assert "set-cookie" not in answer.headers
        stale = person.get(address[:-1])
        assert (stale.status_code, stale.headers["cache-control"]) == (200, "no-cache")


@pytest.mark.parametrize("name", ["nothing.css", "..%2f..%2fmap.py", "%2e%2e", "pages.css%00"])
def test_no_other_file_is_served(serve: Serve, name: str) -> None:
    assert Person(serve()).get(f"/static/{name}").status_code == 404


def test_the_site_is_named_by_its_public_address(serve: Serve) -> None:
    person = Person(serve(url="https://login.example.org"))
    page = person.look("/sign-in")
    assert "login.example.org" in page.text
    assert page.title == "Sign in · login.example.org"


def test_every_template_is_plain_text_that_jinja_escapes() -> None:
    for path in TEMPLATES.glob("*.html"):
        text = path.read_text(encoding="utf-8")
        assert "autoescape" not in text
        assert re.findall(r"\{\{[^}]*\|\s*safe", text) in ([], ["{{ ' class=\"long\"' | safe"])


def test_an_error_page_can_be_made_for_anything(serve: Serve) -> None:
    app = serve()
    scope = {"type": "http", "app": app, "headers": [], "query_string": b""}
    response = error_page(Request(scope), 418, "A <teapot>", "short and stout")
    assert response.status_code == 418
    text = bytes(response.body).decode()
    assert "A &lt;teapot&gt;" in text
    assert "Short and stout." in text


# -- colours ---------------------------------------------------------------------------------------

#: What stands on what, and the contrast it needs (WCAG 2.2: 1.4.3 for text, 1.4.11 for the rest).
PAIRS = [
    ("ink", "paper", 4.5),
    ("ink", "field", 4.5),
    ("muted", "paper", 4.5),
    ("seal", "paper", 4.5),
    ("seal", "field", 4.5),
    ("on-seal", "seal", 4.5),
    ("paper", "ink", 4.5),
    ("edge", "paper", 3),
    ("edge", "field", 3),
]


def schemes() -> Iterator[dict[str, str]]:
    for block in re.findall(r":root \{(.*?)\}", STYLES, flags=re.DOTALL):
        yield dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", block))


def luminance(colour: str) -> float:
    def linear(part: str) -> float:
        value = int(part, 16) / 255
        return value / 12.92 if value <= 0.04045 else float(((value + 0.055) / 1.055) ** 2.4)

    red, green, blue = (linear(colour[at : at + 2]) for at in (1, 3, 5))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize(("above", "below", "needed"), PAIRS)
def test_colours_stand_out_in_light_and_dark(above: str, below: str, needed: float) -> None:
    both = list(schemes())
    assert len(both) == 2
    for scheme in both:
        lighter, darker = sorted(map(luminance, (scheme[above], scheme[below])), reverse=True)
        assert (lighter + 0.05) / (darker + 0.05) >= needed


def test_colours_are_the_variables_and_nothing_else() -> None:
    rules = re.sub(r":root \{.*?\}", "", STYLES, flags=re.DOTALL)
    assert not re.findall(r"#[0-9a-fA-F]{3,8}\b|rgba?\(|hsla?\(", rules)
    used = set(re.findall(r"var\(--([\w-]+)\)", STYLES))
    assert all(used == set(scheme) for scheme in schemes())


def test_the_styles_ask_nobody_else_for_anything() -> None:
    assert "url(" not in STYLES
    assert "@import" not in STYLES
