"""What is in the jar already: whatever was set before, if browsers took it."""

from collections.abc import Iterable

from dojang.doctor import jar, set_cookie, store
from dojang.doctor.catalogue import NOTES
from dojang.doctor.context import Context
from dojang.doctor.engines import Engine
from dojang.doctor.finding import Case
from dojang.doctor.sites import Suffixes
from dojang.doctor.situation import Earlier, Exchange, Situation
from dojang.doctor.verdict import Kept

__all__ = ["case_of", "jar_of"]


def case_of(
    situation: Situation, engine: Engine, suffixes: Suffixes, before: tuple[Kept, ...], *, now: int
) -> Case:
    """Return `situation`, read, with `before` in the jar.

    Raises:
        Unreadable: One of its URLs is none.
    """
    line = set_cookie.read(situation.set_cookie, engine)
    storing = Context.of(situation.stored_by, engine, suffixes)
    return Case(
        situation=situation,
        line=line,
        storing=storing,
        sending=Context.of(situation.sent_by or situation.stored_by, engine, suffixes),
        kept=jar.keep(line, storing, now=now),
        asked_life=jar.asked_life(line, now=now),
        jar=before,
    )


def jar_of(
    earlier: Iterable[Earlier], engine: Engine, suffixes: Suffixes, *, now: int
) -> tuple[Kept, ...]:
    """Return the jar that `earlier` leaves, each set by a direct visit.

    Raises:
        Unreadable: One of the URLs is none.
    """
    kept: tuple[Kept, ...] = ()
    for each in earlier:
        stored_by = Exchange(url=each.url, way="typed")
        situation = Situation(set_cookie=each.set_cookie, stored_by=stored_by)
        kept = _after(case_of(situation, engine, suffixes, kept, now=now))
    return kept


def _after(case: Case) -> tuple[Kept, ...]:
    found = {finding.code for check in store.CHECKS if (finding := check(case))} - NOTES
    if found - {"EXPIRED"}:
        return case.jar
    others = tuple(old for old in case.jar if not jar.is_same(old, case.kept))
    return others if found else (*others, case.kept)
