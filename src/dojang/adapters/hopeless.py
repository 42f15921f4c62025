"""Situations in which no browser will ever bring the session back, seen while they happen."""

import logging
from collections.abc import Mapping
from typing import Any

from dojang.doctor import Exchange, Reason, Situation, explain
from dojang.doctor.prescription import PREFIXES, without_prefix
from dojang.doctor.sites import is_loopback, read
from dojang.wire import cookies
from dojang.wire.cookies import Cookie

__all__ = ["HOPELESS", "Watch", "browser_url", "in_environ"]

#: Where in a scope or environ it says why the browser will not keep the session cookie, or None.
HOPELESS = "dojang.hopeless"

#: What tells how a browser came here, as WSGI names it.
_IN_ENVIRON = {
    f"HTTP_{name.upper().replace('-', '_')}": name
    for name in ("cookie", "host", "sec-fetch-site", "user-agent", "x-forwarded-proto")
}

_LOG = logging.getLogger("dojang")

#: Sentences after which nothing more is said, inclusive: hosts are as many as clients make up.
_ENOUGH = 32


class Watch:
    """Looks at the requests of browsers, and says each thing that is wrong once."""

    def __init__(self, cookie: Cookie) -> None:
        """Take the session cookie."""
        self._cookie = cookie
        self._line = cookie.set("")
        self._bare = without_prefix(cookie.name)
        self._told: dict[tuple[str, str], str | None] = {}

    @property
    def cookie(self) -> Cookie:
        """The session cookie."""
        return self._cookie

    def look(self, headers: Mapping[str, str], *, scheme: str, peer: str = "") -> str | None:
        """Return why this browser will not keep the session cookie, or what is strange about it.

        That, and where the scheme got lost, goes to the log, once. None if all is well.

        Args:
            headers: `host`, `cookie`, `user-agent`, `sec-fetch-site` and `x-forwarded-proto`, by
                lower-case name, as far as there are any.
            scheme: As the server sees it.
            peer: Who connected, for the log.
        """
        if not headers.get("user-agent", "").startswith("Mozilla/"):
            return None  # no browser: curl and health checks are not asked what they keep
        host = headers.get("host", "")
        strange = self._look_at_cookies(headers.get("cookie", ""), host)
        if not self._cookie.secure:
            return strange
        self._look_at_scheme(headers, scheme, peer)
        return self._stored(browser_url(headers, scheme=scheme), headers) or strange

    def _stored(self, url: str, headers: Mapping[str, str]) -> str | None:
        known = ("stored", url)
        if known not in self._told and len(self._told) < _ENOUGH:
            verdict = _explained(Situation(set_cookie=self._line, stored_by=_typed(url)))
            host, silent = headers.get("host", ""), "x-forwarded-proto" not in headers
            self._tell(
                known,
                None if verdict is None else f"{host}: {_sentence(verdict)}",
                more=". If a proxy ends TLS here, X-Forwarded-Proto is missing" if silent else "",
            )
        return self._told.get(known)

    def _look_at_scheme(self, headers: Mapping[str, str], scheme: str, peer: str) -> None:
        host, known = headers.get("host", ""), ("scheme", headers.get("host", ""))
        if scheme != "http" or known in self._told or len(self._told) >= _ENOUGH:
            return
        if not browser_url(headers, scheme=scheme).startswith("https:"):
            return
        reason = (
            f"X-Forwarded-Proto came{f' from {peer}' if peer else ''} and nothing believes it: "
            f'write ProxyMiddleware(app, Proxies(["{peer or "unix"}"])), and DOJANG_PROXIES for '
            "dojang serve"
            if "x-forwarded-proto" in headers
            else "X-Forwarded-Proto is missing: let the proxy that ends TLS send it"
        )
        self._tell(
            known,
            f"{host}: browsers come by https, and the application is told http, so that what it "
            f"redirects to {self._cookie.name} is not sent to. {reason}",
        )

    def _look_at_cookies(self, header: str, host: str) -> str | None:
        if self._bare not in header:
            return None
        names = [name for name, _ in cookies.parse(header)]
        alike = next((name for name in names if self._is_alike(name)), None)
        named = None if alike is None else self._once(("name", host), self._other(alike, host))
        if names.count(self._cookie.name) > 1:
            return self._once(("double", host), f"{host}: {self._double()}")
        # Where ours came too, the other one is in nobody's way.
        return None if self._cookie.name in names else named

    def _once(self, known: tuple[str, str], sentence: str) -> str:
        if known not in self._told and len(self._told) < _ENOUGH:
            self._tell(known, sentence)
        return sentence

    def _is_alike(self, name: str) -> bool:
        alike = name == self._bare or name.lower() in {f"{p}{self._bare}".lower() for p in PREFIXES}
        return alike and name != self._cookie.name

    def _other(self, name: str, host: str) -> str:
        return (
            f"{host}: the browser sends {name}, and {self._cookie.name} is read here: whoever "
            "set it took the connection for another scheme. Let the proxy say https "
            "(X-Forwarded-Proto), and everybody behind it believe that"
        )

    def _double(self) -> str:
        return (
            f"the browser sends {self._cookie.name} twice, so an old copy with another Domain or "
            "Path is there: delete it once, with its very Domain and Path"
        )

    def _tell(self, known: tuple[str, str], sentence: str | None, *, more: str = "") -> None:
        self._told[known] = sentence
        if sentence is not None:
            _LOG.warning("%s%s", sentence, more)


def in_environ(environ: Mapping[str, Any]) -> dict[str, str]:
    """Return the headers that `Watch.look` takes from the environ of WSGI, or Django's META."""
    return {name: environ[key] for key, name in _IN_ENVIRON.items() if key in environ}


def browser_url(headers: Mapping[str, str], *, scheme: str) -> str:
    """Return where the browser believes to be.

    Args:
        headers: As for `Watch.look`.
        scheme: As the server sees it, which behind a proxy is not what the browser does.
    """
    host = headers.get("host", "")
    place = read(f"http://{host}")
    # Browsers send Sec-Fetch-Site to https, and over http to this machine only.
    proven = "sec-fetch-site" in headers and place is not None and not is_loopback(place.host)
    forwarded = headers.get("x-forwarded-proto", "").partition(",")[0].strip().lower()
    return f"{'https' if proven or forwarded == 'https' else scheme}://{host}/"


def _typed(url: str) -> Exchange:
    return Exchange(url=url, way="typed")


def _explained(situation: Situation) -> Reason | None:
    # Of this cookie the last label is suffix enough: it has a Domain that was checked, or none.
    verdict = explain(situation, suffixes=lambda host: host.rpartition(".")[2], now=0)
    return None if verdict.confidence == "unreadable" or verdict.stored else verdict.because


def _sentence(reason: Reason) -> str:
    return f"{reason.fact}. {reason.advice}"
