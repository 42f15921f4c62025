"""The verbs, put together."""

import typer

from dojang.cli import (
    backup,
    config,
    doctor,
    forward_auth,
    inspect,
    keys,
    restore,
    serve,
    sessions,
    users,
    version,
)
from dojang.cli.dev_proxy import dev_proxy

__all__ = ["app"]

app = typer.Typer(
    name="dojang",
    help="Keeps people signed in.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.command("backup")(backup.backup)
app.command("dev-proxy")(dev_proxy)
app.command("doctor")(doctor.doctor)
app.command("inspect")(inspect.inspect)
app.command("restore")(restore.restore)
app.command("serve")(serve.serve)
app.add_typer(config.app, name="config")
app.add_typer(forward_auth.app, name="forward-auth")
app.add_typer(keys.app, name="keys")
app.add_typer(sessions.app, name="sessions")
app.add_typer(users.app, name="users")
app.command("version")(version.version)
