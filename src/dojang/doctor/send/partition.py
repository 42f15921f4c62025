"""Under which top-level site: the check X6."""

from dojang.doctor import remedies
from dojang.doctor.finding import Case, Finding

__all__ = ["is_of_this_partition"]


def is_of_this_partition(case: Case) -> Finding | None:
    """X6: a partitioned cookie exists under the top-level site where it was set."""
    kept, context = case.kept, case.sending
    if _partition_asked(case) == kept.partition or (
        kept.partition is not None and kept.partition == context.partition
    ):
        return None
    if kept.partition is None:
        return _not_embedded(case)
    return Finding(
        "OTHER_PARTITION",
        f"{case.called} was set under {kept.partition} and is looked for under {context.partition}",
        "sign in where it is used; from a frame, open a popup and hand over a one-time code with "
        "postMessage, or set it without Partitioned and ask document.requestStorageAccess()",
        (
            *remedies.hand_over(context.top.origin, context.target.origin),
            *remedies.attributes(case.line, same_site="none", secure=True, partitioned=False),
        ),
    )


def _partition_asked(case: Case) -> str | None:
    context = case.sending
    apart = context.third_party and context.engine.third_party != "allowed"
    return context.partition if apart else None


def _not_embedded(case: Case) -> Finding:
    context = case.sending
    return Finding(
        "THIRD_PARTY_BLOCKED_SENT"
        if context.engine.third_party == "blocked"
        else "OTHER_PARTITION",
        f"{case.called} was set on its own, and {context.target.origin} is embedded in a page of "
        f"{context.top.origin}: {context.engine.shown} does not send it there",
        "put both under one registrable domain, or serve the API under the page's own address",
        (
            *remedies.same_origin(context.target.origin),
            *remedies.attributes(case.line, same_site="none", secure=True, partitioned=True),
        ),
    )
