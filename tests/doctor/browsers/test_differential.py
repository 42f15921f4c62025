"""The doctor and real browsers: the same situations, and not one disagreement.

DOCTOR_SEED draws other situations. What was counted is printed with `-s` or `-rP`.
"""

import os
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import pytest

from dojang.doctor import Exchange, Situation, Verdict
from dojang.doctor.words import shown as shown_text
from tests.counts import FULL
from tests.doctor.browsers.browser import Browser
from tests.doctor.browsers.chromium import open_chromium
from tests.doctor.browsers.draw import Drawn
from tests.doctor.browsers.firefox import open_firefox
from tests.doctor.browsers.situations import Situations, shown
from tests.doctor.browsers.stage import Outcome, bring, play, send
from tests.doctor.browsers.world import World, open_world
from tests.doctor.kit import judge

SEED = int(os.environ.get("DOCTOR_SEED", "1"))

#: Situations for each browser: every row ten times, or once and a half.
COUNT = 400 if FULL else 54

#: How often each row has to be shown.
OFTEN = 5 if FULL else 1

OPEN: dict[str, Callable[[Path], AbstractContextManager[Browser]]] = {
    "chrome": lambda profile: open_chromium(profile, third_party=True),
    "chrome-incognito": lambda profile: open_chromium(profile, third_party=False),
    "firefox": open_firefox,
}

#: Rows that an engine can show: all but S0 and X10, which are beside it.
ROWS = {f"S{row}" for row in range(1, 24)} | {f"X{row}" for row in range(1, 10)}

#: What an engine cannot show: Chrome keeps cookies of embedded sites.
NEVER = {"chrome": {"S20"}}


@pytest.fixture(scope="module")
def world() -> Iterator[World]:
    with open_world() as world:
        yield world


@pytest.mark.parametrize("name", OPEN)
def test_the_doctor_says_what_the_browser_does(
    name: str, world: World, tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    counts: Counter[str] = Counter()
    disagreements = []
    with OPEN[name](tmp_path / "profile") as browser:
        for drawn in Situations(SEED, world.url, name).all(COUNT, judged):
            verdict, outcome = judged(drawn), play(drawn, world, browser)
            counts.update(shown(drawn, verdict))
            disagreements += compare(drawn, verdict, outcome)
    record_property(f"{name}, seed {SEED}", f"{COUNT} situations, {len(disagreements)} otherwise")
    record_property(f"{name}, by row", by_row(counts))
    assert disagreements == []
    rare = {row: counts[row] for row in ROWS - NEVER.get(name, set()) if counts[row] < OFTEN}
    assert rare == {}


def by_row(counts: Counter[str]) -> str:
    """Return the counts in a line, which whoever runs the tests sees too."""
    line = ", ".join(f"{row} {counts[row]}" for row in sorted(ROWS, key=in_order))
    print(line)  # noqa: T201 - for whoever reads the report
    return line


def judged(drawn: Drawn) -> Verdict:
    return judge(drawn.situation, now=round(time.time() * 1000))


def compare(drawn: Drawn, verdict: Verdict, outcome: Outcome) -> list[str]:
    """Return what the doctor had wrong."""
    told = f"row {drawn.row}, {drawn.situation}, doctor: {verdict.codes}"
    wrong = []
    if verdict.stored != (outcome.stored is not None):
        wrong.append(f"stored is {outcome.stored is not None}: {told}")
    if verdict.sent != outcome.sent:
        wrong.append(f"sent is {outcome.sent}: {told}")
    if verdict.kept is None or outcome.stored is None:
        return wrong
    kept, found = verdict.kept, outcome.stored
    domain = kept.domain if kept.host_only else f".{kept.domain}"
    expected = (domain, kept.path, kept.secure, kept.http_only)
    # A verdict is for people, and shows the beginning of what is very long.
    if expected != (found.domain, shown_text(found.path), found.secure, found.http_only):
        wrong.append(f"kept as {found} instead of {kept}: {told}")
    if not is_about(found.expires, kept.lifetime):
        wrong.append(f"kept until {found.expires} instead of for {kept.lifetime} s: {told}")
    return wrong


def is_about(expires: float | None, lifetime: int | None) -> bool:
    if expires is None or lifetime is None:
        return expires is None and lifetime is None
    return abs(expires - time.time() - lifetime) < 30


def in_order(row: str) -> tuple[str, int]:
    return row[0], int(row[1:])


#: Seconds after which Chromium sends no cookie without SameSite along with a foreign form.
TWO_MINUTES = 120


@pytest.mark.skipif(not FULL, reason="takes more than two minutes; part of `make proof`")
@pytest.mark.parametrize("name", ["chrome", "firefox"])
def test_a_form_posted_from_elsewhere_has_two_minutes_in_chromium(
    name: str, world: World, tmp_path: Path
) -> None:
    hosts = ["one.test", "app.one.test", "shop.co.kr", "me.github.io", "www.shop.co.kr"]
    drawn = [late_post(world, host, f"mark{at}end", name) for at, host in enumerate(hosts)]
    with OPEN[name](tmp_path / "profile") as browser:
        browser.clear()
        for each in drawn:
            bring(each.situation, world, browser)
        time.sleep(TWO_MINUTES + 5)  # there is no other clock in a browser
        for each in drawn:
            assert judged(each).sent == send(each, world, browser)


def late_post(world: World, host: str, mark: str, browser: str) -> Drawn:
    url, page = world.url("https", host), world.url("https", "two.test")
    situation = Situation(
        set_cookie=f"sid={mark}; Path=/",
        stored_by=Exchange(url=url, way="typed"),
        sent_by=Exchange(url=url, way="navigation", pages=(page,), method="POST"),
        browser=browser,
        age=TWO_MINUTES + 5,
    )
    return Drawn("X5", situation)
