"""`dojang inspect`: what is this cookie or token?"""

import os
import re
import sys
from typing import Annotated

import typer

from dojang import clock
from dojang.cli.inspect_page import Inspected, as_json, show
from dojang.errors import Misuse
from dojang.inspection import identify, open_with, token_in, weaknesses
from dojang.inspection.text import MAX_LENGTH

__all__ = ["inspect"]


class NothingRecognised(Misuse, ValueError):
    """What was to be inspected is of no format known here."""

    code = "nothing-recognised"


def inspect(
    text: Annotated[
        str, typer.Argument(help="A cookie, a token or a header with one; - for stdin.")
    ] = "-",
    secret: Annotated[
        list[str] | None,
        typer.Option(help="What made it, newest first; may be repeated. Else DOJANG_SECRET."),
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,
) -> None:
    """Say what a cookie or token is, what is in it, and whether it is good now.

    Exit code 0: recognised, and with a secret accepted. 1: not accepted. 2: not recognised.
    """
    pasted = sys.stdin.read(MAX_LENGTH) if text == "-" else text
    token = token_in(pasted)
    guess = identify(token.text)
    if guess is None:
        raise NothingRecognised(
            f"{len(token.text)} characters of no format that is known here: paste the value of "
            "the cookie or the token, whole"
        )
    secrets = secret or re.findall(r"[^\s,]+", os.environ.get("DOJANG_SECRET", ""))
    now = clock.now()
    opening = open_with(token, guess, secrets, now=now) if secrets else None
    inspected = Inspected(token.name, guess, opening, weaknesses(secrets), now)
    typer.echo(as_json(inspected)) if json else show(inspected)
    raise typer.Exit(1 if opening is not None and opening.refused is not None else 0)
