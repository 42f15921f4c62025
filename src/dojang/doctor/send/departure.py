"""Whether a browser sends the request at all: what S0, S6 and S19 are for sending."""

from dojang.doctor import remedies
from dojang.doctor.finding import Case, Finding
from dojang.doctor.store.arrival import mixed, refused

__all__ = ["is_asked_by_a_browser", "is_asked_for", "is_let_through", "lives_on"]


def is_asked_by_a_browser(case: Case) -> Finding | None:
    """X10: a program that asks has no cookies but those it is given."""
    if case.sending.exchange.way != "server":
        return None
    return Finding(
        "NOT_A_BROWSER_REQUEST",
        f"a program asks {case.sending.target.origin}, and {case.called} is in the browser's jar",
        "hand on the Cookie header that the browser sent to the program",
        remedies.hand_on_cookies(case.sending.target.origin),
    )


def is_asked_for(case: Case) -> Finding | None:
    """S0: whether the page may ask at all."""
    return mixed(case.sending, "MIXED_CONTENT_SENT")


def is_let_through(case: Case) -> Finding | None:
    """S19: after a preflight that failed there is no request."""
    return refused(case.sending, "PREFLIGHT_BLOCKED_SENT")


def lives_on(case: Case) -> Finding | None:
    """S6: a cookie whose life has ended in between is not there any more."""
    life, age = case.kept.lifetime, case.situation.age
    if life is None or life <= 0 or age < life:
        return None
    return Finding(
        "EXPIRED_SINCE",
        f"{case.called} lives for {life} s, and {age} s had passed when it was needed",
        "begin anew when it is not there, as a sign-in that took too long has to; or let it live "
        "longer",
        remedies.lifetime(case.line, _longer(age)),
    )


def _longer(age: int) -> int:
    """Return whole minutes with as much again to spare."""
    return min(60 * (age // 30 + 1), 400 * 86400)
