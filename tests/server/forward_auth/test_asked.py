"""What a proxy asks about is read from the headers that it writes, and from no other spelling."""

import pytest

from dojang.server.errors import BadRequest
from dojang.server.forward_auth import asked, identity

FORWARDED = {
    "X-Forwarded-Method": "GET",
    "X-Forwarded-Proto": "https",
    "X-Forwarded-Host": "app.example.org",
    "X-Forwarded-Uri": "/deep?x=1",
    "X-Forwarded-For": "203.0.113.9",
}
ORIGINAL = {
    "X-Original-Method": "POST",
    "X-Original-URL": "https://App.example.org:8443/deep?x=1",
    "X-Forwarded-For": "203.0.113.9",
}


def raw(headers: dict[str, str], *more: tuple[str, str]) -> list[asked.Header]:
    return [(name.encode(), value.encode("latin-1")) for name, value in [*headers.items(), *more]]


def test_traefik_and_caddy_are_read() -> None:
    assert asked.forwarded(raw(FORWARDED)).url == "https://app.example.org/deep?x=1"


def test_nginx_is_read() -> None:
    target = asked.nginx(raw(ORIGINAL))
    assert (target.url, target.method) == ("https://app.example.org:8443/deep?x=1", "POST")


def test_envoy_is_read() -> None:
    headers = raw({"Host": "app.example.org", "X-Forwarded-Proto": "https"})
    target = asked.envoy(headers, method="PUT", uri="/deep?x=1")
    assert (target.url, target.method) == ("https://app.example.org/deep?x=1", "PUT")


@pytest.mark.parametrize(
    "name", ["X-Forwarded-Method", "X-Forwarded-Proto", "X-Forwarded-Host", "X-Forwarded-Uri"]
)
def test_what_is_missing_or_came_twice_is_refused(name: str) -> None:
    with pytest.raises(BadRequest, match="0 times"):
        asked.forwarded(raw({other: value for other, value in FORWARDED.items() if other != name}))
    with pytest.raises(BadRequest, match="2 times"):
        asked.forwarded(raw(FORWARDED, (name.upper(), FORWARDED[name])))
    with pytest.raises(BadRequest):
        asked.forwarded(raw(FORWARDED | {name: ""}))


@pytest.mark.parametrize("name", ["X-Forwarded-Host", "X-Forwarded-Proto", "X-Forwarded-Method"])
def test_a_list_is_no_value(name: str) -> None:
    with pytest.raises(BadRequest):
        asked.forwarded(raw(FORWARDED | {name: f"{FORWARDED[name]}, {FORWARDED[name]}"}))


@pytest.mark.parametrize(
    "name",
    [
        "X_Forwarded_Uri",
        "X_Forwarded-Uri",
        "x_forwarded_host",
        "X-Forwarded_Proto",
        "X_Original_Url",
        "X_Rewrite_Url",
        *(name.replace("-", "_") for name in identity.NAMES),
    ],
)
def test_GHSA_vjrc_mh2v_45x6_an_underscore_is_no_hyphen(name: str) -> None:
    for read, headers in ((asked.forwarded, FORWARDED), (asked.nginx, ORIGINAL)):
        with pytest.raises(BadRequest, match="another spelling"):
            read(raw(headers, (name, "x")))


@pytest.mark.parametrize(
    "name", ["X-Rewrite-URL", "X-Original-URI", "X-Forwarded-Path", "X-Envoy-Original-Path"]
)
def test_GHSA_7x63_xv5r_3p2x_what_tells_applications_of_another_path_is_refused(
    name: str,
) -> None:
    for read, headers in ((asked.forwarded, FORWARDED), (asked.nginx, ORIGINAL)):
        with pytest.raises(BadRequest, match="should not pass on"):
            read(raw(headers, (name, "/admin")))


def test_one_proxy_is_not_asked_in_the_way_of_another() -> None:
    with pytest.raises(BadRequest, match="should not pass on"):
        asked.forwarded(raw(FORWARDED, ("X-Original-URL", "https://app.example.org/admin")))
    with pytest.raises(BadRequest, match="should not pass on"):
        asked.nginx(raw(ORIGINAL, ("X-Forwarded-Uri", "/public")))


@pytest.mark.parametrize(
    "url",
    [
        "",
        "/deep",
        "app.example.org/deep",
        "//app.example.org/deep",
        "https:///deep",
        "https://ada@app.example.org/",
        "https://app.example.org/a#b",
        "https://app.example.org#/a",
        "https://app.example.org\\@evil.example/",
        "ftp://app.example.org/",
        "https://[::1/",
    ],
)
def test_GHSA_pxq7_h93f_9jrg_what_is_no_address_is_refused(url: str) -> None:
    with pytest.raises(BadRequest):
        asked.nginx(raw(ORIGINAL | {"X-Original-URL": url}))
