"""How far a copy is, in a file that is about this copy and no other."""

from pathlib import Path
from typing import Any

from dojang.errors import Malformed, Misuse
from dojang.stores.urls import shown
from dojang.wire import json

__all__ = ["Bookmark"]


class Bookmark:
    """A cursor, and in its file which stores it is of: in another one it would skip sessions."""

    def __init__(self, file: Path | None, *, source: str, target: str, after: str = "") -> None:
        """Begin behind `after`, or where the file says.

        Args:
            file: Where it is kept; None for nowhere.
            source: URL of the store that is copied from; what is kept of it has no password.
            target: URL of the one that is copied to.
            after: A cursor that is known already; the file is not asked then.

        Raises:
            Misuse: The file cannot be read, or is of another copy.
        """
        self._file, self._stores = file, {"from": shown(source), "to": shown(target)}
        self.cursor = after
        if file is not None and not after and file.exists():
            self.cursor = self._read(file)

    def move(self, cursor: str) -> None:
        """Note that everything before `cursor` is done.

        Raises:
            Misuse: The file cannot be written.
        """
        self.cursor = cursor
        if self._file is None:
            return
        part = self._file.with_name(self._file.name + ".part")
        try:
            text = json.dumps({**self._stores, "after": cursor})
            part.write_text(text + "\n", encoding="utf-8")
            part.replace(self._file)
        except OSError as error:
            raise _out_of_reach(self._file, error) from None

    def done(self) -> None:
        """Forget it: another copy begins at the beginning."""
        if self._file is not None:
            self._file.unlink(missing_ok=True)

    def _read(self, file: Path) -> str:
        try:
            noted: dict[str, Any] = json.loads_object(file.read_text(encoding="utf-8"))
        except OSError as error:
            raise _out_of_reach(file, error) from None
        except (Malformed, UnicodeError):
            noted = {}
        cursor = noted.pop("after", None)
        if not isinstance(cursor, str) or noted.keys() != self._stores.keys():
            raise Misuse(f"{str(file)!r} is no cursor file; name one that is not there yet")
        if noted != self._stores:
            raise Misuse(
                f"the cursor file {str(file)!r} is of a copy from {noted['from']} to "
                f"{noted['to']}; name another one, or delete it to begin anew"
            )
        return cursor


def _out_of_reach(file: Path, error: Exception) -> Misuse:
    return Misuse(f"the cursor file {str(file)!r} is out of reach: {error}")
