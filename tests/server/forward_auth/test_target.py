"""One request has one spelling, or is judged as all that it may be read as."""

import pytest

from dojang.server.errors import BadRequest
from dojang.server.forward_auth.target import Target


def asked(uri: str = "/", *, host: str = "app.example.org", scheme: str = "https") -> Target:
    return Target.of(method="GET", scheme=scheme, host=host, uri=uri)


@pytest.mark.parametrize(
    ("host", "name", "port"),
    [
        ("app.example.org", "app.example.org", 443),
        ("APP.Example.ORG", "app.example.org", 443),
        ("app.example.org.", "app.example.org", 443),
        ("app.example.org:443", "app.example.org", 443),
        ("app.example.org.:8443", "app.example.org", 8443),
        ("[::1]:8443", "[::1]", 8443),
        ("127.0.0.1:80", "127.0.0.1", 80),
        ("xn--9t4b11yi5a.kr", "xn--9t4b11yi5a.kr", 443),
    ],
)
def test_a_host_has_one_spelling(host: str, name: str, port: int) -> None:
    target = asked(host=host)
    assert (target.host, target.port) == (name, port)


@pytest.mark.parametrize(
    "host",
    [
        "",
        " app.example.org",
        "app.example.org/",
        "app.example.org#",
        "app.example.org, evil.example",
        "ada@app.example.org",
        "app.example.org:",
        "app.example.org:0",
        "app.example.org:65536",
        "app..example.org",
        ".example.org",
        "-app.example.org",
        "앱.example.org",
        "app.example.org\x00",
        "app%2eexample.org",
        "a" * 64 + ".org",
        "a." * 130 + "org",
        "app.example.org\n",
    ],
)
def test_what_is_no_host_is_refused(host: str) -> None:
    with pytest.raises(BadRequest):
        asked(host=host)


@pytest.mark.parametrize(
    ("uri", "path"),
    [
        ("/", "/"),
        ("/?x=1", "/"),
        ("/admin", "/admin"),
        ("/admin/", "/admin"),
        ("/%61dmin", "/admin"),
        ("/admin?next=//evil/../;", "/admin"),
        ("/%EB%8F%84%EC%9E%A5", "/도장"),
        ("/a.b/..c", "/a.b/..c"),
        ("/.a/%20b:c", "/.a/ b:c"),
        ("/.well-known/x", "/.well-known/x"),
        ("/a%20b", "/a b"),
    ],
)
def test_a_path_has_one_spelling(uri: str, path: str) -> None:
    assert asked(uri).path == path
    assert asked(uri).url == f"https://app.example.org{uri}"


@pytest.mark.parametrize(
    "uri",
    [
        "//",
        "//evil.example/admin",
        "/public//../admin",
        "/public/../admin",
        "/public/./admin",
        "/public/..",
        "/public/%2e%2e/admin",
        "/public/%2E./admin",
        "/public%2fadmin",
        "/public%2F..%2Fadmin",
        "/public%5cadmin",
        "/public\\..\\admin",
        "/public/..;/admin",
        "/public;x=1/admin",
        "/public%3b/admin",
        "/public%00",
        "/public%0a",
        "/public%3fx",
        "/public%23x",
        "/public%252e%252e/admin",
        "/public/%",
        "/public/%zz",
        "/public/%ff",
        "/public/%c0%ae%c0%ae/admin",
        "/%EF%BC%8E%EF%BC%8E/admin",  # two full-width dots, which NFKC makes plain ones
        "/e%CC%81",  # an e and an accent
        "/public/...",
        "/public%20/x",
        "/public.",
        "/public::$DATA",
        "/public%EF%BB%BF",
    ],
)
def test_a_path_that_can_be_read_in_two_ways_has_no_spelling(uri: str) -> None:
    assert asked(uri).path is None


@pytest.mark.parametrize(
    "uri",
    [
        "",
        "*",
        "admin",
        "https://evil.example/",
        "/a b",
        "/a\tb",
        "/a\x00b",
        "/도장",
        "/a#b",
        "/" * 8193,
    ],
)
def test_what_is_no_path_is_refused(uri: str) -> None:
    with pytest.raises(BadRequest):
        asked(uri)


@pytest.mark.parametrize(("said", "scheme"), [("ws", "http"), ("wss", "https"), ("http", "http")])
def test_web_sockets_are_asked_about_as_what_they_begin_with(said: str, scheme: str) -> None:
    assert asked(scheme=said).scheme == scheme


@pytest.mark.parametrize("scheme", ["", "ftp", "https, http", "HTTPS", "javascript"])
def test_what_is_no_scheme_is_refused(scheme: str) -> None:
    with pytest.raises(BadRequest):
        asked(scheme=scheme)


@pytest.mark.parametrize("method", ["", "get", "GET POST", "G\n", "A" * 17])
def test_what_is_no_method_is_refused(method: str) -> None:
    with pytest.raises(BadRequest):
        Target.of(method=method, scheme="https", host="app.example.org", uri="/")


def test_a_port_of_its_own_stays_in_the_address() -> None:
    assert asked("/x?y", host="app.example.org:8443").url == "https://app.example.org:8443/x?y"
    assert asked("/x", host="app.example.org:80", scheme="http").url == "http://app.example.org/x"


@pytest.mark.parametrize(
    ("text", "url"),
    [
        ("https://app.example.org/도장?장=도", "/%EB%8F%84%EC%9E%A5?%EC%9E%A5=%EB%8F%84"),
        ("https://app.example.org/%EB%8F%84", "/%EB%8F%84"),
        ("https://app.example.org/a b", "/a%20b"),
        (" HTTPS://APP.EXAMPLE.ORG/x#y\n", "/x"),
        ("https://app.example.org?x=1", "/?x=1"),
        ("https://app.example.org", "/"),
        ("https://app.example.org//x", "//x"),
    ],
)
def test_what_somebody_types_is_what_their_browser_asks_for(text: str, url: str) -> None:
    assert Target.typed(text).url == f"https://app.example.org{url}"


@pytest.mark.parametrize(
    "text", ["", "app.example.org/x", "ftp://a/", "https://[", "https://a b/", "https://\ud800/"]
)
def test_what_is_no_address_is_not_guessed_at(text: str) -> None:
    with pytest.raises(BadRequest):
        Target.typed(text)


def test_the_same_over_https_has_its_port() -> None:
    assert asked("/x", host="app.example.org", scheme="http").over_https.url == (
        "https://app.example.org/x"
    )
    assert asked("/x", host="app.example.org:8080", scheme="http").over_https.url == (
        "https://app.example.org:8080/x"
    )
