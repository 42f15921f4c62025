"""Whom a cookie is for: the checks S8 to S10."""

import re

from dojang.doctor import remedies
from dojang.doctor.finding import Case, Finding
from dojang.doctor.sites import domain_match, is_loopback, site
from dojang.doctor.verdict import Remedy
from dojang.doctor.words import shown

__all__ = [
    "has_a_host_as_domain",
    "is_nobodys_domain",
    "is_of_its_host",
    "is_of_this_machine",
    "names_this_machine",
]

_LABELS = re.compile(r"[^\s.:/*@?#\\\[\]%,]+(\.[^\s.:/*@?#\\\[\]%,]+)*")


def has_a_host_as_domain(case: Case) -> Finding | None:
    """S8: Domain is a host name, and nothing else."""
    domain = case.line.domain
    if not domain or _LABELS.fullmatch(domain) or domain == case.storing.target.host:
        return None
    return Finding(
        "DOMAIN_SYNTAX",
        f"Domain={shown(domain)} is no host name: no *, no scheme, no port, no dot at the end",
        "leave Domain out, or write the bare name",
        remedies.attributes(case.line, domain=None),
    )


def is_of_its_host(case: Case) -> Finding | None:
    """S8: a host sets cookies for itself and for what is above it."""
    domain, host = case.line.domain, case.storing.target.host
    if not domain or not _LABELS.fullmatch(domain) or domain_match(host, domain):
        return None
    if is_loopback(host) and domain == "localhost":
        return None  # said by S10
    return Finding(
        "DOMAIN_MISMATCH",
        f"Domain={shown(domain)} is neither {host} nor a domain above it",
        _mismatch_advice(case),
        (*_handed_off(case), *remedies.attributes(case.line, domain=None)),
    )


def _handed_off(case: Case) -> tuple[Remedy, ...]:
    begun, back = case.storing, case.sending
    if begun.site == back.site:
        return ()
    return remedies.hand_off(begun.target, back.target, back.site)


def _mismatch_advice(case: Case) -> str:
    if case.storing.site != case.sending.site:
        return (
            "a cookie never reaches another registrable domain: hand the login over with a "
            "one-time code, and set a cookie there"
        )
    return "leave Domain out; a host cannot set cookies for its siblings, only the domain above"


def is_nobodys_domain(case: Case) -> Finding | None:
    """S9: a public suffix belongs to everybody, and so does what is above it."""
    domain, host = case.line.domain, case.storing.target.host
    if not domain or domain in {host, "localhost"} or not domain_match(host, domain):
        return None
    if site(domain, case.storing.suffixes) == case.storing.site:
        return None
    return Finding(
        "PUBLIC_SUFFIX",
        f"Domain={shown(domain)} is on the public suffix list, or above it: everybody may have a "
        "name there",
        "leave Domain out, and put front and API under one domain of your own, or one host",
        (
            *remedies.attributes(case.line, domain=None),
            *remedies.same_origin(case.storing.target.origin),
        ),
    )


def names_this_machine(case: Case) -> Finding | None:
    """S10: Domain=localhost works from localhost itself, by now."""
    domain, host = case.line.domain, case.storing.target.host
    if domain != "localhost" or host != "localhost":
        return None
    return Finding(
        "LOCALHOST_DOMAIN",
        "Domain=localhost is taken by current browsers, as this host only; older ones refuse it",
        "leave Domain out",
        remedies.attributes(case.line, domain=None),
    )


def is_of_this_machine(case: Case) -> Finding | None:
    """S10: names below localhost cannot share cookies."""
    domain, host = case.line.domain, case.storing.target.host
    if domain != "localhost" or not is_loopback(host) or host == "localhost":
        return None
    return Finding(
        "PUBLIC_SUFFIX" if host.endswith(".localhost") else "DOMAIN_MISMATCH",
        f"Domain=localhost is refused from {host}: browsers treat localhost like a top-level "
        "domain",
        "leave Domain out, and use one name for front and API",
        remedies.attributes(case.line, domain=None),
    )
