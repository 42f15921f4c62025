"""`dojang doctor`: why is my cookie not there?"""

from typing import Annotated

import typer

from dojang import clock
from dojang.cli.doctor_page import as_json, show
from dojang.cli.doctor_question import Question, from_evidence, from_live, from_options, look
from dojang.doctor.engines import ENGINES
from dojang.suffixes import public_suffixes

__all__ = ["doctor"]

_BROWSERS = ("chrome", "firefox", "safari")


def doctor(  # noqa: PLR0917 - options, which Typer gives by name
    where: Annotated[
        str | None,
        typer.Argument(
            metavar="[URL|FILE|-]",
            help="A live address to look at; or a HAR file or what curl -v printed, - for stdin.",
        ),
    ] = None,
    front: Annotated[
        str | None, typer.Option(help="The page that asks, as http://localhost:3000.")
    ] = None,
    api: Annotated[
        str | None, typer.Option(help="What answers with the cookie, as the browser sees it.")
    ] = None,
    set_cookie: Annotated[
        list[str] | None, typer.Option(help="The value of a Set-Cookie header; may be repeated.")
    ] = None,
    fetch: Annotated[
        str, typer.Option(help="credentials=include, same-origin or omit.")
    ] = "credentials=include",
    browser: Annotated[
        list[str] | None, typer.Option(help=f"{', '.join(ENGINES)}; may be repeated.")
    ] = None,
    everything: Annotated[
        bool, typer.Option("--all", help="Show the lines to paste for every reason.")
    ] = False,
    json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,
) -> None:
    """Say whether browsers store a cookie and send it back, why not, and what to change.

    Exit code 0: it arrives in every browser asked about. 1: it does not. 2: bad input.
    """
    question = Question(front=front, fetch=fetch, browsers=tuple(browser or _BROWSERS))
    if where is None:
        cases = from_options(question, api, set_cookie or [])
    elif where.lower().startswith(("http://", "https://")):
        cases = from_live(question, where)
    else:
        cases = from_evidence(question, where)
    answers = [look(case, suffixes=public_suffixes(), now=clock.now()) for case in cases]
    typer.echo(as_json(answers)) if json else show(answers, everything=everything)
    arrives = all(verdict.sent for answer in answers for verdict in answer.verdicts)
    raise typer.Exit(0 if arrives else 1)
