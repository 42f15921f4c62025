"""The doctor: would this browser store the cookie and send it back, and why not."""

from dataclasses import replace

from dojang.doctor import remedies, send, store
from dojang.doctor.catalogue import TWINS
from dojang.doctor.context import Unreadable
from dojang.doctor.engines import ENGINES
from dojang.doctor.finding import Case, Finding
from dojang.doctor.history import case_of, jar_of
from dojang.doctor.sites import Suffixes
from dojang.doctor.situation import Situation
from dojang.doctor.verdict import Kept, Verdict
from dojang.doctor.words import shown

__all__ = ["explain"]


def explain(situation: Situation, *, suffixes: Suffixes, now: int) -> Verdict:
    """Return whether the cookie is stored and sent, with every reason that stands in the way.

    Args:
        situation: Any text in any of its fields is safe to pass.
        suffixes: The public suffix list with its private section, such as
            `PublicSuffixList().publicsuffix` of the package publicsuffixlist.
        now: When the answer arrives, in unix milliseconds.

    Returns:
        A verdict whose reasons are in the order in which browsers find them. What cannot be read
        is a verdict too, with the reason `BAD_INPUT` and the confidence `unreadable`.

    Source: RFC 6265bis sections 5.6 to 5.8, Fetch, CHIPS, and what Chromium and Firefox do.
    """
    engine = ENGINES.get(situation.browser)
    if engine is None:
        return _unreadable(situation, f"the browser is none of {', '.join(ENGINES)}")
    try:
        before = jar_of(situation.earlier, engine, suffixes, now=now)
        case = case_of(situation, engine, suffixes, before, now=now)
    except Unreadable as error:
        return _unreadable(situation, str(error))
    return _verdict(case)


def _verdict(case: Case) -> Verdict:
    storing = [found.reason("not-stored") for check in store.CHECKS if (found := check(case))]
    sending = [found.reason("not-sent") for check in send.CHECKS if (found := check(case))]
    stored = all(reason.effect == "note" for reason in storing)
    said = {reason.code for reason in storing}
    if not stored:
        said.add("DUPLICATE_NAME")
    sending = [reason for reason in sending if TWINS.get(reason.code, reason.code) not in said]
    sent = stored and all(reason.effect == "note" for reason in sending)
    engine = case.storing.engine
    return Verdict(
        stored=stored,
        sent=sent,
        reasons=(*storing, *sending),
        confidence="measured" if engine.measured else "unverified",
        browser=engine.shown,
        kept=_shown(case) if stored else None,
    )


def _shown(case: Case) -> Kept:
    """Return the cookie as it lies in the jar, without what may be a value."""
    name = case.kept.name if case.line.has_equals else ""
    return replace(case.kept, name=name, path=shown(case.kept.path))


def _unreadable(situation: Situation, fact: str) -> Verdict:
    reason = Finding("BAD_INPUT", fact, "write it anew", remedies.ask_again()).reason("not-stored")
    return Verdict(
        stored=False,
        sent=False,
        reasons=(reason,),
        confidence="unreadable",
        browser=situation.browser,
    )
