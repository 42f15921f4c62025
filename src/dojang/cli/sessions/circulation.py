"""`dojang sessions circulation`."""

from rich import box
from rich.table import Table
from rich.text import Text

from dojang import blocking, clock
from dojang.cli.sessions.output import instant, out, print_object, printable
from dojang.cli.sessions.stores import AsJson, StoreUrl, opened
from dojang.strategies.sightings import all_kinds

__all__ = ["circulation"]

#: Days that an operator asks about.
_SPANS = (1, 7, 30)


def circulation(store: StoreUrl, as_json: AsJson = False) -> None:
    """Show which old cookies still come: a kind that no longer does can be given up."""
    now = clock.now()
    with opened(store) as sessions:
        kinds = blocking.run(all_kinds(sessions, now=now))
    rows = [
        (kind, [seen.within(days, now=now) for days in _SPANS], instant(seen.last))
        for kind, seen in sorted(kinds.items(), key=lambda each: -each[1].last)
    ]
    if as_json:
        for kind, counts, last in rows:
            days = {str(span): count for span, count in zip(_SPANS, counts, strict=True)}
            print_object({"kind": kind, "days": days, "last": last})
        return
    if not rows:
        out.print("No cookie of another kind, or of a retired secret, has come to this store.")
        return
    table = Table("kind", "today", "7 days", "30 days", "last", box=box.SIMPLE_HEAD, pad_edge=False)
    for kind, counts, last in rows:
        table.add_row(Text(printable(kind)), *map(str, counts), last)
    out.print(table)
