"""Whose request it is: the checks X5, X7 and X8."""

from dojang.doctor import remedies
from dojang.doctor.finding import Case, Finding
from dojang.doctor.words import attribute

__all__ = ["is_asked_by_its_own_site", "needs_none"]


def is_asked_by_its_own_site(case: Case) -> Finding | None:
    """X5, X7, X8: SameSite, and why the request is of another site."""
    kept, context = case.kept, case.sending
    if kept.same_site == "none" or context.crossing == "no":
        return None
    if kept.same_site is None and not context.engine.lax_by_default:
        return None
    if context.top_level:
        return _led_there(case)
    if context.crossing == "redirect":
        return _redirected(case)
    if context.crossing == "ancestor":
        return Finding(
            "ANCESTOR",
            f"between the page of {context.pages[0].origin} and {context.target.origin} is a "
            "frame of another site, so the request counts as foreign",
            "take the frame in between away, or SameSite=None and Secure",
            remedies.attributes(case.line, same_site="none", secure=True),
        )
    return Finding(
        "SAMESITE_SUBREQUEST",
        f"{case.called} is {attribute(case.kept.same_site)}, and a page of "
        f"{context.pages[0].origin} asks {context.target.origin}: two sites",
        "put both under one registrable domain, or serve the API under the page's own address",
        (
            *remedies.same_origin(context.target.origin),
            *remedies.attributes(case.line, same_site="none", secure=True),
        ),
    )


def _led_there(case: Case) -> Finding | None:
    kept, context = case.kept, case.sending
    if kept.same_site == "strict":
        return _strict(case)
    if context.safe:
        return None
    if kept.same_site is None and case.situation.age < context.engine.lax_post:
        return None
    code = "SAMESITE_UNSET_POST" if kept.same_site is None else "SAMESITE_LAX_POST"
    return Finding(
        code,
        f"{case.called} is {attribute(case.kept.same_site)}, and a form of another site was posted"
        + (f", {case.situation.age} s after it was set" if kept.same_site is None else ""),
        "for the state cookie of such a sign-in (response_mode=form_post): SameSite=None and "
        "Secure; else let it come back with GET",
        remedies.attributes(case.line, same_site="none", secure=True),
    )


def _strict(case: Case) -> Finding:
    context = case.sending
    if context.crossing == "redirect":
        return _redirected(case)
    if context.exchange.way == "reload":
        return Finding(
            "RELOAD",
            f"{case.called} is Strict; the page was reached from {context.pages[-1].origin}, and "
            "reloading it changes nothing about that",
            "SameSite=Lax",
            remedies.attributes(case.line, same_site="lax"),
        )
    return Finding(
        "SAMESITE_STRICT",
        f"{case.called} is Strict, and a page of {context.pages[-1].origin} led here; redirects "
        "after that do not help",
        "SameSite=Lax; or land on a page of your own that goes on by itself "
        '(<meta http-equiv="refresh">)',
        remedies.attributes(case.line, same_site="lax"),
    )


def _redirected(case: Case) -> Finding:
    context = case.sending
    other = next(hop for hop in context.redirects if not context.is_same_site(hop, context.target))
    return Finding(
        "SAMESITE_REDIRECT_CHAIN",
        f"{case.called} is {attribute(case.kept.same_site)}, and the way led through "
        f"{other.origin}: for {context.engine.shown} that makes it another site's "
        "request; Chromium looks only at who began it",
        "SameSite=Lax for what comes back by redirect; ask without a detour from scripts",
        remedies.attributes(case.line, same_site="lax"),
    )


def needs_none(case: Case) -> Finding | None:
    """X5: what is of one site needs no SameSite=None, whatever the ports."""
    context = case.sending
    if case.line.same_site != "none" or not context.cross_origin or context.crossing != "no":
        return None
    if context.redirects:
        return None
    return Finding(
        "NONE_NOT_NEEDED",
        f"{context.pages[-1].origin} and {context.target.origin} are two origins of one site: "
        "ports and sub-domains do not make it another",
        "SameSite=Lax is enough, and safer",
        remedies.attributes(case.line, same_site="lax"),
    )
