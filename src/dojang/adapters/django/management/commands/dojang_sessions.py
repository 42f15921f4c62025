"""`manage.py dojang_sessions`: who is signed in where, and ending it."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from dojang import blocking
from dojang.adapters.django.conf import sessions
from dojang.adapters.django.wording import in_settings
from dojang.errors import DojangError
from dojang.wire.printable import escaped


class Command(BaseCommand):
    """One verb after another."""

    help = "List the sessions of a user, and end one or all of them."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take a verb and what it works on."""
        verbs = parser.add_subparsers(dest="verb", required=True)
        verbs.add_parser("list", help="the sessions of a user").add_argument("user")
        # One handle in 64 begins with a hyphen, and is no option.
        verbs.add_parser("end", help="one session", prefix_chars="+").add_argument("handle")
        verbs.add_parser("end-user", help="all sessions of a user").add_argument("user")

    def handle(self, *_: Any, verb: str, **options: Any) -> None:
        """Do it.

        Raises:
            CommandError: It cannot be done, or there was nothing to end.
        """
        try:
            if verb == "list":
                self._list(options["user"])
            elif verb == "end":
                self._end(options["handle"])
            else:
                ended = blocking.run(sessions().end_all(options["user"]))
                self.stdout.write(f"ended {ended}")
        except DojangError as error:
            raise CommandError(in_settings(error)) from None

    def _list(self, user: str) -> None:
        for entry in blocking.run(sessions().list(user)):
            seen = entry.seen or entry.renewed or entry.created
            # A browser, and whoever says to be one, chooses what its name is.
            self.stdout.write(
                f"{entry.handle}  {entry.created:%Y-%m-%d %H:%M}  {seen:%Y-%m-%d %H:%M}  "
                f"{_shown(entry.device.address)}  {_shown(entry.device.agent)}"
            )

    def _end(self, handle: str) -> None:
        if not blocking.run(sessions().end(handle)):
            raise CommandError(f"there is no session {handle!r}")
        self.stdout.write("ended")


def _shown(text: str) -> str:
    return escaped(text).replace("\n", "\\n") or "-"
