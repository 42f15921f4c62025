"""What proxies say, put where an application looks for it."""

import logging
from typing import Any

import pytest
from starlette.testclient import TestClient

from dojang.adapters.proxies import ProxyMiddleware, WSGIProxyMiddleware
from dojang.wire.forwarded import Proxies
from tests.adapters.asking import over_asgi, over_wsgi

NGINX = Proxies(["192.0.2.7"])
TOLD = [("x-forwarded-for", "198.51.100.1"), ("x-forwarded-proto", "http")]


async def seen(scope: Any, receive: Any, send: Any) -> None:
    del receive
    host = [value for name, value in scope["headers"] if name == b"host"]
    text = f"{scope['scheme']} {scope['client'][0]} {host}"
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": text.encode()})


def seen_too(environ: Any, start_response: Any) -> Any:
    text = f"{environ['wsgi.url_scheme']} {environ['REMOTE_ADDR']} {environ['HTTP_HOST']}"
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [text.encode()]


def test_scheme_and_client_are_those_of_the_browser() -> None:
    ask = over_asgi(ProxyMiddleware(seen, NGINX))
    assert ask("/", TOLD).text == "http 198.51.100.1 [b'testserver']"
    ask = over_wsgi(WSGIProxyMiddleware(seen_too, NGINX))
    assert ask("/", TOLD).text == "http 198.51.100.1 testserver"


def test_a_host_replaces_the_one_that_the_proxy_asked_for() -> None:
    told = [("x-forwarded-host", "shop.example:8443")]
    proxies = Proxies(["192.0.2.7"], host=True)
    text = over_asgi(ProxyMiddleware(seen, proxies))("/", told).text
    assert text.endswith("[b'shop.example:8443']")
    text = over_wsgi(WSGIProxyMiddleware(seen_too, proxies))("/", told).text
    assert text.endswith(" shop.example:8443")


@pytest.mark.parametrize("name", ["x_forwarded_for", "X-Forwarded-For ", "x-forwarded_for"])
def test_a_name_that_only_looks_alike_is_not_read(name: str) -> None:
    """oauth2-proxy CVE-2025-64484: headers smuggled in with underscores."""
    text = over_asgi(ProxyMiddleware(seen, NGINX))("/", [(name, "6.6.6.6")]).text
    assert text.split()[1] == "192.0.2.7"


def test_several_headers_of_one_name_are_one_list() -> None:
    told = [("x-forwarded-for", "6.6.6.6"), ("x-forwarded-for", "198.51.100.1")]
    assert over_asgi(ProxyMiddleware(seen, NGINX))("/", told).text.split()[1] == "198.51.100.1"


def test_whom_nobody_trusts_is_named_once(caplog: pytest.LogCaptureFixture) -> None:
    ask = over_asgi(ProxyMiddleware(seen, Proxies(["10.0.0.1"])))
    with caplog.at_level(logging.WARNING, "dojang"):
        for _ in range(3):
            assert ask("/", TOLD).text == "https 192.0.2.7 [b'testserver']"
    (record,) = caplog.records
    assert "X-Forwarded-For came from 192.0.2.7 and is not believed" in record.message


def test_a_socket_has_a_scheme_of_its_own() -> None:
    schemes = []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        schemes.append(scope["scheme"])
        await receive()
        await send({"type": "websocket.accept"})
        await send({"type": "websocket.close"})

    proxies = Proxies(["127.0.0.1"])

    async def from_nginx(scope: Any, receive: Any, send: Any) -> None:
        told = [(b"x-forwarded-proto", b"https")]
        scope = {**scope, "client": ("127.0.0.1", 1), "headers": told}
        await ProxyMiddleware(app, proxies)(scope, receive, send)

    with TestClient(from_nginx).websocket_connect("/") as connection:
        assert connection.receive()["type"] == "websocket.close"
    assert schemes == ["wss"]
