"""What asks for https: the checks S11 to S13 and S17."""

from dojang.doctor import remedies
from dojang.doctor.finding import Case, Finding
from dojang.doctor.sites import domain_match, is_loopback, path_match
from dojang.doctor.verdict import Kept

__all__ = [
    "insecure",
    "is_secure_for_none",
    "is_secure_for_partitioned",
    "is_secure_where_it_says_so",
    "leaves_secure_alone",
]


def is_secure_where_it_says_so(case: Case) -> Finding | None:
    """S11: Secure needs https, or this machine where the engine trusts it."""
    if not case.line.secure or case.storing.secure:
        return None
    return insecure(case, case.storing.target.host, case.storing.target.origin, "SECURE_ON_HTTP")


def insecure(case: Case, host: str, origin: str, code: str) -> Finding:
    """Return what is to say about Secure on a connection that is not."""
    if is_loopback(host):
        return Finding(
            "SAFARI_LOCALHOST",
            f"{case.called} is Secure and {origin} is http: Safari wants https even there",
            "leave Secure out while developing, or develop on https",
            remedies.attributes(case.line, secure=False),
        )
    return Finding(
        code,
        f"{case.called} is Secure and {origin} is http",
        "serve it on https (http://localhost is fine too, an address such as 192.168.x.x is not); "
        "behind a proxy, see that the browser's address is https",
        (
            *remedies.attributes(case.line, secure=False),
            *remedies.trust_proxy(f"https://{host}"),
        ),
    )


def leaves_secure_alone(case: Case) -> Finding | None:
    """S12: http does not overwrite what https set."""
    if case.line.secure or case.storing.secure:
        return None
    new = case.kept
    for old in case.jar:
        covers = old.name == new.name and path_match(new.path, old.path)
        if old.secure and covers and _overlap(old, new, by_host=case.storing.engine.guards_by_host):
            return Finding(
                "LEAVE_SECURE_ALONE",
                f"there is a Secure {case.called} already, and http may not replace or hide it",
                "set it on https, or delete the Secure one there first",
                remedies.attributes(case.line, secure=True),
            )
    return None


def _overlap(old: Kept, new: Kept, *, by_host: bool) -> bool:
    if old.domain == new.domain:
        return True
    over = domain_match(new.domain, old.domain) and not (by_host and old.host_only)
    under = domain_match(old.domain, new.domain) and not (by_host and new.host_only)
    return over or under


def is_secure_for_none(case: Case) -> Finding | None:
    """S13: SameSite=None wants Secure."""
    line = case.line
    if line.same_site != "none" or line.secure or not case.storing.engine.none_needs_secure:
        return None
    needed = case.storing.crossing != "no" or case.sending.crossing != "no"
    return Finding(
        "NONE_NEEDS_SECURE",
        f"{case.called} has SameSite=None and no Secure",
        "add Secure, which needs https (or http://localhost)"
        if needed
        else "drop SameSite=None: these addresses are of one site, and Lax is enough",
        remedies.attributes(line, **({"secure": True} if needed else {"same_site": "lax"})),
    )


def is_secure_for_partitioned(case: Case) -> Finding | None:
    """S17: Partitioned wants Secure."""
    partitions = case.line.partitioned and case.storing.engine.partitions
    if not partitions or case.line.secure:
        return None
    return Finding(
        "PARTITIONED_NEEDS_SECURE",
        f"{case.called} has Partitioned and no Secure",
        "add Secure",
        remedies.attributes(case.line, secure=True),
    )
