"""Records that are nested as one system or the other nests them, made flat."""

from collections.abc import Iterable, Mapping
from typing import Any, cast

from dojang.errors import Malformed
from dojang.wire import json

__all__ = ["flat"]

_VERSIONS = {"1.0": 16, "1.3": 19}  # of Argon2, as Keycloak has them


def flat(record: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return a record with its fields side by side, and its password hash as one text.

    Source: `manage.py dumpdata --format jsonl` of Django 5.2; realm exports of Keycloak 26; exports
    and the schema of bulk imports of Auth0.
    """
    fields = record.get("fields")
    if "model" in record and isinstance(fields, dict):
        return {"pk": record.get("pk"), **cast("dict[str, Any]", fields)}
    if isinstance(record.get("credentials"), list):
        return {**record, "password_hash": _of_keycloak(record["credentials"])}
    if _in(record.get("_id"), "$oid"):
        return _of_auth0(record)
    if isinstance(record.get("custom_password_hash"), dict):
        return {**record, "password_hash": _in(record, "custom_password_hash", "hash", "value")}
    return record


def _of_auth0(record: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return somebody of an export with password hashes under the `user_id` that Auth0 gave out.

    Source: "How to Use the Password Hashes Export from Auth0", 2024.
    """
    identifiers = record.get("identifiers")
    listed = identifiers if isinstance(identifiers, list) else []
    mail = next((one for one in listed if _in(one, "type") == "email"), None)
    found = {"email": _in(mail, "value"), "email_verified": _in(mail, "verified")} if mail else {}
    kept = {name: value for name, value in record.items() if name != "_id"}
    theirs = record.get("alt_id") or _in(record["_id"], "$oid")
    return {**found, **kept, "user_id": f"auth0|{theirs}"}


def _of_keycloak(credentials: Iterable[object]) -> str | None:
    """Return the password among credentials; a text that is no hash where it is of no known kind.

    Source: `PasswordCredentialModel` of Keycloak 26.
    """
    password = next((one for one in credentials if _in(one, "type") == "password"), None)
    if password is None:
        return None
    made, secret = _parsed(_in(password, "credentialData")), _parsed(_in(password, "secretData"))
    algorithm, salt, value = _in(made, "algorithm"), _in(secret, "salt"), _in(secret, "value")
    if not (isinstance(salt, str) and isinstance(value, str)):
        return "?"
    if algorithm == "argon2":
        costs = ",".join(f"{name}={cost}" for name, cost in _argon2_costs(made))
        kind, version = _parameter(made, "type"), _VERSIONS.get(_parameter(made, "version"))
        return f"$argon2{kind}$v={version}${costs}${_unpadded(salt)}${_unpadded(value)}"
    rounds = _in(made, "hashIterations")
    return f"${algorithm}${rounds}${_unpadded(salt)}${_unpadded(value)}"


def _argon2_costs(made: object) -> Iterable[tuple[str, object]]:
    yield "m", _parameter(made, "memory")
    yield "t", _in(made, "hashIterations")
    yield "p", _parameter(made, "parallelism")


def _parameter(made: object, name: str) -> str:
    values = _in(made, "additionalParameters", name)
    return str(values[0]) if isinstance(values, list) and values else "?"


def _parsed(text: object) -> object:
    try:
        return json.loads(text) if isinstance(text, str) else text
    except Malformed:
        return None


def _in(value: Any, *steps: str) -> Any:  # noqa: ANN401 - what JSON may hold
    for step in steps:
        value = value.get(step) if isinstance(value, dict) else None
    return value


def _unpadded(base64: str) -> str:
    return base64.rstrip("=")
