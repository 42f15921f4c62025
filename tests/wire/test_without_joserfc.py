import subprocess
import sys

import pytest

WITHOUT = """
import sys
sys.modules["joserfc"] = None
from dojang.errors import MissingExtra
from dojang.wire.jose import jsonwebtoken, jwt
from dojang.wire.jose.jwk import Key
from dojang.wire.jose.jwks import KeySet
"""


def run(code: str) -> subprocess.CompletedProcess[str]:
    done = [sys.executable, "-W", "error", "-c", WITHOUT + code]
    return subprocess.run(done, capture_output=True, text=True, check=False)


def test_secrets_need_nothing_that_is_optional() -> None:
    done = run("""
key = Key.from_secret("s" * 32)
assert jwt.verify(jwt.sign({"a": 1}, {"alg": "HS256"}, key=key), key, now=0).claims == {"a": 1}
direct = Key.from_secret(bytes(64), algorithms=["dir"])
header = {"alg": "dir", "enc": "A256CBC-HS512"}
assert jwt.decrypt(jwt.encrypt({"a": 1}, header, key=direct), direct, now=0).claims == {"a": 1}
assert jsonwebtoken.verify(jsonwebtoken.sign({}, key, now=0), key, now=0) == {"iat": 0}
""")
    assert (done.stderr, done.returncode) == ("", 0)


@pytest.mark.parametrize(
    "code",
    [
        'Key.from_pem("-----BEGIN PUBLIC KEY-----")',
        'Key.from_jwk({"kty": "OKP", "crv": "Ed25519", "x": "A" * 43})',
        'KeySet.parse(\'{"keys":[{"kty":"OKP","crv":"Ed25519","x":"\' + "A" * 43 + \'"}]}\')',
        """
key = Key.from_secret(bytes(16), algorithms=["A128KW"])
jwt.encrypt({}, {"alg": "A128KW", "enc": "A256GCM"}, key=key)
""",
    ],
)
def test_what_is_missing_is_one_line_that_names_the_extra(code: str) -> None:
    done = run(code)
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1] == (
        "dojang.errors.MissingExtra: joserfc is missing: pip install 'dojang[jose]'"
    )
