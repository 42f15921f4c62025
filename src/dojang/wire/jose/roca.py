"""RSA keys that a faulty library made, and whose private half can be computed."""

__all__ = ["is_weak"]

_PRIMES = (
    3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53, 59, 61, 67, 71, 73, 79, 83, 89, 97,
    101, 103, 107, 109, 113, 127, 131, 137, 139, 149, 151, 157, 163, 167,
)  # fmt: skip


def is_weak(modulus: int) -> bool:
    """Return whether a modulus bears the mark of CVE-2017-15361: powers of 65537, everywhere.

    Source: Nemec et al., The Return of Coppersmith's Attack, 2017, section 2.
    """
    return all(modulus % prime in powers for prime, powers in _POWERS.items())


def _powers(prime: int) -> frozenset[int]:
    return frozenset(pow(65537, exponent, prime) for exponent in range(prime - 1))


_POWERS = {prime: _powers(prime) for prime in _PRIMES}
