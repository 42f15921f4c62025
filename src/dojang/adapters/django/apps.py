"""The application: system checks and management commands."""

from django.apps import AppConfig
from django.core import checks
from django.core.signals import request_started

from dojang.adapters.django.checks import check_settings
from dojang.adapters.django.watching import watch

__all__ = ["DojangConfig"]


class DojangConfig(AppConfig):
    """What `"dojang.adapters.django"` in INSTALLED_APPS adds; sessions work without it."""

    name = "dojang.adapters.django"
    label = "dojang"
    verbose_name = "Sessions"

    def ready(self) -> None:
        """Check the settings when Django starts, and look at requests as they come."""
        checks.register(check_settings, checks.Tags.security)
        request_started.connect(watch, dispatch_uid="dojang.watch")
