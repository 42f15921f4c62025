"""`dojang sessions`: looking after the sessions of a store."""

import typer

from dojang.cli.sessions import circulation, copy, count, end, end_user, list, show, sweep

__all__ = ["app"]

#: One handle in 64 begins with a hyphen, and is no option.
_HANDLES = {"ignore_unknown_options": True}

app = typer.Typer(help="Look after the sessions of a store.", no_args_is_help=True)
app.command("list")(list.list_sessions)
app.command("show", context_settings=_HANDLES)(show.show)
app.command("end", context_settings=_HANDLES)(end.end)
app.command("end-user")(end_user.end_user)
app.command("count")(count.count)
app.command("circulation")(circulation.circulation)
app.command("sweep")(sweep.sweep)
app.command("copy")(copy.copy)
