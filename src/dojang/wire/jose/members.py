"""The members of a JWK, read strictly."""

from collections.abc import Mapping, Sequence
from typing import Any, cast

from dojang.errors import Malformed, Misuse, WeakSecret
from dojang.wire import base64url
from dojang.wire.jose import algorithms as known
from dojang.wire.jose import roca

__all__ = ["PUBLIC", "key_members", "purpose", "text"]

#: Bits of an RSA modulus, inclusive (RFC 7518 3.3).
MIN_RSA = 2048

#: What is published of a key, by `kty`.
PUBLIC = {"EC": ("kty", "crv", "x", "y"), "OKP": ("kty", "crv", "x"), "RSA": ("kty", "n", "e")}
_PRIVATE = {"EC": ("d",), "OKP": ("d",), "RSA": ("d", "p", "q", "dp", "dq", "qi")}

#: Tuples, in which anything of JSON can be looked for: a set takes what is hashable alone.
_OPERATIONS = {
    "sig": ("sign", "verify"),
    "enc": ("encrypt", "decrypt", "wrapKey", "unwrapKey", "deriveKey", "deriveBits"),
}


def text(jwk: Mapping[str, Any], name: str) -> str:
    """Return a member that is text.

    Raises:
        Malformed: It is something else, or not there.
    """
    value = jwk.get(name)
    if not isinstance(value, str):
        raise Malformed(f"expected a JWK with the member {name} as text")
    return value


def key_members(jwk: Mapping[str, Any]) -> dict[str, str]:
    """Return what makes up a key that has a public half, and nothing else.

    Raises:
        Malformed: A member is missing, not canonical base64url, or of the wrong length.
        WeakSecret: RSA below 2,048 bits, or made by a library known to be faulty.

    Source: RFC 7518 section 6, RFC 8037 section 2.
    """
    kty = text(jwk, "kty")
    if kty not in PUBLIC:
        raise Malformed("expected a JWK of kty EC, OKP, RSA or oct")
    if "oth" in jwk:
        raise Malformed("an RSA key of more than two primes, which is not read here")
    names = (*PUBLIC[kty], *(name for name in _PRIVATE[kty] if name in jwk))
    members = {name: text(jwk, name) for name in names}
    sizes = {
        name: len(base64url.decode(value))
        for name, value in members.items()
        if name not in {"kty", "crv"}
    }
    if kty == "RSA":
        _check_modulus(int.from_bytes(base64url.decode(members["n"]), "big"))
    if kty == "EC" and {sizes["x"], sizes["y"]} != {known.CURVES.get(members["crv"])}:
        raise Malformed("expected a point on P-256, P-384 or P-521, both coordinates in full")
    return members


def purpose(jwk: Mapping[str, Any], asked: Sequence[str] | None) -> tuple[str, ...]:
    """Return the algorithms of a key: those asked for, else its own, else what fits its kind.

    Args:
        jwk: `alg`, `use` and `key_ops` are looked at.
        asked: What the caller uses it with, or None to go by the key.

    Raises:
        Malformed: `kty`, `crv` or `alg` is not text.
        Misuse: The algorithms, `use` and the kind of key do not fit each other.

    Source: RFC 7517 sections 4.2 to 4.4.
    """
    kty = text(jwk, "kty")
    crv = text(jwk, "crv") if kty in {"EC", "OKP"} else None
    use = _use(jwk)
    if asked is not None:
        chosen = tuple(asked)
    elif "alg" in jwk:
        chosen = (text(jwk, "alg"),)
    else:
        chosen = known.default_algorithms(kty, crv, use)
        if kty == "oct":
            chosen = _affordable(jwk, chosen)
    fitting = known.fitting(kty, crv, chosen)
    if use not in {None, "sig" if known.signs(fitting[0]) else "enc"}:
        raise Misuse(f"a key whose use is not for {', '.join(fitting)}")
    return fitting


def _use(jwk: Mapping[str, Any]) -> str | None:
    if "use" in jwk:
        return text(jwk, "use")
    operations = jwk.get("key_ops")
    if isinstance(operations, list):
        named = cast("list[object]", operations)
        for use, known_operations in _OPERATIONS.items():
            if named and all(operation in known_operations for operation in named):
                return use
    return None


def _affordable(jwk: Mapping[str, Any], chosen: tuple[str, ...]) -> tuple[str, ...]:
    # A secret that says nothing about itself is for the HMACs it is long enough for.
    size = len(base64url.decode(text(jwk, "k")))
    return tuple(name for name in chosen if known.SECRET_BYTES[name] <= size) or chosen[:1]


def _check_modulus(modulus: int) -> None:
    bits = modulus.bit_length()
    if bits < MIN_RSA:
        raise WeakSecret(f"an RSA key of {bits} bits is too short, at least {MIN_RSA} are needed")
    if roca.is_weak(modulus):
        raise WeakSecret("an RSA key that a faulty library made (CVE-2017-15361): replace it")
