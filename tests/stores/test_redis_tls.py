"""Encrypted connections, and only to whom the certificates name."""

import asyncio
import datetime as dt
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from dojang import blocking
from dojang.errors import Unavailable
from dojang.stores import urls
from dojang.testing.store_contract import NOW, a_record
from tests.redis import free_ports, redis_server


def certify(folder: Path) -> None:
    """Write a certificate for localhost that signs itself, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    today = dt.datetime.now(dt.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(today - dt.timedelta(days=1))
        .not_valid_after(today + dt.timedelta(days=1))
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    (folder / "cert.pem").write_bytes(certificate.public_bytes(pem))
    plain = serialization.NoEncryption()
    form = serialization.PrivateFormat.PKCS8
    (folder / "key.pem").write_bytes(key.private_bytes(pem, form, plain))


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
