"""Encrypted connections, and only to whom the certificates name."""

import asyncio
from pathlib import Path

import pytest

from dojang import blocking
from dojang.errors import Unavailable
from dojang.stores import urls
from dojang.testing.store_contract import NOW, a_record
from tests.certificates import certify
from tests.redis import free_ports, redis_server


def test_a_rediss_url_is_encrypted_and_trusts_whom_it_says(tmp_path: Path) -> None:
    certify(tmp_path)
    (port,) = free_ports(1)
    cert, key = tmp_path / "cert.pem", tmp_path / "key.pem"
    settings = ["--tls-port", str(port), "--tls-cert-file", str(cert), "--tls-key-file", str(key)]
    settings += ["--tls-auth-clients", "no", "--requirepass", "p@ss"]
    with redis_server(tmp_path / "redis", *settings, answers=b"-NOAUTH") as _:
        store = urls.open_store(f"rediss://:p%40ss@localhost:{port}?ca={cert}")
        asyncio.run(store.insert(a_record(), now=NOW))
        assert blocking.run(store.find("h1")) == a_record()
        store.close()
        for url in (
            f"rediss://:p%40ss@localhost:{port}",
            f"rediss://:p%40ss@127.0.0.1:{port}?ca={cert}",
            f"rediss://:wrong@localhost:{port}?ca={cert}",
        ):
            stranger = urls.open_store(url)
            for run in (blocking.run, asyncio.run):
                with pytest.raises(Unavailable) as caught:
                    run(stranger.find("h1"))
                assert "p@ss" not in str(caught.value)
            stranger.close()
