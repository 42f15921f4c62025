"""`dojang users import`."""

from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from dojang.cli.sessions.output import notes, out, print_object, printable
from dojang.errors import Misuse
from dojang.extras import extra

if TYPE_CHECKING:
    from dojang.cli.users.import_run import Imported

__all__ = ["import_users"]

#: The exit code when not all could be imported.
_SOME_LEFT = 1


def import_users(
    *,
    file: Annotated[str, typer.Argument(help="What was exported; - for the standard input.")],
    form: Annotated[
        str | None,
        typer.Option("--format", help="csv or jsonl; otherwise as the name of the file ends."),
    ] = None,
    named: Annotated[
        list[str] | None,
        typer.Option("--map", help="What a column is, as login=username; theirs= passes it over."),
    ] = None,
    report: Annotated[
        Path | None,
        typer.Option(help="Where to write what became of each line: .csv or .jsonl."),
    ] = None,
    drop_unknown_hashes: Annotated[
        bool,
        typer.Option(
            "--drop-unknown-hashes",
            help="Take people whose password hash is of no known kind, without a password.",
        ),
    ] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Make no account.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="The counts as JSON.")] = False,
) -> None:
    """Make accounts of a CSV file with a header, or of JSON objects, one in each line.

    Whoever is there already stays as they are, so that the same command may be run again. A line
    that cannot be imported is named with the reason and left out; the exit code is then 1.
    """
    with extra("server"):
        from dojang.auth.imports import Columns, Importing  # noqa: PLC0415 - guarded
        from dojang.cli.users.accounts import noted, opened  # noqa: PLC0415 - guarded
        from dojang.cli.users.import_report import Report  # noqa: PLC0415 - guarded
        from dojang.cli.users.import_run import opened as opened_file  # noqa: PLC0415 - guarded
        from dojang.cli.users.import_run import run  # noqa: PLC0415 - guarded
    columns = Columns(dict(_pair(text) for text in named or ()))
    with opened_file(file, form) as (records, size):
        told = Report(report, of=file)
        if records.header is not None:
            columns.check(records.header)
        with (
            opened() as accounts,
            closing(
                Importing(
                    accounts, columns=columns, drop_unknown_hashes=drop_unknown_hashes, dry=dry_run
                )
            ) as importing,
        ):
            done = run(records, importing, told, size=size)
            if done.imported and not dry_run:
                noted(accounts, "accounts-imported", imported=done.imported)
    _conclude(done, dry=dry_run, as_json=as_json)


def _pair(text: str) -> tuple[str, str]:
    theirs, equals, ours = text.rpartition("=")
    if not equals or not theirs:
        raise Misuse(f"--map {text!r}: write theirs=ours, as in --map login=username")
    return theirs, ours


def _conclude(done: "Imported", *, dry: bool, as_json: bool) -> None:
    for outcome in done.shown:
        notes.print(printable(f"rejected: line {outcome.line}: {outcome.why}"))
    if more := done.rejected - len(done.shown):
        notes.print(f"... and {more} more, all of them in the file of --report")
    if as_json:
        print_object(
            {
                "imported": done.imported,
                "without_password": done.without_password,
                "unverified": done.unverified,
                "there_already": done.there,
                "rejected": done.rejected,
                "dry_run": dry,
            }
        )
    else:
        verb = "would be imported" if dry else "imported"
        without = f" ({done.without_password} without a password)" if done.without_password else ""
        rejected = f", {done.rejected} rejected" if done.rejected else ""
        out.print(f"{done.imported} {verb}{without}, {done.there} were there already{rejected}")
        if done.unverified:
            out.print(
                f"{done.unverified} of them with an address that nobody has verified, as the file "
                "says: the first sign-in by mail ends their password"
            )
    if done.rejected:
        raise typer.Exit(_SOME_LEFT)
