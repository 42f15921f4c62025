"""`manage.py clearsessions`, for projects that need `django.contrib.sessions` no more."""

from typing import Any

from django.contrib.sessions.management.commands import clearsessions as stock
from django.core.management.base import CommandError

from dojang.adapters.django.wording import in_settings
from dojang.errors import DojangError


class Command(stock.Command):
    """Django's own; a store that does not answer is one line."""

    def handle(self, **options: Any) -> None:
        """Delete sessions that are over.

        Raises:
            CommandError: The store does not answer, or the settings are not ones.
        """
        try:
            super().handle(**options)
        except DojangError as error:
            raise CommandError(in_settings(error)) from None
