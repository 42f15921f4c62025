"""The page, and signing in with a password; the providers are next door."""

from django.contrib.auth import login
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from dojang.auth import InvalidCredentials, TooManyAttempts
from dojang.blocking import run
from people.door import passwords


def home(request: HttpRequest) -> HttpResponse:
    return render(request, "home.html")


@require_POST
def sign_in(request: HttpRequest) -> HttpResponse:
    login_, password = (request.POST.get(name, "") for name in ("login", "password"))
    try:
        proven = run(passwords.by_password(login_, password, address=request.META["REMOTE_ADDR"]))
    except (InvalidCredentials, TooManyAttempts) as error:
        return render(request, "home.html", {"said": error}, status=error.status)
    # Of Django: a new id, and its signals. It is dated by the request, which began before the
    # password was looked at, so that a change of it in between ends this login, too.
    login(request, User.objects.get(pk=proven.user))
    return redirect("/")
