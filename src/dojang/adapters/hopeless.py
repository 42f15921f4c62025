"""Situations in which no browser will ever bring the session back, seen while they happen."""

import logging
from collections.abc import Mapping

from dojang.doctor import Exchange, Reason, Situation, explain
from dojang.doctor.prescription import PREFIXES, without_prefix
from dojang.doctor.sites import is_loopback, read
from dojang.wire import cookies
from dojang.wire.cookies import Cookie

__all__ = ["Watch", "browser_url"]

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

    def look(self, headers: Mapping[str, str], *, scheme: str) -> str | None:
        """Return why this browser will not keep the session cookie; None if it will.

        That, and what is strange about the cookies that came, goes to the log, once.

        Args:
            headers: `host`, `cookie`, `user-agent`, `sec-fetch-site` and `x-forwarded-proto`, by
                lower-case name, as far as there are any.
            scheme: As the server sees it.
        """
        if not headers.get("user-agent", "").startswith("Mozilla/"):
            return None  # no browser: curl and health checks are not asked what they keep
        host = headers.get("host", "")
        self._look_at_cookies(headers.get("cookie", ""), host)
        if not self._cookie.secure:
            return None
        return self._stored(browser_url(headers, scheme=scheme), host)

    def _stored(self, url: str, host: str) -> str | None:
        known = ("stored", url)
        if known not in self._told and len(self._told) < _ENOUGH:
            verdict = _explained(Situation(set_cookie=self._line, stored_by=_typed(url)))
            self._tell(known, None if verdict is None else f"{host}: {_sentence(verdict)}")
        return self._told.get(known)

    def _look_at_cookies(self, header: str, host: str) -> None:
        if self._bare not in header or len(self._told) >= _ENOUGH:
            return
        names = [name for name, _ in cookies.parse(header)]
        if names.count(self._cookie.name) > 1 and ("double", host) not in self._told:
            self._tell(("double", host), f"{host}: {self._double()}")
        for name in names:
            self._look_at_name(name, host)

    def _look_at_name(self, name: str, host: str) -> None:
        alike = name == self._bare or name.lower() in {f"{p}{self._bare}".lower() for p in PREFIXES}
        if alike and name != self._cookie.name and ("name", host) not in self._told:
            self._tell(
                ("name", host),
                f"{host}: the browser sends {name}, and {self._cookie.name} is read here: whoever "
                "set it took the connection for another scheme. Let the proxy say https "
                "(X-Forwarded-Proto), and everybody behind it believe that",
            )

    def _double(self) -> str:
        return (
            f"the browser sends {self._cookie.name} twice, so an old copy with another Domain or "
            "Path is there: delete it once, with its very Domain and Path"
        )

    def _tell(self, known: tuple[str, str], sentence: str | None) -> None:
        self._told[known] = sentence
        if sentence is not None:
            _LOG.warning("%s", sentence)


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
