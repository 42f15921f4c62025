"""`dojang sessions show`."""

from typing import Annotated

import typer

from dojang import blocking, clock
from dojang.cli.sessions.output import as_object, out, print_object, printable
from dojang.cli.sessions.stores import AsJson, StoreUrl, opened
from dojang.errors import Misuse
from dojang.session.record import Record
from dojang.wire import json

__all__ = ["show"]


def show(
    handle: Annotated[str, typer.Argument(help="As `list` prints it.")],
    store: StoreUrl,
    as_json: AsJson = False,
) -> None:
    """Show one session with all its data."""
    with opened(store) as sessions:
        record = blocking.run(sessions.find(handle))
    if record is None or not _is_live(record):
        raise Misuse("there is no such session")
    whole = {**as_object(record), "data": json.loads(record.data)}
    if as_json:
        print_object(whole)
        return
    for name, value in whole.items():
        text = value if isinstance(value, str) else json.dumps(value)
        out.print(f"{name:10}{printable(text)}")


def _is_live(record: Record) -> bool:
    return not record.rotated and (record.expires is None or clock.now() < record.expires)
