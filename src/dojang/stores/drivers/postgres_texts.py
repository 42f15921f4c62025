"""Any text of Python in a column of PostgreSQL, whose texts can hold neither NUL nor surrogates."""

import re

from dojang.extras import extra

with extra("postgres"):
    from psycopg.abc import Buffer
    from psycopg.adapt import AdaptersMap, Dumper, Loader
    from psycopg.types.numeric import Int8Dumper

__all__ = ["adapt"]

#: Stands before four hexadecimal digits for a character that cannot be there, or for itself.
_SUBSTITUTE = "\x1a"

_UNSPEAKABLE = re.compile("[\x00\x1a\ud800-\udfff]")
_WRITTEN = re.compile("\x1a([0-9a-f]{4})")


def adapt(adapters: AdaptersMap) -> None:
    """Make a connection write and read texts so, and send every integer as one of 64 bits.

    A statement whose integers differ in size would be prepared once for each mixture of them.
    """
    adapters.register_dumper(str, _TextDumper)
    adapters.register_loader("text", _TextLoader)
    adapters.register_dumper(int, Int8Dumper)


class _TextDumper(Dumper):
    def dump(self, obj: str) -> Buffer:
        try:
            written = obj.encode()
        except UnicodeEncodeError:
            return _UNSPEAKABLE.sub(_write, obj).encode()
        if b"\x00" in written or b"\x1a" in written:
            return _UNSPEAKABLE.sub(_write, obj).encode()
        return written


class _TextLoader(Loader):
    def load(self, data: Buffer) -> str:
        text = bytes(data).decode()
        return _WRITTEN.sub(_read, text) if _SUBSTITUTE in text else text


def _write(match: re.Match[str]) -> str:
    return f"{_SUBSTITUTE}{ord(match[0]):04x}"


def _read(match: re.Match[str]) -> str:
    return chr(int(match[1], 16))
