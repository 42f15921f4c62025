"""Signed tokens are one operation, and each library has its own way."""

from collections.abc import Callable
from typing import Any

from tests.interop import jose, jsonwebtoken

Case = dict[str, Any]


def _by_library(ways: dict[str, Callable[[Case], Any]]) -> Callable[[Case], Any]:
    def run(case: Case) -> Any:
        return ways[case["library"]](case)

    return run


READERS = jose.READERS | {
    "jwt_verify": _by_library({"jose": jose.verify, "jsonwebtoken": jsonwebtoken.verify})
}
WRITERS = jose.WRITERS | {
    "jwt_verify": _by_library({"jose": jose.sign, "jsonwebtoken": jsonwebtoken.sign})
}
