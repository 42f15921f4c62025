"""Reading the environment and `.env`, and one line for whatever is wrong there."""

import os
import re
from collections.abc import Iterator, Mapping
from typing import Any

from dotenv import dotenv_values
from pydantic import ValidationError
from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource

from dojang.server import toml_file
from dojang.server.errors import BadSettings

__all__ = ["FILE", "PREFIX", "Plain", "file", "origin", "problems", "process", "unknown"]

PREFIX = "DOJANG_"
FILE = ".env"

#: Read without the prefix too.
_PLAIN = {"host": "HOST", "port": "PORT"}

#: Ours, and not for the server.
_ELSEWHERE = {"DOJANG_VECTORS", toml_file.VARIABLE}

#: What a line is about that names several settings.
_NAMED = re.compile(rf"\A{PREFIX}([A-Z_]+)")

#: Characters of a value that an error shows.
_SHOWN = 80


def process() -> Mapping[str, str]:
    """Return the environment of this process."""
    return os.environ


def file() -> Mapping[str, str]:
    """Return what `.env` in the working directory says; nothing if there is none.

    Raises:
        BadSettings: It cannot be read as text.
    """
    try:
        return {name: value for name, value in dotenv_values(FILE).items() if value is not None}
    except (OSError, UnicodeDecodeError) as error:
        raise BadSettings([f"{FILE} cannot be read: write it as UTF-8 ({error})"]) from None


class Plain(PydanticBaseSettingsSource):
    """`HOST` and `PORT` without the prefix."""

    def __init__(self, settings_cls: type[BaseSettings], variables: Mapping[str, str]) -> None:
        """Read them from `variables`."""
        super().__init__(settings_cls)
        self._variables = variables

    def get_field_value(self, field: FieldInfo, field_name: str) -> tuple[Any, str, bool]:
        """Return the value of a field, if it is one of the two."""
        del field
        return self._variables.get(_PLAIN.get(field_name, "")), field_name, False

    def __call__(self) -> dict[str, Any]:
        """Return what there is."""
        fields = self.settings_cls.model_fields
        given = {name: self.get_field_value(field, name)[0] for name, field in fields.items()}
        return {name: value for name, value in given.items() if value}


def unknown(fields: Mapping[str, FieldInfo]) -> list[str]:
    """Return a line for every `DOJANG_*` variable that is none of `fields`.

    A misspelled setting that is passed over once let everybody in (CVE-2018-7206).
    """
    known = {_name(field) for field in fields}
    found = {name.upper() for name in (*process(), *file())}
    strangers = {name for name in found if name.startswith(PREFIX)} - known - _ELSEWHERE
    return [f"{name} is not a setting: {_meant(name, fields)}" for name in sorted(strangers)]


def problems(error: ValidationError, fields: Mapping[str, FieldInfo]) -> list[str]:
    """Return a line for every value that pydantic refused."""
    return [line for found in error.errors() for line in _lines(found, fields)]


def origin(field: str) -> str:
    """Return where a setting was written; empty where it was left as it is by default."""
    for variables, where in ((process(), "environment"), (file(), FILE)):
        if {_name(field), _PLAIN.get(field, _name(field))} & set(variables):
            return where
    return str(toml_file.place()) if field in toml_file.read() else ""


def _lines(found: Any, fields: Mapping[str, FieldInfo]) -> Iterator[str]:  # noqa: ANN401 - of pydantic
    if found["type"] == "default_factory_not_called":  # follows from another one
        return
    if not found["loc"]:
        for line in str(found["ctx"]["error"]).splitlines():
            yield _NAMED.sub(lambda name: _given(name[1].lower()), line)
        return
    field = str(found["loc"][0])
    value = _value(found["input"], secret="SecretStr" in str(fields[field].annotation))
    yield f"{_given(field)}{value}: write {fields[field].description}"


def _value(value: object, *, secret: bool) -> str:
    text = str(value)
    # An address may carry a password before its @.
    if secret or "@" in text:
        return " cannot be used"
    return f" is {text[:_SHOWN]!r}{'...' if len(text) > _SHOWN else ''}"


def _given(field: str) -> str:
    plain = _PLAIN.get(field, "")
    for variables in (process(), file()):
        if _name(field) in variables:
            return _name(field)
        if plain in variables:
            return plain
    return f"{toml_file.place()}: {field}" if field in toml_file.read() else _name(field)


def _name(field: str) -> str:
    return PREFIX + field.upper()


def _meant(name: str, fields: Mapping[str, FieldInfo]) -> str:
    near = toml_file.meant(name, fields)
    return f"did you mean {_name(near)}?" if near else "`dojang config show` lists them all"
