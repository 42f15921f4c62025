"""Accounts of elsewhere made ours, batch by batch."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Literal

from dojang.auth.accounts import Accounts
from dojang.auth.imports import import_rows, values
from dojang.auth.imports.candidate import Candidate, Maker, Unfit
from dojang.auth.imports.columns import Columns
from dojang.auth.imports.import_rows import Kept
from dojang.auth.imports.records import Record, Unread
from dojang.auth.imports.seen import Seen
from dojang.auth.imports.shapes import flat
from dojang.auth.threads import off_loop
from dojang.errors import Misuse

__all__ = ["Importing", "Outcome"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of a line.

    Attributes:
        line: Where the record begins.
        verdict: `imported`; `there`, where the same account is there already; or `rejected`.
        theirs: Its id elsewhere, or empty.
        user: Its id here, as in `User.id`; None where it was rejected.
        password: Whether a password opens it.
        claims: Whether the file says that nobody has shown its address: see `User.claims`.
        why: Why it was rejected, or empty; never a value but names of roles.
    """

    line: int
    verdict: Literal["imported", "there", "rejected"]
    theirs: str = ""
    user: str | None = None
    password: bool = False
    claims: bool = False
    why: str = ""


class Importing:
    """One import: what is wrong with a record is said of it, and the others go on.

    Whoever is there already stays as they are, so that an import may be run again.
    """

    def __init__(
        self,
        accounts: Accounts,
        *,
        columns: Columns | None = None,
        drop_unknown_hashes: bool = False,
        dry: bool = False,
    ) -> None:
        """Take what an import does.

        Args:
            accounts: Where they go.
            columns: Which column means what, beside what is known.
            drop_unknown_hashes: Whether somebody whose password hash is not computed here is
                imported without a password; they are rejected otherwise.
            dry: Whether nothing is written.
        """
        self._engine = accounts.engine
        self._columns = columns or Columns()
        self._make = Maker(
            now=accounts.clock(),
            username_pattern=accounts.username_pattern,
            drop_unknown_hashes=drop_unknown_hashes,
        ).make
        self._dry = dry
        self._seen = Seen()

    async def take(self, batch: Sequence[Record | Unread]) -> Sequence[Outcome]:
        """Import records in one transaction, and say what became of each, in their order.

        Raises:
            Unavailable: The database did not answer; none of them is there, and the import may be
                run again.
        """
        return await off_loop(partial(self._take, batch))

    def close(self) -> None:
        """Forget which lines there were."""
        self._seen.close()

    def _take(self, batch: Sequence[Record | Unread]) -> Sequence[Outcome]:
        read = [self._read(one) for one in batch]
        fit = [one for one in read if isinstance(one, Candidate)]
        new = [candidate.row for candidate in fit]
        there = iter(import_rows.add_new(self._engine, new, dry=self._dry))
        return [
            one if isinstance(one, Outcome) else _outcome(record.line, one, next(there))
            for record, one in zip(batch, read, strict=True)
        ]

    def _read(self, record: Record | Unread) -> Candidate | Outcome:
        if isinstance(record, Unread):
            return _rejected(record.line, "", record.why)
        fields: Mapping[str, Any] = {}
        try:
            fields = self._columns.read(flat(record.fields))
            candidate = self._make(fields)
        except (Unfit, Misuse) as error:
            return _rejected(record.line, values.shown(fields.get("id")), str(error))
        before = self._seen.first(_keys(candidate), record.line)
        if before is None:
            return candidate
        why = f"line {before} has the same e-mail address, user name or id"
        return _rejected(record.line, candidate.theirs, why)


def _rejected(line: int, theirs: str, why: str) -> Outcome:
    return Outcome(line=line, verdict="rejected", theirs=theirs, why=why)


def _keys(candidate: Candidate) -> Sequence[str]:
    row = candidate.row
    keys = {"@": row.email_key, "u": row.username_key, "#": row.user.id}
    return [f"{kind}{key}" for kind, key in keys.items() if key]


def _outcome(line: int, candidate: Candidate, there: Sequence[Kept]) -> Outcome:
    row = candidate.row
    imported = Outcome(
        line=line,
        verdict="imported",
        theirs=candidate.theirs,
        user=row.user.id,
        password=row.password_hash is not None,
        claims=row.user.claims,
    )
    if not there:
        return imported
    keys = row.email_key, row.username_key
    if len(there) == 1 and (there[0].email_key, there[0].username_key) == keys:
        return replace(imported, verdict="there", user=there[0].id)
    why = "another account has " + " and ".join(_shared(candidate, there))
    return replace(imported, verdict="rejected", user=None, password=False, claims=False, why=why)


def _shared(candidate: Candidate, there: Sequence[Kept]) -> Sequence[str]:
    row = candidate.row
    same = {
        "the id": any(kept.id == row.user.id for kept in there),
        "the e-mail address": any(
            row.email_key and kept.email_key == row.email_key for kept in there
        ),
        "the user name": any(
            row.username_key and kept.username_key == row.username_key for kept in there
        ),
    }
    return [what for what, is_so in same.items() if is_so]
