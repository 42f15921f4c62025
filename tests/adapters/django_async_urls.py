from typing import Any

from django.contrib import admin
from django.urls import path

from tests.adapters.django_project import VIEWS


async def view(request: Any, name: str) -> Any:
    return await VIEWS[name](request)


urlpatterns = [path("admin/", admin.site.urls), path("<str:name>", view)]
