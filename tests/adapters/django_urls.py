from django.contrib import admin
from django.urls import path

from tests.adapters.django_project import view

urlpatterns = [path("admin/", admin.site.urls), path("<str:name>", view)]
