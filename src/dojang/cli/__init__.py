"""The command line: `dojang serve`, `dojang doctor`, `dojang keys new` and others."""

import sys

from dojang.cli.terminal import prepare
from dojang.errors import DojangError
from dojang.extras import extra

__all__ = ["main"]

#: The exit code of whatever was asked for wrongly, as the shell and Typer have it.
_WRONG = 2


def main() -> None:
    """Run the command line; what is wrong is said in one line, without a traceback."""
    prepare()
    try:
        with extra("cli"):
            from dojang.cli.app import app  # noqa: PLC0415 - guarded
        app()
    except DojangError as error:
        for line in str(error).splitlines():
            sys.stderr.write(f"dojang: {line}\n")
        sys.exit(_WRONG)
