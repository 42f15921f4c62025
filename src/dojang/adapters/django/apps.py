"""The application: system checks and management commands."""

from django.apps import AppConfig
from django.core import checks

from dojang.adapters.django.checks import check_settings

__all__ = ["DojangConfig"]


class DojangConfig(AppConfig):
    """What `"dojang.adapters.django"` in INSTALLED_APPS adds; sessions work without it."""

    name = "dojang.adapters.django"
    label = "dojang"
    verbose_name = "Sessions"

    def ready(self) -> None:
        """Check the settings when Django starts."""
        checks.register(check_settings, checks.Tags.security)
