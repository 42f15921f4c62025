"""Cases of iron.json: seals, and the cookies of iron-session."""

from typing import Any

from dojang.errors import Missing
from dojang.wire import chunks
from dojang.wire.chunking import Chunking
from dojang.wire.iron import fe26, payload
from dojang.wire.iron.fe26 import Parameters
from dojang.wire.iron.iron_session import IronSeal
from dojang.wire.iron.passwords import Password, PasswordBook
from dojang.wire.iron.seal_data import unseal_data
from tests.interop.values import plain

Case = dict[str, Any]


def _unseal(case: Case) -> Any:
    legacy = case["library"] == "@hapi/iron"
    return unseal_data(case["wire"], case["secrets"], now=case["now"] * 1000, legacy=legacy)


def _cookie_read(case: Case) -> Any:
    name = case["options"]["cookieName"]
    found = chunks.candidates(case["cookie_header"], name, Chunking())
    if not found:
        raise Missing("no such cookie")
    return IronSeal(case["secrets"]).decode(found[0], now=case["now"] * 1000).claims


def _iron_unseal(case: Case) -> Any:
    opened = fe26.unseal(
        case["wire"],
        PasswordBook(_unsealing(case)),
        now=case["now"] * 1000,
        parameters=_parameters(case),
    )
    return payload.decode(opened.plaintext)


def _iron_seal(case: Case) -> dict[str, Any]:
    options = plain(case["options"])
    encryption, integrity = options.get("encryption", {}), options.get("integrity", {})
    password = _sealing(case)
    salts = encryption.get("salt", ""), integrity.get("salt", "")
    ttl = options["ttl"]
    wire = fe26.seal(
        payload.encode(plain(case["payload"])),
        password,
        expires=case["written_at"] * 1000 + ttl if ttl else None,
        parameters=_parameters(case),
        keys=fe26.new_keys(password, _parameters(case), salts=salts),
        iv=encryption["iv"],
    )
    return {"wire": wire}


def _parameters(case: Case) -> Parameters:
    encryption = case["options"].get("encryption", {})
    integrity = case["options"].get("integrity", {})
    return Parameters(
        algorithm=encryption.get("algorithm", "aes-256-cbc"),
        encryption_iterations=encryption.get("iterations", 1),
        integrity_iterations=integrity.get("iterations", 1),
    )


def _unsealing(case: Case) -> Any:
    secrets = plain(case["secrets"])
    return secrets["unseal"] if isinstance(secrets, dict) and "unseal" in secrets else secrets


def _sealing(case: Case) -> Password:
    secrets = plain(case["secrets"])
    given = secrets["seal"] if isinstance(secrets, dict) and "seal" in secrets else secrets
    if isinstance(given, dict) and not given.keys() & {"secret", "encryption"}:
        ((name, given),) = given.items()
        return Password.of(given, id=name)
    return Password.of(given)


READERS = {"unseal": _unseal, "cookie_read": _cookie_read, "iron_unseal": _iron_unseal}
WRITERS = {"iron_unseal": _iron_seal}
