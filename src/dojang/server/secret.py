"""The secret of the server: configured, or in development made once and kept in a file."""

import os
import stat
from dataclasses import dataclass
from pathlib import Path

from dojang.server.errors import BadSettings
from dojang.server.settings import Settings
from dojang.server.strength import REMEDY
from dojang.wire import entropy
from dojang.wire.keyring import MIN_SECRET, Keyring, new_secret
from dojang.wire.strength import is_well_known

__all__ = ["Secret", "find"]

_PRIVATE = 0o600
_OTHERS = 0o077


@dataclass(frozen=True, slots=True)
class Secret:
    """What the keys are derived from.

    Attributes:
        keyring: The secrets, newest first.
        note: Where they come from, in words for whoever starts the server; empty where there is
            nothing to say.
    """

    keyring: Keyring
    note: str


def find(settings: Settings) -> Secret:
    """Return the secret to use.

    Where none is configured, which is in development only, one is made and kept in `<home>/secret`
    for the next start; processes that start together agree on one.

    Raises:
        BadSettings: The file cannot be used.
    """
    given = settings.secrets
    if not given:
        return _kept(settings.home / "secret")
    weak = any(map(is_well_known, given))
    note = f"DOJANG_SECRET is well known, and production refuses it: {REMEDY}" if weak else ""
    return Secret(Keyring(given), note)


def _kept(path: Path) -> Secret:
    try:
        made = _make(path)
        text, mode = _read(path)
        if mode & _OTHERS:
            path.chmod(_PRIVATE)
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "not text"
        raise BadSettings(
            f"the secret in {path} cannot be used ({reason}): set DOJANG_SECRET, or make it yours"
        ) from None
    if len(text) < MIN_SECRET:
        raise BadSettings(
            f"the secret in {path} is damaged: delete the file to get a new one, "
            "which signs everybody out"
        )
    note = f"development secret, {'made now and ' if made else ''}kept in {path}"
    if mode & _OTHERS:
        note += "; others could read the file, now only you can: make a new one if they did"
    return Secret(Keyring(text), note)


def _make(path: Path) -> bool:
    if path.exists():
        return False
    draft = path.with_name(f"{path.name}.{entropy.token(6)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _PRIVATE)
    try:
        with os.fdopen(descriptor, "w") as file:
            file.write(new_secret() + "\n")
            file.flush()
            os.fsync(file.fileno())
        # A link appears with its content or not at all, and never replaces another one's.
        os.link(draft, path)
    except FileExistsError:
        return False
    finally:
        draft.unlink()
    return True


def _read(path: Path) -> tuple[str, int]:
    with os.fdopen(os.open(path, os.O_RDONLY | os.O_NOFOLLOW), encoding="utf-8") as file:
        return file.read(4096).strip(), stat.S_IMODE(os.fstat(file.fileno()).st_mode)
