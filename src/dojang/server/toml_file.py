"""Settings in a TOML file: `dojang.toml` in the working directory, or what DOJANG_CONFIG names."""

import os
import tomllib
from collections.abc import Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from pydantic.fields import FieldInfo
from pydantic_settings import PydanticBaseSettingsSource

from dojang.server.errors import BadSettings

__all__ = ["VARIABLE", "TomlFile", "meant", "place", "read", "unknown"]

VARIABLE = "DOJANG_CONFIG"
_NAME = "dojang.toml"


def place() -> Path | None:
    """Return where the file is; None where there is none and none is named."""
    named = os.environ.get(VARIABLE)
    if named:
        return Path(named)
    return Path(_NAME) if Path(_NAME).exists() else None


def read() -> Mapping[str, Any]:
    """Return what the file says; nothing if there is none.

    A value means what the same text means in the environment: an empty one is not written, and
    `true` is no number.

    Raises:
        BadSettings: It is named and not there, or is no TOML.
    """
    path = place()
    if path is None:
        return {}
    try:
        written = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise BadSettings(f"{path}: {error.strerror}") from None
    except UnicodeDecodeError:
        raise BadSettings(f"{path}: this is no text in UTF-8") from None
    except tomllib.TOMLDecodeError as error:
        raise BadSettings(f"{path}: {error}") from None
    return {name: _as_text(value) for name, value in written.items() if value != ""}


def unknown(fields: Mapping[str, FieldInfo]) -> list[str]:
    """Return a line for every name in the file that is none of `fields`."""
    found = read()
    strangers = sorted(set(found) - set(fields))
    return [f"{place()}: {_stranger(name, found[name], fields)}" for name in strangers]


def meant(name: str, fields: Mapping[str, FieldInfo]) -> str | None:
    """Return the field whose name is nearest to one that is none; None where none is near."""
    bare = name.lower().replace("-", "_").removeprefix("dojang_")
    return next(iter(get_close_matches(bare, fields, n=1)), None)


class TomlFile(PydanticBaseSettingsSource):
    """What the file says, by the names of the fields."""

    def get_field_value(self, field: FieldInfo, field_name: str) -> tuple[Any, str, bool]:
        """Return the value of a field, if there is one."""
        del field
        return read().get(field_name), field_name, False

    def __call__(self) -> dict[str, Any]:
        """Return what there is."""
        fields: Mapping[str, FieldInfo] = self.settings_cls.model_fields
        return {name: value for name, value in read().items() if name in fields}


def _stranger(name: str, value: object, fields: Mapping[str, FieldInfo]) -> str:
    if isinstance(value, dict):
        return f"[{name}] begins a table, and there is none: write the settings above all tables"
    near = meant(name, fields)
    return f"{name!r} is not a setting: " + (
        f"did you mean {near}?" if near else "`dojang config show` lists them all"
    )


def _as_text(value: object) -> object:
    return str(value).lower() if isinstance(value, bool) else value
