"""What a name promises: the check S16."""

from dojang.doctor import remedies
from dojang.doctor.finding import Case, Finding
from dojang.doctor.prescription import PREFIXES

__all__ = ["keeps_its_prefix"]


def keeps_its_prefix(case: Case) -> Finding | None:
    """S16: what the prefix of a name promises."""
    line, name = case.line, (case.line.name or case.line.value).lower()
    host = name.startswith("__host-")
    missing = [
        what
        for what, lacking in (
            ("Secure", name.startswith(PREFIXES) and not line.secure),
            ("Path=/", host and _path_for_host(case) != "/"),
            ("no Domain", host and bool(line.domain)),
            ("HttpOnly", name.startswith(("__http-", "__host-http-")) and not line.http_only),
            (
                "an answer instead of a script",
                name.startswith(("__http-", "__host-http-"))
                and case.situation.stored_by.way == "script",
            ),
            ("a name", not line.name and name.startswith(PREFIXES)),
        )
        if lacking
    ]
    if not missing:
        return None
    prefix = next(known for known in PREFIXES if name.startswith(known))
    return Finding(
        "PREFIX_RULE",
        f"a name that begins with {prefix} needs {' and '.join(missing)}",
        "add it, or choose another name; to share between hosts, __Secure- allows a Domain",
        remedies.attributes(line, secure=True),
    )


def _path_for_host(case: Case) -> str | None:
    default = case.storing.engine.host_path_may_be_default
    return case.kept.path if default else case.line.path
