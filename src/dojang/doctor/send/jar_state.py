"""What else is in the jar: the checks S22 and S23."""

from dataclasses import replace

from dojang.doctor import jar, remedies
from dojang.doctor.finding import Case, Finding
from dojang.doctor.send import partition, same_site
from dojang.doctor.verdict import Kept
from dojang.doctor.words import shown

__all__ = ["deletes_what_is_there", "has_no_double", "is_not_evicted"]


def is_not_evicted(case: Case) -> Finding | None:
    """S22: the oldest cookies of a site go when there are too many."""
    limit = case.storing.engine.per_site
    if case.situation.later < limit:
        return None
    return Finding(
        "EVICTED",
        f"{case.situation.later} more cookies were set, and {case.storing.engine.shown} keeps "
        f"about {limit} of one site",
        "use one name for each purpose; one cookie for each attempt fills the jar, and those that "
        "live for minutes empty it again",
        (*remedies.lifetime(case.line, 600), *remedies.one_state()),
    )


def has_no_double(case: Case) -> Finding | None:
    """S23: two of one name are both sent, the longer path first, then the older."""
    doubles = [
        old
        for old in case.jar
        if old.name == case.kept.name and not jar.is_same(old, case.kept) and _is_sent(old, case)
    ]
    over = case.kept.lifetime is not None and case.kept.lifetime <= 0
    if not doubles or over or not _is_sent(case.kept, case):
        return None
    old = doubles[0]
    first = "the old one" if len(old.path) >= len(case.kept.path) else "the new one"
    return Finding(
        "DUPLICATE_NAME",
        f"there is an older {case.called} of {_whose(old)} beside the new one of "
        f"{_whose(case.kept)}; both are sent, {first} first, and many servers read the first",
        "delete the old one once, with its very Domain and Path, or change the name",
        remedies.deletion(case.line, old),
    )


def deletes_what_is_there(case: Case) -> Finding | None:
    """S23: a deletion needs the Domain, Path and partition of what it deletes."""
    if case.kept.lifetime is None or case.kept.lifetime > 0:
        return None
    same_name = [old for old in case.jar if old.name == case.kept.name]
    if not same_name or any(jar.is_same(old, case.kept) for old in same_name):
        return None
    old = same_name[0]
    return Finding(
        "DELETION_MISSES",
        f"the line deletes the {case.called} of {_whose(case.kept)}, and the one that is there is "
        f"of {_whose(old)}: it stays, and is sent",
        "delete it with the attributes it was set with",
        remedies.deletion(case.line, old),
    )


def _is_sent(kept: Kept, case: Case) -> bool:
    of_that = replace(case, kept=kept)
    asked = same_site.is_asked_by_its_own_site, partition.is_of_this_partition
    return (
        jar.goes_to(kept, case.sending)
        and case.sending.has_credentials
        and not any(check(of_that) for check in asked)
    )


def _whose(kept: Kept) -> str:
    only = "" if kept.host_only else " and all below it"
    return f"{kept.domain}{only}, path {shown(kept.path)}"
