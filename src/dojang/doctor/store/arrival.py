"""Whether a browser got the cookie at all: the checks S0, S18 and S19."""

from dojang.doctor import remedies
from dojang.doctor.context import Context
from dojang.doctor.finding import Case, Finding
from dojang.doctor.words import shown

__all__ = [
    "arrives",
    "is_asked_for",
    "is_let_through",
    "is_read_by_its_page",
    "knows_its_scheme",
    "mixed",
    "refused",
]


def arrives(case: Case) -> Finding | None:
    """S0: whether a browser got it at all."""
    exchange, text = case.situation.stored_by, case.situation.set_cookie
    if exchange.way == "server":
        return Finding(
            "NOT_A_BROWSER_RESPONSE",
            "the answer went to a program, not to a browser, and its Set-Cookie stayed there",
            "copy the Set-Cookie line to the answer that the browser gets, or let the browser ask",
            remedies.credentials(case.storing.target.origin),
        )
    if exchange.way == "forward-auth":
        return Finding(
            "NOT_A_BROWSER_RESPONSE",
            "the answer went to the proxy that asked for permission, and the proxy kept the cookie",
            "tell the proxy to hand Set-Cookie on",
            remedies.forward_auth(case.line.name),
        )
    if not text.strip() and _lost_scheme(case) is None:
        return Finding(
            "NO_SET_COOKIE",
            "there is no Set-Cookie line",
            "look at the answer in the network panel: the application decided to set none",
            remedies.attributes(case.line, name="session", secure=True, http_only=True),
        )
    return None


def knows_its_scheme(case: Case) -> Finding | None:
    """S0: whether the application knows that browsers come over https."""
    lost = _lost_scheme(case)
    if lost is None or case.line.secure:
        return None
    return Finding(
        "PROXY_LOST_SCHEME",
        f"a proxy ends https and {lost}, so the application takes the connection for http: "
        "it sets no Secure cookie, or one under another name",
        "let the proxy say https, and the application believe that proxy",
        remedies.trust_proxy(f"https://{case.storing.target.host}"),
    )


def _lost_scheme(case: Case) -> str | None:
    transport = case.situation.transport
    first = transport.forwarded_proto.partition(",")[0].strip().lower()
    if not transport.tls_at_proxy or first == "https":
        return None
    return (
        f"X-Forwarded-Proto is {transport.forwarded_proto!r}"
        if first
        else ("there is no X-Forwarded-Proto")
    )


def is_asked_for(case: Case) -> Finding | None:
    """S0: whether the page may ask at all."""
    return mixed(case.storing, "MIXED_CONTENT")


def mixed(context: Context, code: str) -> Finding | None:
    """Return what is to say about a request in the clear of an encrypted page."""
    if not context.mixed:
        return None
    return Finding(
        code,
        f"a page on https may not ask {context.target.origin}, which is in the clear",
        "serve it on https, or under the address of the page",
        remedies.same_origin(context.target.origin),
    )


def is_let_through(case: Case) -> Finding | None:
    """S19: after a preflight that failed there is no request."""
    return refused(case.storing, "PREFLIGHT_BLOCKED")


def refused(context: Context, code: str) -> Finding | None:
    """Return what is to say about a request whose preflight failed."""
    cors = context.exchange.cors
    if cors is None or cors.preflight != "failed" or not context.cross_origin:
        return None
    return Finding(
        code,
        f"the browser asked {context.target.origin} with OPTIONS first and was refused, so the "
        "request was never sent",
        "answer OPTIONS with the method, the headers and the exact origin",
        remedies.cors(context.pages[-1].origin),
    )


def is_read_by_its_page(case: Case) -> Finding | None:
    """S19: whether a script may read the answer has nothing to do with storing."""
    exchange, context = case.situation.stored_by, case.storing
    cors = exchange.cors
    if cors is None or cors.preflight == "failed" or exchange.way != "fetch":
        return None
    if not context.cross_origin or not context.has_credentials:
        return None
    page = context.pages[-1].origin
    if cors.allow_origin == page and cors.allow_credentials == "true":
        return None
    return Finding(
        "CORS_UNREADABLE_BUT_STORED",
        f"Access-Control-Allow-Origin is {shown(cors.allow_origin) or 'missing'} and "
        f"Access-Control-Allow-Credentials {shown(cors.allow_credentials) or 'missing'}: the "
        "script sees a network error, and the cookie is kept all the same",
        "answer with the exact origin (not *) and with true in lower case",
        remedies.cors(page),
    )
