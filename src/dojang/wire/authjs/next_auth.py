"""next-auth 4: one secret, A256GCM, pieces of 3933 characters."""

from collections.abc import Mapping, Sequence
from typing import Any

from dojang.errors import WrongAlgorithm
from dojang.wire.authjs.encrypted_token import EncryptedToken
from dojang.wire.authjs.keys import Key, next_auth_key
from dojang.wire.chunking import Chunking

__all__ = ["CHUNKING", "NextAuthToken"]

#: Characters of a value in one cookie: 4096 without 163 for name and attributes.
_PIECE = 3933

#: next-auth has no bound of its own; 16 pieces are as many as common servers take in headers.
CHUNKING = Chunking(most=16, piece=_PIECE, reading="every-piece")


class NextAuthToken(EncryptedToken):
    """Writes and reads the session tokens of next-auth 4.

    There is one secret, as in the library: a front with a new one refuses what an old one made.

    Source: next-auth 4.24.15 (`next-auth/jwt`).
    """

    def __init__(self, secret: str, *, salt: str = "") -> None:
        """Take the secret.

        Args:
            secret: `NEXTAUTH_SECRET` of the front, to the letter.
            salt: Empty for sessions; the library's other cookies have their name here.

        Raises:
            WeakSecret: `secret` is empty.
        """
        super().__init__(_Keys(secret, salt), limit=CHUNKING.most * _PIECE)


class _Keys:
    def __init__(self, secret: str, salt: str) -> None:
        self.writer: Key = next_auth_key(secret, salt)
        self.header = {"alg": "dir", "enc": self.writer.enc}

    def choose(self, header: Mapping[str, Any]) -> Sequence[bytes]:
        if header.get("enc") != self.writer.enc:
            raise WrongAlgorithm(f"next-auth 4 reads what {self.writer.enc} encrypted")
        return [self.writer.secret]
