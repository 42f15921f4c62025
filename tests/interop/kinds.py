"""The error kinds of the vectors, and the rejection codes that are the same thing."""

from dojang.errors import DojangError

CODES = {
    "expired": {"expired"},
    "not_yet_valid": {"not-yet-valid"},
    "bad_signature": {"bad-signature"},
    "wrong_key": {"unknown-key"},
    "malformed": {"malformed", "oversized"},
    "wrong_algorithm": {"wrong-algorithm"},
    "wrong_audience": {"wrong-audience"},
    "wrong_issuer": {"wrong-issuer"},
    "wrong_subject": {"wrong-subject"},
    "wrong_id": {"wrong-id"},
    "wrong_type": {"wrong-type"},
    "not_found": {"unknown", "missing"},
    "bad_config": {"weak-secret"},
    "mismatch": {"invalid-credentials"},
}


def is_kind(error: DojangError, kind: str) -> bool:
    """Return whether `error` is of the vectors' `kind`."""
    return error.code in CODES.get(kind, set())
