"""`make words`: brings the catalogues of other languages up to date, and compiles them."""

import io
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import read_mo, write_mo
from babel.messages.pofile import read_po, write_po

from dojang.words import LANGUAGES
from dojang.words.words import DOMAIN, FOLDER

SOURCE = FOLDER.parent
EPOCH = datetime(2026, 1, 1, tzinfo=UTC)
METHODS = [("**.py", "python"), ("**.html", "jinja2")]
OPTIONS = {"**.html": {"trimmed": "true", "newstyle_gettext": "true"}}

#: `_(...)` says it now, `N_(...)` marks what is said elsewhere.
KEYWORDS: dict[str, tuple[int, ...] | None] = {
    "_": None,
    "N_": None,
    "many": (1, 2),
    "gettext": None,
    "ngettext": (1, 2),
}


def main() -> int:
    """Write the catalogues; with --check, only say what is wrong with them."""
    found = extracted()
    if "--check" in sys.argv:
        lines = [line for language in LANGUAGES[1:] for line in troubles(language, found)]
        sys.stdout.writelines(f"{line}\n" for line in lines)
        return 1 if lines else 0
    for language in LANGUAGES[1:]:
        catalogue = updated(language, found)
        po_of(language).parent.mkdir(parents=True, exist_ok=True)
        po_of(language).write_bytes(po_text(catalogue))
        mo_of(language).write_bytes(mo_text(catalogue))
    return 0


def extracted() -> Catalog:
    """Return all that the code says."""
    made = Catalog(domain=DOMAIN, project="dojang", charset="utf-8")
    for path, _, text, comments, context in extract_from_dir(
        SOURCE, METHODS, OPTIONS, KEYWORDS, comment_tags=("Words:",)
    ):
        # No line numbers: every change of a file would change the catalogues.
        made.add(text, None, [(path, 0)], auto_comments=comments, context=context)
    return made


def updated(language: str, found: Catalog) -> Catalog:
    """Return the catalogue of a language with what is new, and without what nobody says."""
    catalogue = stored(language)
    catalogue.update(found, no_fuzzy_matching=True, update_creation_date=False)
    catalogue.obsolete.clear()
    return catalogue


def stored(language: str) -> Catalog:
    """Return the catalogue of a language as it is; an empty one if there is none."""
    path = po_of(language)
    text = path.read_bytes() if path.exists() else b""
    catalogue = read_po(io.BytesIO(text), locale=language, domain=DOMAIN, charset="utf-8")
    # Nobody asks when, and the same texts compile to the same bytes.
    catalogue.creation_date = catalogue.revision_date = EPOCH
    return catalogue


def troubles(language: str, found: Catalog) -> Iterator[str]:
    """Yield what a translator or `make words` has to do."""
    catalogue = updated(language, found)
    if po_text(catalogue) != po_of(language).read_bytes():
        yield f"{po_of(language)} does not hold what the code says: make words"
    for message in catalogue:
        if message.id and not all(strings(message.string)):
            yield f"{language}: {message.id!r} is not translated"
        yield from (f"{language}: {message.id!r}: {error}" for error in message.check(catalogue))
    with mo_of(language).open("rb") as file:
        compiled = read_mo(file)
    if said(compiled) != said(catalogue):
        yield f"{mo_of(language)} is stale: make words"


def said(catalogue: Catalog) -> dict[str, tuple[str, ...]]:
    """Return what a catalogue makes of each text."""
    return {strings(message.id)[0]: strings(message.string) for message in catalogue if message.id}


def strings(string: str | tuple[str, ...] | list[str] | None) -> tuple[str, ...]:
    """Return the forms of a text, of which there is one where nothing is counted."""
    return tuple(string) if isinstance(string, tuple | list) else (string or "",)


def po_text(catalogue: Catalog) -> bytes:
    """Return a catalogue as people edit it."""
    out = io.BytesIO()
    write_po(out, catalogue, width=100, sort_by_file=True, omit_header=True, include_lineno=False)
    return out.getvalue()


def mo_text(catalogue: Catalog) -> bytes:
    """Return a catalogue as programs read it."""
    out = io.BytesIO()
    write_mo(out, catalogue)
    return out.getvalue()


def po_of(language: str) -> Path:
    """Return where people edit the catalogue of a language."""
    return FOLDER / language / "LC_MESSAGES" / f"{DOMAIN}.po"


def mo_of(language: str) -> Path:
    """Return where programs read it."""
    return po_of(language).with_suffix(".mo")


if __name__ == "__main__":
    sys.exit(main())
