"""From the options, a live answer or a file to questions for the doctor."""

import codecs
import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import cast

from dojang.cli.live import visit
from dojang.doctor import Exchange, Situation, Verdict, evidence, explain, set_cookie
from dojang.doctor.engines import ENGINES
from dojang.doctor.evidence import Answer
from dojang.doctor.sites import Suffixes
from dojang.doctor.sites import read as read_url
from dojang.doctor.situation import Credentials
from dojang.doctor.words import address
from dojang.errors import Misuse

__all__ = ["Asked", "BadQuestion", "Question", "from_evidence", "from_live", "from_options", "look"]

_MODES = ("include", "same-origin", "omit")

#: Bytes of a file, inclusive.
_LONGEST = 64 * 1024 * 1024


class BadQuestion(Misuse, ValueError):
    """The doctor was asked in a way that has no answer."""

    code = "bad-question"


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What the options say of every cookie."""

    front: str | None
    fetch: str
    browsers: tuple[str, ...]

    def __post_init__(self) -> None:
        """Check what can be checked.

        Raises:
            BadQuestion: A browser, a mode or an address is none.
        """
        for name in self.browsers:
            if name not in ENGINES:
                raise BadQuestion(f"--browser is {name!r}; write one of {', '.join(ENGINES)}")
        if self.mode not in _MODES:
            raise BadQuestion(f"--fetch is {self.fetch!r}; write credentials=include")
        if self.front is not None and read_url(self.front) is None:
            raise BadQuestion("--front is no URL; write it as http://localhost:3000")

    @property
    def mode(self) -> Credentials:
        """The credentials of fetch."""
        return cast("Credentials", self.fetch.removeprefix("credentials="))


@dataclass(frozen=True, slots=True)
class Asked:
    """One cookie of one answer, and what the browsers make of it."""

    exchange: Exchange
    set_cookie: str
    browsers: tuple[str, ...]
    verdicts: tuple[Verdict, ...] = ()


def look(asked: Asked, *, suffixes: Suffixes, now: int) -> Asked:
    """Return `asked` with its verdicts."""
    situations = (
        Situation(set_cookie=asked.set_cookie, stored_by=asked.exchange, browser=browser)
        for browser in asked.browsers
    )
    verdicts = tuple(explain(each, suffixes=suffixes, now=now) for each in situations)
    return replace(asked, verdicts=verdicts)


def from_options(question: Question, api: str | None, set_cookies: list[str]) -> list[Asked]:
    """Return the questions of the command line.

    Raises:
        BadQuestion: Something is missing.
    """
    if api is None or not set_cookies:
        raise BadQuestion(
            "tell the doctor --api URL and --set-cookie LINE, or give it a URL, a HAR file or "
            "what curl -v printed"
        )
    if read_url(api) is None:
        raise BadQuestion("--api is no URL; write it as https://api.example.com/login")
    lines = tuple(set_cookie.value_of(line) for line in set_cookies)
    return list(_asked(question, Answer(Exchange(url=api, way="typed"), lines)))


def from_evidence(question: Question, where: str) -> list[Asked]:
    """Return a question for each cookie in a HAR file or in what `curl -v` printed.

    Raises:
        BadQuestion: It cannot be read.
        BadEvidence: It is neither.
    """
    try:
        with sys.stdin.buffer if where == "-" else Path(where).open("rb") as file:
            text = _decoded(file.read(_LONGEST))
    except OSError as error:
        raise BadQuestion(f"{where}: {error.strerror}") from None
    return [asked for answer in evidence.read(text) for asked in _asked(question, answer)]


def _decoded(data: bytes) -> str:
    """Return what a file says; shells of Windows write UTF-16."""
    wide = data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    return data.decode("utf-16" if wide else "utf-8-sig", "replace")


def from_live(question: Question, url: str) -> list[Asked]:
    """Return a question for each cookie that a live address sets, redirects included.

    Raises:
        BadQuestion: It does not answer, or sets none.
    """
    seen = visit(url)
    asked = [each for answer in seen.answers for each in _asked(question, answer)]
    if not asked:
        raise BadQuestion(seen.ended or _sets_none(seen.answers[-1].exchange))
    if seen.ended:  # what came before it has been seen all the same
        sys.stderr.write(f"dojang: {seen.ended}\n")
    return asked


def _sets_none(last: Exchange) -> str:
    return f"{address(last.url)} answers {last.status} and sets no cookie on GET"


def _asked(question: Question, answer: Answer) -> Iterator[Asked]:
    exchange = answer.exchange
    if question.front is not None:
        exchange = replace(exchange, way="fetch", pages=(question.front,))
    if exchange.way == "fetch":
        exchange = replace(exchange, credentials=question.mode)
    for line in answer.set_cookies:
        yield Asked(exchange, line, question.browsers)
