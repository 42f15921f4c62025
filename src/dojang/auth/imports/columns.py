"""Which column of an export means what."""

from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any

from dojang.errors import Misuse

__all__ = ["FIELDS", "Columns"]

#: What is understood, and what Auth0, Keycloak, Firebase, Django, better-auth, Devise and others
#: call it, without `_` and in small letters.
_NAMES: dict[str, tuple[str, ...]] = {
    "id": ("id", "userid", "uid", "localid", "pk"),
    "email": ("email", "emailaddress", "mail"),
    "username": ("username", "login"),
    "name": ("name", "displayname", "fullname"),
    "given_name": ("givenname", "firstname"),
    "family_name": ("familyname", "lastname", "surname"),
    "password_hash": (
        "passwordhash",
        "password",
        "encryptedpassword",
        "hashedpassword",
        "passworddigest",
    ),
    "roles": ("roles", "role", "realmroles"),
    "verified": ("verified", "emailverified", "confirmedat", "emailconfirmedat", "emailverifiedat"),
    "disabled": ("disabled", "blocked", "banned"),
    "enabled": ("enabled", "isactive", "active"),
    "created": ("created", "createdat", "createdtimestamp", "datejoined"),
}

#: What `--map` may say of a column.
FIELDS = tuple(_NAMES)

_MEANING = {name: field for field, names in _NAMES.items() for name in names}

#: Told apart from every value.
_NOTHING = object()


class Columns:
    """Finds what is asked for, under the names of others."""

    def __init__(self, given: Mapping[str, str] | None = None) -> None:
        """Take what whoever imports says of columns; it counts before what is known.

        Args:
            given: By their name, or their path as `app_metadata.roles`, which of `FIELDS` it is;
                empty for a column that is passed over.

        Raises:
            Misuse: A field is none of `FIELDS`, or given twice.
        """
        self._given = dict(given or {})
        wanted = [field for field in self._given.values() if field]
        for field in wanted:
            if field not in FIELDS:
                raise Misuse(f"{field!r} is none of {', '.join(FIELDS)}")
            if wanted.count(field) > 1:
                raise Misuse(f"two columns are given as {field}")
        self._chosen = lru_cache(maxsize=128)(self._choose)

    def check(self, header: Iterable[str]) -> None:
        """Look at the header of a file before its rows.

        Raises:
            Misuse: Two columns mean the same, one that was given is not there, or none says whose
                the accounts are.
        """
        names = frozenset(header)
        absent = next((name for name in self._given if name not in names), None)
        if absent is not None:
            raise Misuse(f"there is no column {absent!r}; there are {', '.join(sorted(names))}")
        if {"email", "username"}.isdisjoint(self._chosen(names)):
            raise Misuse("no column is an e-mail address or a user name; --map theirs=email")

    def read(self, record: Mapping[str, Any]) -> dict[str, Any]:
        """Return the values of a record by the names of `FIELDS`, those that are there.

        Raises:
            Misuse: Two of its members mean the same.
        """
        found = {field: record[name] for field, name in self._chosen(frozenset(record)).items()}
        for path, field in self._given.items():
            value = _at(record, path) if field and path not in record else _NOTHING
            if value is not _NOTHING:
                found[field] = value
        return found

    def _choose(self, names: frozenset[str]) -> Mapping[str, str]:
        chosen = {field: name for name, field in self._given.items() if field and name in names}
        known = set(self._given.values())
        for name in sorted(names - self._given.keys()):
            field = _MEANING.get(name.casefold().replace("_", ""))
            if field is None or field in known:
                continue
            if field in chosen:
                raise Misuse(
                    f"{chosen[field]!r} and {name!r} both mean {field}: say which by --map, as in "
                    f"--map {name}={field}"
                )
            chosen[field] = name
        return chosen


def _at(record: Mapping[str, Any], path: str) -> object:
    value: Any = record
    for step in path.split("."):
        if not isinstance(value, Mapping) or step not in value:
            return _NOTHING
        value = value[step]
    return value
