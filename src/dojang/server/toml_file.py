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

__all__ = ["VARIABLE", "TomlFile", "place", "read", "unknown"]

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

    Raises:
        BadSettings: It is named and not there, or is no TOML.
    """
    path = place()
    if path is None:
        return {}
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise BadSettings(f"{path}: {error.strerror}") from None
    except UnicodeDecodeError:
        raise BadSettings(f"{path}: this is no text in UTF-8") from None
    except tomllib.TOMLDecodeError as error:
        raise BadSettings(f"{path}: {error}") from None


def unknown(fields: Mapping[str, FieldInfo]) -> list[str]:
    """Return a line for every name in the file that is none of `fields`."""
    strangers = sorted(set(read()) - set(fields))
    return [f"{place()}: {name!r} is not a setting: {_meant(name, fields)}" for name in strangers]


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


def _meant(name: str, fields: Mapping[str, FieldInfo]) -> str:
    bare = name.lower().replace("-", "_").removeprefix("dojang_")
    near = get_close_matches(bare, fields, n=1, cutoff=0)
    return f"did you mean {near[0]}?"
