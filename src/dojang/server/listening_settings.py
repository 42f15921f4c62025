"""The settings of where the server listens: at a port, in the clear or with TLS, or at a socket."""

import ssl
from collections.abc import Iterator
from pathlib import Path

from pydantic import Field
from pydantic_settings import BaseSettings

from dojang.server import addresses

__all__ = ["ListeningSettings", "contradictions"]

_URL = "write the https:// address that browsers use to DOJANG_URL"


class ListeningSettings(BaseSettings):
    """One place to listen at."""

    host: str = Field(
        default="127.0.0.1",
        min_length=1,
        description="an address of this machine, such as 127.0.0.1",
    )
    port: int = Field(default=8000, ge=1, le=65535, description="a number from 1 to 65535")
    tls_certificate: Path | None = Field(
        default=None, description="a PEM file with the certificate of the server and its chain"
    )
    tls_key: Path | None = Field(default=None, description="a PEM file with the key of it")
    unix_socket: Path | None = Field(
        default=None,
        description="a file to listen at instead, for a proxy on this machine; its directory is "
        "there",
    )
    url: str = Field(
        default_factory=lambda known: addresses.local(
            known["host"], known["port"], tls=known.get("tls_certificate") is not None
        ),
        description="the public address without a path, such as https://login.example.org",
    )


def contradictions(settings: ListeningSettings) -> Iterator[str]:
    """Yield a line for whatever does not fit together."""
    certificate, key = settings.tls_certificate, settings.tls_key
    if settings.unix_socket is not None:
        yield from _of_a_socket(settings)
    if certificate is None and key is None:
        return
    if certificate is None or key is None:
        yield "DOJANG_TLS_CERTIFICATE and DOJANG_TLS_KEY belong together: write both, or neither"
        return
    if not settings.url.startswith("https://"):
        yield f"DOJANG_URL is {settings.url}, and DOJANG_TLS_CERTIFICATE makes that https: {_URL}"
    if reason := _refusal(certificate, key):
        yield (
            f"DOJANG_TLS_CERTIFICATE is {str(certificate)!r} and DOJANG_TLS_KEY {str(key)!r}: "
            f"{reason}; write a certificate and its key, without a password, as PEM"
        )


def _of_a_socket(settings: ListeningSettings) -> Iterator[str]:
    if settings.tls_certificate is not None:
        yield (
            "DOJANG_UNIX_SOCKET and DOJANG_TLS_CERTIFICATE are both set: TLS ends at the proxy in "
            "front of a socket; leave one out"
        )
    if "url" not in settings.model_fields_set:
        yield f"DOJANG_URL is missing, and nobody can guess it from DOJANG_UNIX_SOCKET: {_URL}"


def _refusal(certificate: Path, key: Path) -> str:
    for path in (certificate, key):
        try:
            path.read_bytes()
        except OSError as error:
            return f"{path.name}: {error.strerror}"
    try:
        # With a password of nothing, or OpenSSL asks for one at the terminal.
        ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(certificate, key, password="")
    except (ssl.SSLError, ValueError) as error:
        return getattr(error, "reason", None) or "neither is what it should be"
    return ""
