"""Where `next` may lead, judged by Node's `URL`, which reads addresses as browsers do."""

import json
import subprocess
from pathlib import Path
from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dojang.server.pages import local_path
from dojang.server.pages.redirects import HOME, see
from tests.need import need

VECTORS = Path(__file__).parents[2] / "vectors" / "open-redirect"
URLS = VECTORS.parent / "whatwg-url" / "urltestdata.json"
LINES = [
    line
    for path in sorted(VECTORS.glob("*.txt"))
    if path.name != "SOURCE.txt"
    for line in path.read_text(encoding="utf-8").splitlines()
]
#: What the URL standard is tested with.
RECORDS = [
    record["input"]
    for record in json.loads(URLS.read_text(encoding="utf-8"))
    if not isinstance(record, str)
]
BASES = [
    "https://login.example.org/sign-in",
    "https://login.example.org/sign-in?next=%2F%2Fevil.example#x",
    "http://localhost:8000/account/devices/sign-out",
    "http://[::1]:8000/",
    "https://whitelisteddomain.tld/a/b/c/../../",
]
FOREIGN_LETTERS = "/\\.;:@?#%&=\t\r\n\0 \u3002\uff0f\uff3c\u2215aA2fF5cC0dD9eE한"

_JUDGE = """
const { bases, paths } = JSON.parse(require("fs").readFileSync(0, "utf8"));
const away = [];
for (const base of bases) for (const path of paths) {
  const url = new URL(path, base);
  const home = new URL(base);
  if (url.origin !== home.origin || url.username || url.password) away.push([base, path]);
}
console.log(JSON.stringify(away));
"""


def away(paths: list[str]) -> list[list[str]]:
    """Return the bases and paths that Node sees leaving the origin."""
    judged = subprocess.run(
        [need("node"), "-e", _JUDGE],
        input=json.dumps({"bases": BASES, "paths": paths}),
        capture_output=True,
        text=True,
        check=True,
    )
    found: list[list[str]] = json.loads(judged.stdout)
    return found


def test_the_judge_sees_what_leaves() -> None:
    assert len(away(["//evil.example", "/\\evil.example", "/\t/evil.example", "/fine"])) == 15


def test_no_line_of_the_lists_leaves_the_origin() -> None:
    assert len(LINES) > 330
    typed = [*LINES, *map(unquote, LINES), *(unquote(unquote(line)) for line in LINES)]
    typed += [f"/{line}" for line in typed] + [f"/a/{line}" for line in typed]
    assert away([local_path(line) for line in typed]) == []


def test_f25_no_record_of_the_url_standard_leaves_the_origin() -> None:
    assert len(RECORDS) == 891
    typed = [*RECORDS, *map(unquote, RECORDS)]
    typed += [f"/{text}" for text in typed] + [f"/a/{text}" for text in typed]
    assert away(sorted({local_path(text) for text in typed})) == []


def test_no_line_of_the_lists_splits_a_header_or_brings_a_host_to_the_front() -> None:
    for line in (*LINES, *map(unquote, LINES)):
        found = local_path(line)
        assert found.isascii()
        assert found.isprintable()
        assert found.startswith("/")
        assert not found.startswith(("//", "/\\", "/%2f", "/%5c"))
        assert see(found).headers["location"] == found


def test_what_injects_header_lines_leads_home() -> None:
    lines = (VECTORS / "crlfinjection.txt").read_text(encoding="utf-8").splitlines()
    assert len(lines) == 17
    assert {local_path(line) for line in lines} == {HOME}


@given(st.lists(st.text(FOREIGN_LETTERS, max_size=12).map("/".__add__), min_size=60, max_size=60))
def test_what_is_let_through_reads_the_same_once_more(texts: list[str]) -> None:
    for text in texts:
        found = local_path(text)
        assert local_path(found) == found


def test_no_combination_of_dangerous_characters_leaves_the_origin() -> None:
    letters = ["/", "\\", ".", ":", "@", "\t", "\n", "%2f", "%5c", "%09", "?", "#", ";", "a", "一"]
    typed = [
        f"/{first}{second}{third}evil.example"
        for first in letters
        for second in letters
        for third in ["", *letters]
    ]
    assert len(typed) == 3600
    assert away(sorted({local_path(text) for text in typed})) == []


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("/", "/"),
        ("/account", "/account"),
        ("/notes/2026/?page=2&q=a%20b#top", "/notes/2026/?page=2&q=a%20b#top"),
        ("/@ada/.well-known/a..b", "/@ada/.well-known/a..b"),
        ("/search?q=두 낱말", "/search?q=%EB%91%90%20%EB%82%B1%EB%A7%90"),
        ("/문서", "/%EB%AC%B8%EC%84%9C"),
        ("/%EB%AC%B8%EC%84%9C", "/%EB%AC%B8%EC%84%9C"),
        ("/login?next=https://example.org//x", "/login?next=https://example.org//x"),
    ],
)
def test_paths_of_our_own_are_kept(text: str, path: str) -> None:
    assert local_path(text) == path


@pytest.mark.parametrize(
    "text",
    [
        "",
        "account",
        "//evil.example",
        "///evil.example",
        "/\\evil.example",
        "\\/evil.example",
        "/a\\b",
        "https://evil.example",
        "javascript:alert(1)",
        " /account",
        "/a//evil.example",
        "/./a",
        "/../a",
        "/a/..",
        "/a/..;/b",
        "/%2e%2e/a",
        "/%2f/evil.example",
        "/%5cevil.example",
        "/%252f/evil.example",
        "/\t/evil.example",
        "/a\r\nSet-Cookie: a=b",
        "/a%0d%0aSet-Cookie: a=b",
        "/a%250d%250aSet-Cookie: a=b",
        "/a?b=%00",
        "/%zz",
        "/%",
        "/\ud800",
        "/" + "a" * 2048,
    ],
)
def test_everything_else_leads_home(text: str) -> None:
    assert local_path(text) == HOME


def test_a_long_text_is_judged_in_no_time() -> None:
    """Each reading is at least two characters shorter, so there are at most a thousand."""
    assert local_path("/" + "%25" * 682) == "/" + "%25" * 682
    assert local_path("/%" + "25" * 1020 + "0a") == HOME
    assert local_path("/a" * 1024) == "/a" * 1024
    assert local_path("/" + "../" * 682) == HOME


def test_what_is_encoded_too_often_to_be_meant_is_not_followed_down() -> None:
    assert local_path("/a%2541") == "/a%2541"
    assert local_path("/%" + "25" * 500) == "/account"
