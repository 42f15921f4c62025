"""Auth.js (next-auth 5): several secrets, A256CBC-HS512, pieces of 3936 characters."""

from collections.abc import Mapping, Sequence
from typing import Any

from dojang.errors import WeakSecret, WrongAlgorithm
from dojang.wire.authjs.encrypted_token import EncryptedToken
from dojang.wire.authjs.keys import auth_js_key
from dojang.wire.chunking import Chunking

__all__ = ["CHUNKING", "AuthJsToken"]

#: Characters of a value in one cookie: 4096 without 160 for name and attributes.
_PIECE = 3936

#: Auth.js has no bound of its own; 16 pieces are as many as common servers take in headers.
CHUNKING = Chunking(most=16, piece=_PIECE, reading="every-piece")


class AuthJsToken(EncryptedToken):
    """Writes and reads the session tokens of Auth.js.

    The first secret encrypts. The `kid` of a token says which secret made it; a token without one,
    as Auth.js wrote before @auth/core 0.20 or so, is tried with the first alone. So one text meets
    one key, and never several.

    Source: @auth/core 0.41.3 (`@auth/core/jwt`).
    """

    def __init__(self, secret: str | Sequence[str], *, salt: str) -> None:
        """Take the secrets.

        Args:
            secret: `AUTH_SECRET` of the front, to the letter; or all of them, newest first, in
                the front's order: `AUTH_SECRET_3`, `_2`, `_1`, then `AUTH_SECRET`.
            salt: The name of the cookie that carries the token, `__Secure-` included: another
                name means another key.

        Raises:
            WeakSecret: There is no secret, or one is empty.
        """
        secrets = [secret] if isinstance(secret, str) else [*secret]
        if not secrets:
            raise WeakSecret("Auth.js needs a secret; `dojang keys new` prints a good one")
        super().__init__(_Keys(secrets, salt), limit=CHUNKING.most * _PIECE)


class _Keys:
    def __init__(self, secrets: Sequence[str], salt: str) -> None:
        self._by_enc = {
            enc: [auth_js_key(secret, salt, enc) for secret in secrets]
            for enc in ("A256CBC-HS512", "A256GCM")
        }
        self.writer = self._by_enc["A256CBC-HS512"][0]
        self.header = {"alg": "dir", "enc": self.writer.enc, "kid": self.writer.id}

    def choose(self, header: Mapping[str, Any]) -> Sequence[bytes]:
        keys = self._by_enc.get(str(header.get("enc")))
        if keys is None:
            raise WrongAlgorithm(f"Auth.js reads what {' or '.join(self._by_enc)} encrypted")
        if "kid" not in header:
            return [keys[0].secret]
        return [key.secret for key in keys if key.id == header["kid"]][:1]
