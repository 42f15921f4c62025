"""Where things are."""

from django.contrib import admin
from django.urls import path

from people import providers, views

urlpatterns = [
    path("admin/", admin.site.urls),
    path("", views.home),
    path("sign-in", views.sign_in),
    path("sign-in/with/<provider>", providers.begin),  # and links, for who is signed in
    path("sign-in/with/<provider>/callback", providers.come_back),
]
