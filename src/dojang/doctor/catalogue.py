"""Every reason the doctor gives: its row in the tables, and where the rule stands."""

from dataclasses import dataclass

__all__ = ["CATALOGUE", "NOTES", "SILENT", "TWINS", "Entry"]


@dataclass(frozen=True, slots=True)
class Entry:
    """One reason.

    Attributes:
        row: `S0` to `S23` are asked when a cookie arrives, `X1` to `X10` when it should go out.
        meaning: In a few words.
        spec: Where the rule stands.
    """

    row: str
    meaning: str
    spec: str


_RFC = "RFC 6265bis"

CATALOGUE: dict[str, Entry] = {
    "BAD_INPUT": Entry("S0", "the question cannot be read", "WHATWG URL Standard"),
    "NOT_A_BROWSER_RESPONSE": Entry("S0", "no browser got the answer", f"{_RFC} section 5.3"),
    "NO_SET_COOKIE": Entry("S0", "the answer sets no cookie", f"{_RFC} section 5.3"),
    "PROXY_LOST_SCHEME": Entry(
        "S0", "the application does not know that browsers use https", "RFC 7239 section 5.4"
    ),
    "MIXED_CONTENT": Entry(
        "S0", "a page on https asks for something on http", "W3C Mixed Content section 5.1"
    ),
    "MIXED_CONTENT_SENT": Entry(
        "S0", "a page on https asks for something on http", "W3C Mixed Content section 5.1"
    ),
    "CTL_CHAR": Entry("S2", "a control character", f"{_RFC} section 5.6 step 1"),
    "FOLDED_SET_COOKIE": Entry(
        "S3", "two cookies in one header", f"{_RFC} section 4.1; RFC 9110 section 5.3"
    ),
    "TOO_BIG": Entry("S4", "name and value are too long", f"{_RFC} section 5.6 step 5"),
    "ATTRIBUTE_TOO_LONG": Entry("S4", "an attribute is passed over", f"{_RFC} section 5.6"),
    "EMPTY": Entry("S5", "neither name nor value", f"{_RFC} section 5.7 step 2"),
    "EXPIRED": Entry("S6", "the line deletes the cookie", f"{_RFC} section 5.6.1 and 5.6.2"),
    "BECAME_SESSION": Entry(
        "S6", "the life cannot be read, so it ends with the browser", f"{_RFC} section 5.6.1"
    ),
    "CAPPED": Entry("S7", "a life longer than browsers allow is cut", f"{_RFC} section 5.5"),
    "EXPIRED_SINCE": Entry(
        "S6", "the cookie's life was over when it should have gone out", f"{_RFC} section 5.5"
    ),
    "DOMAIN_SYNTAX": Entry("S8", "Domain is no host name", f"{_RFC} section 5.6.3"),
    "DOMAIN_MISMATCH": Entry(
        "S8", "Domain is not the host nor above it", f"{_RFC} section 5.1.3 and 5.7 step 10"
    ),
    "PUBLIC_SUFFIX": Entry("S9", "Domain belongs to everybody", f"{_RFC} section 5.7 step 9"),
    "LOCALHOST_DOMAIN": Entry("S10", "Domain names this machine", f"{_RFC} section 5.7 step 9"),
    "SECURE_ON_HTTP": Entry(
        "S11", "Secure without https", f"{_RFC} section 5.7 step 13, section 5.8.3"
    ),
    "SAFARI_LOCALHOST": Entry(
        "S11", "Safari wants https for Secure, on this machine too", "WebKit bug 281149"
    ),
    "LEAVE_SECURE_ALONE": Entry(
        "S12", "http may not replace a Secure cookie", f"{_RFC} section 5.7 step 16"
    ),
    "NONE_NEEDS_SECURE": Entry(
        "S13", "SameSite=None without Secure", f"{_RFC} section 5.7 step 19"
    ),
    "SAMESITE_CROSS_SITE_SET": Entry(
        "S14", "SameSite keeps a foreign page's request from setting it",
        f"{_RFC} section 5.7 step 18",
    ),
    "SAMESITE_TYPO": Entry("S15", "SameSite has no such value", f"{_RFC} section 5.6.7"),
    "PREFIX_RULE": Entry("S16", "the name's prefix asks for more", f"{_RFC} section 4.1.3"),
    "PARTITIONED_NEEDS_SECURE": Entry("S17", "Partitioned without Secure", "CHIPS section 2.1"),
    "CREDENTIALS_MODE": Entry(
        "S18", "the request goes without cookies",
        "Fetch Standard, HTTP-network-or-cache fetch, includeCredentials",
    ),
    "PREFLIGHT_BLOCKED": Entry(
        "S19", "the browser asked first and was refused", "Fetch Standard, CORS-preflight fetch"
    ),
    "PREFLIGHT_BLOCKED_SENT": Entry(
        "S19", "the browser asked first and was refused", "Fetch Standard, CORS-preflight fetch"
    ),
    "CORS_UNREADABLE_BUT_STORED": Entry(
        "S19", "the script sees an error, and the cookie is there all the same",
        "Fetch Standard, CORS check",
    ),
    "THIRD_PARTY_BLOCKED": Entry(
        "S20", "the browser keeps no cookies of embedded sites", f"{_RFC} section 7.1"
    ),
    "THIRD_PARTY_PARTITIONED": Entry(
        "S20", "the cookie exists only inside pages of this site", f"{_RFC} section 7.1"
    ),
    "PARTITIONED_IN_SOME_VERSIONS": Entry(
        "S20", "not every version of the browser knows Partitioned", "WebKit release notes"
    ),
    "HTTPONLY_JS": Entry("S21", "scripts cannot touch it", f"{_RFC} section 5.7 step 15 and 23"),
    "EVICTED": Entry("S22", "too many cookies of one site", f"{_RFC} section 6.1"),
    "DUPLICATE_NAME": Entry(
        "S23", "two cookies of one name are sent", f"{_RFC} section 5.7 step 23, section 5.8.3"
    ),
    "DELETION_MISSES": Entry(
        "S23", "the line deletes another cookie than the one that is there",
        f"{_RFC} section 5.7 step 23",
    ),
    "HOST_ONLY": Entry("X1", "the cookie is of another host", f"{_RFC} section 5.8.3"),
    "PATH": Entry("X2", "the cookie is of another path", f"{_RFC} section 5.1.4"),
    "SECURE_SENT_ON_HTTP": Entry("X3", "Secure cookies stay off http", f"{_RFC} section 5.8.3"),
    "CREDENTIALS_MODE_SENT": Entry(
        "X4", "the request goes without cookies",
        "Fetch Standard, HTTP-network-or-cache fetch, includeCredentials",
    ),
    "SAMESITE_STRICT": Entry(
        "X5", "Strict: somebody else's page led here", f"{_RFC} section 5.8.3, section 8.8.2"
    ),
    "SAMESITE_LAX_POST": Entry(
        "X5", "Lax: a form of another site was posted", f"{_RFC} section 5.8.3"
    ),
    "SAMESITE_UNSET_POST": Entry(
        "X5", "without SameSite: a form of another site, two minutes later",
        f"{_RFC} section 5.7, Lax-allowing-unsafe",
    ),
    "SAMESITE_SUBREQUEST": Entry(
        "X5", "SameSite: a page of another site asks", f"{_RFC} section 5.8.3"
    ),
    "SAMESITE_REDIRECT_CHAIN": Entry(
        "X5", "SameSite: the way led through another site", f"{_RFC} section 5.2"
    ),
    "NONE_NOT_NEEDED": Entry(
        "X5", "another origin, but the same site: SameSite=None is not needed",
        "HTML Standard, same site",
    ),
    "OTHER_PARTITION": Entry(
        "X6", "the cookie belongs to another top-level site", "CHIPS section 2.2"
    ),
    "THIRD_PARTY_BLOCKED_SENT": Entry(
        "X6", "the browser sends no cookies to embedded sites", f"{_RFC} section 7.1"
    ),
    "ANCESTOR": Entry(
        "X7", "a frame of another site is in between", f"{_RFC} section 5.2.1"
    ),
    "RELOAD": Entry(
        "X8", "a reload stays as foreign as the visit was", f"{_RFC} section 5.2, section 8.8.5"
    ),
    "NOT_A_BROWSER_REQUEST": Entry(
        "X10", "a program asks, which has no jar of the browser's", f"{_RFC} section 5.8.1"
    ),
    "LOOKING_IN_WRONG_PLACE": Entry(
        "X10", "the cookie is there, and somebody looks elsewhere", f"{_RFC} section 5.6.6"
    ),
}  # fmt: skip

#: Reasons that keep no cookie from arriving.
NOTES = frozenset({
    "ATTRIBUTE_TOO_LONG", "BECAME_SESSION", "CAPPED", "CORS_UNREADABLE_BUT_STORED",
    "DELETION_MISSES", "DUPLICATE_NAME", "FOLDED_SET_COOKIE", "LOCALHOST_DOMAIN",
    "LOOKING_IN_WRONG_PLACE", "NONE_NOT_NEEDED", "PARTITIONED_IN_SOME_VERSIONS", "SAMESITE_TYPO",
    "THIRD_PARTY_PARTITIONED",
})  # fmt: skip

#: What is said of sending, by what says the same of storing; both at once would be tiresome.
TWINS = {
    "CREDENTIALS_MODE_SENT": "CREDENTIALS_MODE",
    "MIXED_CONTENT_SENT": "MIXED_CONTENT",
    "NOT_A_BROWSER_REQUEST": "NOT_A_BROWSER_RESPONSE",
    "PREFLIGHT_BLOCKED_SENT": "PREFLIGHT_BLOCKED",
    "SAMESITE_SUBREQUEST": "SAMESITE_CROSS_SITE_SET",
    "SECURE_SENT_ON_HTTP": "SECURE_ON_HTTP",
    "THIRD_PARTY_BLOCKED_SENT": "THIRD_PARTY_BLOCKED",
}

#: Rows that stand in nobody's way, and are tested all the same.
SILENT: dict[str, Entry] = {
    "S1": Entry("S1", "an answer of any status sets cookies", f"{_RFC} section 5.3"),
    "X9": Entry(
        "X9", "WebSockets, pictures and fonts follow the rules of the page that asks for them",
        "Fetch Standard, WebSocket opening handshake; HTML Standard, CORS settings attributes",
    ),
}  # fmt: skip
