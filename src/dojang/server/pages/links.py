"""Pages that links in mails open: each says what it is for, and does it when a button is pressed.

A mail scanner opens links too, and must not use them up.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

from dojang.adapters.asgi import session_of
from dojang.auth.one_time import Redeemed
from dojang.server.pages import forms
from dojang.server.pages.redirects import HOME, see
from dojang.server.pages.render import page, spoken
from dojang.server.pages.visitor import signed_in
from dojang.words import Words, words_in

__all__ = ["Asked", "LinkPage"]

#: A token is in the address. With this nothing carries it on, and unlike with `no-referrer` the
#: form still says where it comes from.
_HEADERS = {"referrer-policy": "strict-origin"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What a page asks.

    Attributes:
        title: Its heading.
        text: What happens, in one or two sentences.
        button: What is pressed for it.
    """

    title: str
    text: str
    button: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkPage:
    """One kind of link.

    Attributes:
        path: Of the page.
        peek: Returns what a token stands for, and leaves it good.
        ask: Returns what is asked, in the words of a language.
        use: Uses a token, and returns the notice that is shown then.
    """

    path: str
    peek: Callable[[Request, str], Awaitable[Redeemed]]
    ask: Callable[[Redeemed, Words], Asked]
    use: Callable[[Request, str], Awaitable[str]]

    async def show(self, request: Request) -> Response:
        """Ask first: whatever opened the address has changed nothing."""
        token = request.query_params.get("token", "")
        found = await self.peek(request, token)
        return page(
            request,
            "link",
            headers=_HEADERS,
            session=session_of(request),
            asked=self.ask(found, words_in(spoken(request))),
            path=self.path,
            token=token,
        )

    async def submit(self, request: Request) -> Response:
        """Do it, and say so where whoever asked for it is at home."""
        form = await forms.read(request)
        notice = await self.use(request, form.get("token", ""))
        door = HOME if await signed_in(request) else "/sign-in"
        return see(f"{door}?notice={notice}")
