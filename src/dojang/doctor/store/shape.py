"""What a line is made of: the checks S2 to S7."""

import re

from dojang.doctor import jar, remedies
from dojang.doctor.finding import Case, Finding
from dojang.doctor.words import shown

__all__ = [
    "has_a_life",
    "has_no_control_character",
    "has_short_attributes",
    "is_one_cookie",
    "is_small",
    "is_something",
    "lives",
    "lives_as_long_as_it_asks",
]

#: Bytes of name and value together, inclusive (RFC 6265bis section 5.6).
_MAX_PAIR = 4096

#: Characters in which a second cookie is looked for.
_LOOKED_AT = 8192

_CONTROL = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")
#: A comma, a name and `=` where another cookie seems to begin.
_FOLDED = re.compile(r",\s*([!#$%&'*+\-.^_`|~0-9A-Za-z]+)=")


def has_no_control_character(case: Case) -> Finding | None:
    """S2: control characters drop the whole line; some engines count the tab among them."""
    text = case.situation.set_cookie
    found = _CONTROL.search(text)
    if found is None and not _has_bad_tab(case):
        return None
    char = found[0] if found else "\t"
    return Finding(
        "CTL_CHAR",
        f"the line has the control character 0x{ord(char):02x}",
        "encode the value, with base64url or percent signs",
        remedies.attributes(case.line),
    )


def _has_bad_tab(case: Case) -> bool:
    if case.storing.engine.takes_tab:
        return "\t" in (case.line.path or "")
    pieces = re.split("[;=]", case.situation.set_cookie)
    return any("\t" in piece.strip(" \t") for piece in pieces)


def is_one_cookie(case: Case) -> Finding | None:
    """S3: browsers never split a line at a comma."""
    first, _, rest = case.situation.set_cookie[:_LOOKED_AT].partition(";")
    found = _FOLDED.search(first) or _FOLDED.search(re.sub(r"(?i)expires=[^;]*?\d{4}", "", rest))
    if found is None:
        return None
    return Finding(
        "FOLDED_SET_COOKIE",
        f"the line holds a comma and then {found[1]}=: two cookies folded into one header are "
        "one cookie with a strange value",
        "send each cookie in a header of its own; on AWS Lambda use multiValueHeaders",
        remedies.one_by_one(),
    )


def is_small(case: Case) -> Finding | None:
    """S4: name and value have a limit; attributes do not count."""
    if case.line.size <= _MAX_PAIR:
        return None
    return Finding(
        "TOO_BIG",
        f"name and value of {case.called} take {case.line.size} bytes, browsers keep {_MAX_PAIR}",
        "store less, cut it into chunks, or keep the session on the server",
        remedies.server_sessions(),
    )


def has_short_attributes(case: Case) -> Finding | None:
    """S4: attributes over 1,024 bytes are passed over."""
    if not case.line.too_long:
        return None
    return Finding(
        "ATTRIBUTE_TOO_LONG",
        f"{shown(', '.join(case.line.too_long[:3]))}: over 1024 bytes, so browsers pass it over",
        "write a shorter one",
        remedies.attributes(case.line),
    )


def is_something(case: Case) -> Finding | None:
    """S5: a cookie has a name, or in some engines at least a value."""
    line, text = case.line, case.situation.set_cookie
    if line.name or not text.strip():
        return None
    if line.value and "=" not in line.value and case.storing.engine.nameless == "value":
        return None
    return Finding(
        "EMPTY",
        "the line has no name" + ("" if case.line.value else " and no value"),
        "give the cookie a name",
        remedies.attributes(case.line, name="session"),
    )


def lives(case: Case) -> Finding | None:
    """S6: what is over already is deleted."""
    if case.kept.lifetime is None or case.kept.lifetime > 0:
        return None
    said = "Max-Age" if case.line.max_age is not None else "Expires"
    return Finding(
        "EXPIRED",
        f"{said} says that {case.called} is over, so the line deletes it",
        "nothing, if it is a logout; otherwise write a Max-Age in seconds, which needs no right "
        "clock on either side",
        remedies.lifetime(case.line, 7 * 86400),
    )


def has_a_life(case: Case) -> Finding | None:
    """S6: a life that cannot be read makes a cookie of this browser session."""
    line = case.line
    unread = [
        name
        for name, text, read in (
            ("Max-Age", line.max_age_text, line.max_age),
            ("Expires", line.expires_text, line.expires),
        )
        if text is not None and read is None
    ]
    if not unread or case.kept.lifetime is not None:
        return None
    return Finding(
        "BECAME_SESSION",
        f"{' and '.join(unread)} cannot be read, so {case.called} ends with the browser",
        "write Max-Age as a whole number of seconds",
        remedies.lifetime(case.line, 7 * 86400),
    )


def lives_as_long_as_it_asks(case: Case) -> Finding | None:
    """S7: longer lives are cut."""
    asked, longest = case.asked_life, jar.longest(case.storing)
    if asked is None or asked <= longest:
        return None
    said = "Max-Age" if case.line.max_age is not None else "Expires"
    days = f"{longest // 86400} days ({longest} s)"
    if longest < jar.MAX_AGE:
        return Finding(
            "CAPPED",
            f"{said} asks for {asked} s, and {case.storing.engine.shown} keeps what "
            f"document.cookie sets for {days}",
            "let the server set it",
            remedies.lifetime(case.line, min(asked, jar.MAX_AGE)),
        )
    return Finding(
        "CAPPED",
        f"{said} asks for {asked} s, and browsers cut it to {days}; a number this large is often "
        "milliseconds",
        "write seconds",
        remedies.lifetime(case.line, 30 * 86400),
    )
