"""Where the server listens is said in a way that can be, or one line says why it cannot."""

from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    PrivateFormat,
    load_pem_private_key,
)

from dojang.server.errors import BadSettings
from dojang.server.settings import Settings
from tests.certificates import certify


@pytest.fixture
def folder(bare: Path) -> Path:
    """Where there are certificates: one with its key, and what does not belong to it."""
    other = bare / "other"
    other.mkdir()
    certify(other)
    certify(bare)
    (bare / "text.pem").write_text("-----BEGIN NONSENSE-----")
    key = load_pem_private_key((bare / "key.pem").read_bytes(), None)
    locked = BestAvailableEncryption(b"hunter2")
    (bare / "locked.pem").write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, locked))
    return bare


TLS = {"tls_certificate": "cert.pem", "tls_key": "key.pem"}


def problems(**given: object) -> tuple[str, ...]:
    with pytest.raises(BadSettings) as caught:
        Settings.load(**given)
    return caught.value.problems


@pytest.mark.usefixtures("folder")
def test_a_certificate_makes_it_https() -> None:
    settings = Settings.load(**TLS, port=8443)
    assert (settings.url, settings.https) == ("https://localhost:8443", True)


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"tls_key": None}, "write both, or neither"),
        ({"tls_certificate": None}, "write both, or neither"),
        ({"tls_key": "other/key.pem"}, "KEY_VALUES_MISMATCH"),
        ({"tls_key": "missing.pem"}, "missing.pem: No such file or directory"),
        ({"tls_certificate": "."}, "Is a directory"),
        ({"tls_certificate": "text.pem"}, "write a certificate and its key"),
        ({"tls_key": "locked.pem"}, "without a password"),
        ({"url": "http://login.example.org"}, "makes that https"),
        ({"unix_socket": "dojang.sock", "url": "https://a.example.org"}, "leave one out"),
    ],
)
def test_tls_that_cannot_be_is_one_line_with_a_remedy(given: dict[str, str], words: str) -> None:
    [line] = problems(**{**TLS, **given})
    assert line.startswith("DOJANG_")
    assert words in line


def test_behind_a_socket_stands_a_proxy_whose_word_is_taken(bare: Path) -> None:
    settings = Settings.load(unix_socket=bare / "dojang.sock", url="https://a.example.org")
    assert settings.proxies == ("unix",)


def test_a_socket_has_no_address_that_browsers_could_use(bare: Path) -> None:
    [line] = problems(unix_socket=bare / "dojang.sock")
    assert line.startswith("DOJANG_URL is missing")


@pytest.mark.usefixtures("bare")
def test_a_key_for_metrics_that_is_too_short_is_not_shown() -> None:
    [line] = problems(metrics_key="hunter2")
    assert line.startswith("DOJANG_METRICS_KEY cannot be used: ")
    assert "hunter2" not in line
