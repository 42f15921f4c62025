"""What `curl -v` prints: `*` what it does, `>` what it asks, `<` what it gets."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from dojang.doctor.evidence.answer import Answer, BadEvidence, Headers, answer_of

__all__ = ["read_curl"]

_ASKS = re.compile(r"> ([A-Z]+) (\S+)(?: HTTP/\S+)?\s*")
_ANSWERS = re.compile(r"< HTTP/\S+ ([0-9]{3}).*")
_HEADER = re.compile(r"[<>] ([!#$%&'*+\-.^_`|~0-9A-Za-z]+):[ \t]*(.*)")
_PORT = re.compile(r"\* .*?\bport ([0-9]{1,5})\b.*")
#: What OpenSSL, GnuTLS, Schannel, Secure Transport, mbedTLS, wolfSSL and QUIC have curl say.
_ENCRYPTED = re.compile(r"\* .*(\b(SSL|TLS|ALPN|QUIC)|schannel|using HTTP/3|\[:scheme: https\])")
_CONNECTS = re.compile(r"\* +(Trying|Hostname)\b")


@dataclass
class _Heard:
    """One request, as far as it was read."""

    method: str
    path: str
    https: bool
    port: str
    status: int = 0
    asked: Headers = field(default_factory=list[tuple[str, str]])
    answered: Headers = field(default_factory=list[tuple[str, str]])

    def answer(self) -> Answer:
        host = next((value for name, value in self.asked if name.lower() == "host"), "")
        host = host.strip()
        if "://" in self.path:  # asked of a proxy
            return answer_of(self.path, self.method, self.status, self.asked, self.answered)
        if ":" not in host and self.port and self.port not in {"80", "443"}:
            host = f"{host}:{self.port}"
        url = f"{'https' if self.https else 'http'}://{host}{self.path}"
        return answer_of(url, self.method, self.status, self.asked, self.answered)


def read_curl(text: str) -> list[Answer]:
    """Return every answer in what `curl -v` printed.

    Raises:
        BadEvidence: There is no request in it.
    """
    answers = [heard.answer() for heard in _requests(text)]
    if not answers:
        raise BadEvidence(
            "neither a HAR file nor what curl -v prints: there is no line like '> GET / HTTP/1.1'"
        )
    return answers


def _requests(text: str) -> Iterator[_Heard]:
    heard: _Heard | None = None
    https, tunnelled, port = False, False, ""
    for line in text.splitlines():
        if line.startswith("* "):
            https = not _CONNECTS.match(line) and (https or bool(_ENCRYPTED.match(line)))
            if (found := _PORT.match(line)) and not tunnelled:
                port = found[1]
        elif found := _ASKS.fullmatch(line.rstrip()):
            if heard:
                yield heard
            tunnelled = found[1] == "CONNECT"
            if tunnelled:  # what the proxy is asked is nothing of the browser's
                heard, port = None, found[2].rpartition(":")[2]
            else:
                heard = _Heard(found[1], found[2], https or port == "443", port)
        elif heard and (found := _ANSWERS.match(line)):
            heard.status = int(found[1])
        elif heard and (found := _HEADER.match(line)):
            (heard.asked if line[0] == ">" else heard.answered).append((found[1], found[2]))
    if heard:
        yield heard
