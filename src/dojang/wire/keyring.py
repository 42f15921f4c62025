"""Secrets, newest first: the newest signs, all verify."""

from collections.abc import Iterable, Iterator, Sequence
from typing import cast

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from dojang.errors import Misuse, WeakSecret
from dojang.wire import entropy

__all__ = ["MIN_SECRET", "Keyring", "new_secret"]

#: Characters of text or bytes, inclusive. 32 random base64url characters hold 192 bits.
MIN_SECRET = 32


def new_secret() -> str:
    """Return a fresh secret: 256 random bits as 43 characters of base64url."""
    return entropy.token(32)


class Keyring:
    """The secrets of one application, or the keys derived from them for one purpose."""

    __slots__ = ("_secrets",)

    def __init__(self, secrets: str | bytes | Sequence[str | bytes]) -> None:
        """Take the secrets as they are configured.

        Args:
            secrets: One secret or several, newest first, of at least `MIN_SECRET` characters or
                bytes each.

        Raises:
            WeakSecret: There is none, or one is too short.
            Misuse: One is neither text nor bytes.
        """
        several = _listed(secrets)
        if not several:
            raise WeakSecret("a keyring needs a secret; `dojang keys new` prints one")
        for secret in several:
            if len(secret) < MIN_SECRET:
                raise WeakSecret(
                    f"a secret of {len(secret)} characters is too short, at least {MIN_SECRET} "
                    "are needed; `dojang keys new` prints a good one"
                )
        self._secrets = tuple(
            secret.encode("utf-8") if isinstance(secret, str) else secret for secret in several
        )

    @classmethod
    def of(cls, secrets: "Keyring | str | bytes | Sequence[str | bytes]") -> "Keyring":
        """Return `secrets` as a keyring, whatever form they come in.

        Raises:
            WeakSecret: As the constructor.
        """
        return secrets if isinstance(secrets, Keyring) else cls(secrets)

    @classmethod
    def dictated(cls, secrets: str | bytes | Sequence[str | bytes]) -> "Keyring":
        """Return a keyring of secrets as a foreign system has them, however short.

        Only for what that system does with them; they are no input to keys of our own.

        Args:
            secrets: One or several, newest first, none of them empty.

        Raises:
            WeakSecret: There is none, or one is empty.
        """
        several = [secrets] if isinstance(secrets, str | bytes) else list(secrets)
        if not several or not all(several):
            raise WeakSecret("the peer signs with a secret; give the one it is configured with")
        keyring = cls.__new__(cls)
        keyring._secrets = tuple(  # noqa: SLF001 - of this very class
            secret.encode("utf-8") if isinstance(secret, str) else secret for secret in several
        )
        return keyring

    def derive(self, purpose: str) -> "Keyring":
        """Return keys of 32 bytes that serve `purpose` and nothing else.

        Args:
            purpose: A label such as `session-id`; the same label gives the same keys.

        Source: RFC 5869 (HKDF-SHA256, no salt, info `dojang <purpose>`).
        """
        return Keyring([_derived(secret, purpose) for secret in self._secrets])

    @property
    def newest(self) -> bytes:
        """The secret that signs and seals."""
        return self._secrets[0]

    def __iter__(self) -> Iterator[bytes]:
        return iter(self._secrets)

    def __len__(self) -> int:
        return len(self._secrets)

    def __repr__(self) -> str:
        return f"Keyring({len(self)} secrets)"


def _listed(secrets: object) -> list[str | bytes]:
    if isinstance(secrets, str | bytes):
        return [secrets]
    if not isinstance(secrets, Iterable):
        raise Misuse(f"a secret is text or bytes, not a {type(secrets).__name__}")
    found = list(cast("Iterable[object]", secrets))
    for each in found:
        if not isinstance(each, str | bytes):
            raise Misuse(f"a secret is text or bytes, not a {type(each).__name__}")
    return cast("list[str | bytes]", found)


def _derived(secret: bytes, purpose: str) -> bytes:
    info = f"dojang {purpose}".encode()
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=info).derive(secret)
