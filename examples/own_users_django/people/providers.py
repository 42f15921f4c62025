"""To a provider and back, as `dojang.adapters.provider_routes` does it."""

from django.conf import settings
from django.contrib.auth import login
from django.contrib.auth.models import User
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from dojang.adapters.django import cookies
from dojang.auth.providers.words import explain
from dojang.blocking import run
from dojang.errors import DojangError
from dojang.wire.local_path import local_path
from dojang.words import language_of
from people.door import providers


@require_POST
def begin(request: HttpRequest, provider: str) -> HttpResponse:
    begun = run(
        providers.begin(
            provider,
            redirect_uri=f"{settings.URL}/sign-in/with/{provider}/callback",
            target=local_path(request.GET.get("next", ""), home="/"),
            **_browser(request),
        )
    )
    if begun is None:
        raise Http404
    cookies.add(response := redirect(begun.address), begun.cookies)
    return response


@never_cache
@require_GET
def come_back(request: HttpRequest, provider: str) -> HttpResponse:
    query, address = request.META["QUERY_STRING"], request.META["REMOTE_ADDR"]
    try:
        facts = {"query": query, "address": address, **_browser(request)}
        done = run(providers.finish(provider, **facts))
        if done is None:
            raise Http404
        response: HttpResponse = redirect(done.target)
    except DojangError as error:
        language = language_of(request.headers.get("accept-language", ""))
        said = explain(error, provider=provider, language=language) or error
        response = render(request, "home.html", {"said": said}, status=error.status)
    else:
        if not done.linking:
            login(request, User.objects.get(pk=done.opened.user))
    response["Referrer-Policy"] = "no-referrer"
    cookies.add(response, [providers.dropped(query)])
    return response


def _browser(request: HttpRequest) -> dict[str, str]:
    here = {"cookies": request.META.get("HTTP_COOKIE", "")}
    return here | ({"user": str(request.user.pk)} if request.user.is_authenticated else {})
