"""What the doctor is told: the cookie, the request that brought it, the one that should send it."""

from dataclasses import dataclass
from typing import Literal

__all__ = ["Cors", "Credentials", "Earlier", "Exchange", "Situation", "Transport", "Way"]

#: How a request comes about.
Way = Literal[
    "typed",  # address bar or bookmark
    "navigation",  # a link, a form or a script takes the whole tab there
    "reload",  # the user reloads a page that was reached by such a navigation
    "frame",  # an iframe loads it
    "fetch",  # fetch, XMLHttpRequest, axios, EventSource
    "image",  # an image, script or style sheet, without `crossorigin`
    "crossorigin",  # one of these with `crossorigin`, a module script, or a font
    "websocket",  # the handshake
    "script",  # no request: `document.cookie` in the document at this URL
    "server",  # not a browser: server-side rendering, a server action, Postman, curl
    "forward-auth",  # not a browser: a proxy asked for permission
]

Credentials = Literal["same-origin", "include", "omit"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Cors:
    """What the answer says about being read by another origin.

    Attributes:
        allow_origin: `Access-Control-Allow-Origin` as it was, or empty.
        allow_credentials: `Access-Control-Allow-Credentials` as it was, or empty.
        preflight: Whether the browser asked first (OPTIONS), and what became of it.
    """

    allow_origin: str = ""
    allow_credentials: str = ""
    preflight: Literal["none", "passed", "failed"] = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """One request of a browser, and its answer.

    Attributes:
        url: Where it arrives in the end, as the browser sees it.
        way: How it comes about.
        pages: URLs of the documents it comes from, from the one in the address bar down to the
            one that asks; empty if nobody asks (`typed`).
        method: With which it arrives.
        redirects: URLs it passed on the way to `url`, in order.
        credentials: Of fetch; axios' and XMLHttpRequest's `withCredentials` is `include`. Of
            `crossorigin`: `use-credentials` is `include`, `anonymous` and fonts are `same-origin`.
        credentialless: Whether the page that asks was sent with
            `Cross-Origin-Embedder-Policy: credentialless`.
        status: Of the answer.
        cors: What the answer allows, or None where nobody knows.
    """

    url: str
    way: Way = "fetch"
    pages: tuple[str, ...] = ()
    method: str = "GET"
    redirects: tuple[str, ...] = ()
    credentials: Credentials = "same-origin"
    credentialless: bool = False
    status: int = 200
    cors: Cors | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Transport:
    """How the request reached the application behind its proxies.

    Attributes:
        tls_at_proxy: Whether a proxy ends https and speaks http to the application.
        forwarded_proto: `X-Forwarded-Proto` as the application got it, or empty.
    """

    tls_at_proxy: bool = False
    forwarded_proto: str = ""


@dataclass(frozen=True, slots=True)
class Earlier:
    """A cookie that is in the jar already: who set it, visited directly, and how."""

    url: str
    set_cookie: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Situation:
    """A question for the doctor; every text in it may be any text.

    Attributes:
        set_cookie: The value of one Set-Cookie header, or empty where none came.
        stored_by: The exchange that brought it.
        sent_by: The request that should carry it; None for the one that brought it, once more.
        browser: `chrome`, `chrome-incognito`, `firefox` or `safari`.
        earlier: What is in the jar already, oldest first.
        later: Number of other cookies of the same site that are set before `sent_by`.
        age: Seconds between the two exchanges.
        transport: How the request reached the application.
        looked_in: Where somebody misses the cookie.
    """

    set_cookie: str
    stored_by: Exchange
    sent_by: Exchange | None = None
    browser: str = "chrome"
    earlier: tuple[Earlier, ...] = ()
    later: int = 0
    age: int = 0
    transport: Transport = Transport()
    looked_in: Literal["cookie", "document.cookie", "authorization"] = "cookie"

    @classmethod
    def between(
        cls,
        front: str,
        api: str,
        set_cookie: str,
        *,
        credentials: Credentials = "include",
        browser: str = "chrome",
    ) -> "Situation":
        """Return the usual question: a page of `front` fetches from `api`, twice.

        Args:
            front: URL of the page.
            api: URL that answers with the cookie, and should get it back.
            set_cookie: The value of the header.
            credentials: Of both fetches.
            browser: As above.
        """
        asked = Exchange(url=api, pages=(front,), credentials=credentials)
        return cls(set_cookie=set_cookie, stored_by=asked, browser=browser)
