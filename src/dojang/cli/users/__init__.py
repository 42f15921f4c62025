"""`dojang users`: the accounts of the server."""

import typer

from dojang.cli.users import (
    create,
    delete,
    disable,
    enable,
    import_,
    password,
    remove_second_factor,
    roles,
)

__all__ = ["app"]

app = typer.Typer(help="The accounts of the server.", no_args_is_help=True)
app.command("create")(create.create)
app.command("import")(import_.import_users)
app.command("roles")(roles.roles)
app.command("password")(password.password)
app.command("disable")(disable.disable)
app.command("enable")(enable.enable)
app.command("remove-second-factor")(remove_second_factor.remove_second_factor)
app.command("delete")(delete.delete)
