"""`dojang config show`."""

from typing import Any

from pydantic import SecretStr
from rich import box
from rich.table import Table

from dojang.cli.sessions.output import out, print_object
from dojang.cli.sessions.stores import AsJson
from dojang.extras import extra
from dojang.stores import urls

__all__ = ["show"]

_HIDDEN = "(set)"


def show(as_json: AsJson = False) -> None:
    """Show every setting, and where it was written; secrets are not shown."""
    with extra("server"):
        from dojang.server import environment  # noqa: PLC0415 - guarded
        from dojang.server.listening_settings import ListeningSettings  # noqa: PLC0415 - guarded
        from dojang.server.settings import Settings  # noqa: PLC0415 - guarded
    settings, own = Settings.load(), {*ListeningSettings.model_fields, *Settings.__annotations__}
    found = [
        (name, _shown(getattr(settings, name)), environment.origin(name))
        for name in sorted(Settings.model_fields, key=lambda name: name not in own)
    ]
    if as_json:
        print_object({name: {"value": value, "from": where} for name, value, where in found})
        return
    table = Table(box=box.SIMPLE_HEAD)
    for heading in ("setting", "value", "from"):
        table.add_column(heading, overflow="fold")
    for name, value, where in found:
        table.add_row(f"DOJANG_{name.upper()}", "" if value is None else str(value), where)
    out.print(table)


def _shown(value: Any) -> Any:  # noqa: ANN401 - as settings are
    if isinstance(value, SecretStr):
        return _HIDDEN if value.get_secret_value() else None
    if isinstance(value, tuple):
        if any(isinstance(one, SecretStr) for one in value):
            return _HIDDEN
        return ", ".join(map(str, value)) or None
    if isinstance(value, str) and "://" in value:
        return urls.shown(value)
    return value if value is None or isinstance(value, int | float) else str(value)
