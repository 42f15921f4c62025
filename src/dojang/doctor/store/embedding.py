"""Who asked: the checks S14, S15, S20 and S21."""

from dojang.doctor import jar, remedies
from dojang.doctor.finding import Case, Finding
from dojang.doctor.words import attribute, shown

__all__ = [
    "has_a_known_same_site",
    "is_kept_when_embedded",
    "is_partitioned_everywhere",
    "is_the_scripts_business",
    "may_be_set_from_there",
]


def may_be_set_from_there(case: Case) -> Finding | None:
    """S14: a request that another site's page embeds sets only SameSite=None."""
    context, line = case.storing, case.line
    # Redirects count where they count for what is sent, never here.
    if context.top_level or context.crossing in {"no", "redirect"} or line.same_site == "none":
        return None
    if line.same_site is None and not context.engine.lax_by_default:
        return None
    page = f"a page of {context.pages[0].origin}"
    return Finding(
        "SAMESITE_CROSS_SITE_SET",
        f"{case.called} is {attribute(case.line.same_site)}, and {page} asked "
        f"{context.target.origin}: two sites",
        "put both under one registrable domain, or serve the API under the page's own address; "
        "else SameSite=None and Secure, which Safari and Firefox still keep apart",
        (
            *remedies.same_origin(context.target.origin),
            *remedies.attributes(line, same_site="none", secure=True),
        ),
    )


def has_a_known_same_site(case: Case) -> Finding | None:
    """S15: an unknown SameSite is none at all."""
    text = case.line.same_site_text
    if text is None or case.line.same_site is not None:
        return None
    default = "Lax" if case.storing.engine.lax_by_default else "None"
    return Finding(
        "SAMESITE_TYPO",
        f"SameSite={shown(text)} is not Strict, Lax or None, so the browser takes {default}",
        "write Lax",
        remedies.attributes(case.line, same_site="lax"),
    )


def is_kept_when_embedded(case: Case) -> Finding | None:
    """S20: cookies of embedded sites."""
    context = case.storing
    if not context.third_party or not context.has_credentials:
        return None
    if case.line.partitioned and context.engine.partitions:
        return None
    top, blocked = context.top.origin, context.engine.third_party == "blocked"
    if context.engine.third_party == "allowed":
        return None
    return Finding(
        "THIRD_PARTY_BLOCKED" if blocked else "THIRD_PARTY_PARTITIONED",
        f"{context.target.origin} is embedded in a page of {top}, and {context.engine.shown} "
        + ("keeps no cookies of embedded sites" if blocked else "keeps its cookies for there only"),
        "put both under one registrable domain, or serve the API under the page's own address; "
        "Partitioned keeps a login for this one page",
        (
            *remedies.same_origin(context.target.origin),
            *remedies.attributes(case.line, same_site="none", secure=True, partitioned=True),
        ),
    )


def is_partitioned_everywhere(case: Case) -> Finding | None:
    """S20: Partitioned came, went and came again in some browsers."""
    context, since = case.storing, case.storing.engine.partitions_since
    if since is None or not case.line.partitioned or not context.third_party:
        return None
    if not context.engine.partitions:
        return None
    return Finding(
        "PARTITIONED_IN_SOME_VERSIONS",
        f"{context.engine.shown} keeps {case.called} because it is Partitioned, which its versions "
        f"know from {since}",
        "put both under one registrable domain, or serve the API under the page's own address",
        remedies.same_origin(context.target.origin),
    )


def is_the_scripts_business(case: Case) -> Finding | None:
    """S21: scripts set no HttpOnly cookie, and overwrite none."""
    if case.situation.stored_by.way != "script":
        return None
    over = any(old.http_only and jar.is_same(old, case.kept) for old in case.jar)
    if not case.line.http_only and not over:
        return None
    return Finding(
        "HTTPONLY_JS",
        f"a script {'sets' if case.line.http_only else 'would replace'} the HttpOnly {case.called}",
        "let the server set it",
        remedies.attributes(case.line, http_only=True),
    )
