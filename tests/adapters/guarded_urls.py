from typing import Any

from django.urls import path
from django.views.decorators.csrf import csrf_exempt

from tests.adapters.django_project import VIEWS, view


@csrf_exempt
def hook(request: Any) -> Any:
    return VIEWS["send"](request)


urlpatterns = [path("hook/in", hook), path("<name>", view)]
