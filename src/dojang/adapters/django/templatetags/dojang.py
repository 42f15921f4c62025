"""`{% load dojang %}` and `{% form_token %}`: the hidden field that proves a form to be ours."""

from collections.abc import Mapping
from typing import Any

from django import template

from dojang.adapters.cross_site.gate import GATE, Gate, Html
from dojang.adapters.django.store import SessionStore
from dojang.errors import Misuse

__all__ = ["form_token", "register"]

register = template.Library()


@register.simple_tag(takes_context=True)
def form_token(context: Mapping[str, Any]) -> Html:
    """Return the hidden field for a form of the session of the request that is rendered.

    Raises:
        Misuse: The request or the middleware is missing, or the sessions are not ours.
        Unavailable: The store did not answer.
    """
    request = context.get("request") or getattr(context, "request", None)
    if request is None:
        raise Misuse(
            "the template knows no request: write render(request, ...), or put "
            "'django.template.context_processors.request' among the context_processors"
        )
    gate, store = request.META.get(GATE), getattr(request, "session", None)
    if not isinstance(gate, Gate) or not isinstance(store, SessionStore):
        raise Misuse(
            "MIDDLEWARE begins with 'dojang.adapters.django.cross_site.CrossSiteMiddleware'"
        )
    return gate.field(store.data)
