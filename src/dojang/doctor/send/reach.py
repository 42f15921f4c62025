"""How far a cookie goes: the checks X1 to X4, and X10."""

from dojang.doctor import remedies
from dojang.doctor.finding import Case, Finding
from dojang.doctor.sites import domain_match, is_loopback, path_match
from dojang.doctor.store.credentials import without_credentials
from dojang.doctor.store.secure import insecure
from dojang.doctor.verdict import Remedy
from dojang.doctor.words import shown

__all__ = [
    "goes_with_credentials",
    "is_looked_for_where_it_is",
    "is_of_this_host",
    "is_of_this_path",
    "is_on_https",
]


def is_of_this_host(case: Case) -> Finding | None:
    """X1: a cookie without Domain goes to its very host, with it to all below."""
    kept, host = case.kept, case.sending.target.host
    if host == kept.domain or (not kept.host_only and domain_match(host, kept.domain)):
        return None
    shared = case.sending.site == case.storing.site and "." in case.storing.site
    if shared:
        advice = f"set Domain={case.storing.site}, which rules out __Host-"
        lines = remedies.attributes(
            case.line, domain=case.storing.site, name=_shareable(case.line.name)
        )
    else:
        advice = (
            "use one host name everywhere (localhost, 127.0.0.1 and www. are different ones), or "
            "hand the login over with a one-time code"
        )
        lines = _across_sites(case)
    whose = f"{kept.domain} only" if kept.host_only else f"{kept.domain} and what is below it"
    return Finding("HOST_ONLY", f"{case.called} is of {whose}, not of {host}", advice, lines)


def _across_sites(case: Case) -> tuple[Remedy, ...]:
    begun, back = case.storing.target, case.sending.target
    if is_loopback(begun.host) and is_loopback(back.host):
        return remedies.one_host(begun, back)
    return remedies.hand_off(begun, back, case.sending.site)


def _shareable(name: str) -> str:
    return f"__Secure-{name[7:]}" if name.lower().startswith("__host-") else name


def is_of_this_path(case: Case) -> Finding | None:
    """X2: a cookie goes to its path and below."""
    kept, path = case.kept, case.sending.target.path
    if path_match(path, kept.path):
        return None
    why = "" if case.line.path else ", the folder of what set it, because it names no Path"
    return Finding(
        "PATH",
        f"{case.called} is of {shown(kept.path)}{why}; {shown(path)} is not below that",
        "set Path=/",
        remedies.attributes(case.line, path="/"),
    )


def is_on_https(case: Case) -> Finding | None:
    """X3: Secure cookies are not sent in the clear."""
    if not case.kept.secure or case.sending.secure:
        return None
    target = case.sending.target
    return insecure(case, target.host, target.origin, "SECURE_SENT_ON_HTTP")


def goes_with_credentials(case: Case) -> Finding | None:
    """X4 and X9: a request without credentials carries no cookie."""
    if case.sending.has_credentials:
        return None
    return without_credentials(case.sending, "CREDENTIALS_MODE_SENT", "no cookie goes along")


def is_looked_for_where_it_is(case: Case) -> Finding | None:
    """X10: what is in a cookie is not in a header, and HttpOnly hides it from scripts."""
    where = case.situation.looked_in
    if where == "document.cookie" and case.line.http_only:
        return Finding(
            "LOOKING_IN_WRONG_PLACE",
            f"{case.called} is HttpOnly: document.cookie does not show it, and requests carry it",
            "ask the server who is signed in, such as GET /api/auth/check",
            remedies.read_it(case.line.name),
        )
    if where == "authorization":
        return Finding(
            "LOOKING_IN_WRONG_PLACE",
            f"{case.called} travels in Cookie, and the API reads Authorization",
            "read the cookie; Sessions.open(cookies, bearer=...) takes both",
            remedies.read_it(case.line.name),
        )
    return None
