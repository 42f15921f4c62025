"""Cases of Wycheproof that we answer otherwise on purpose, by file and number, with the reason."""

_SAME_AS_VALID = "its text is that of the valid case 357: a fault in the vectors"
_NO_BASE64URL = "a question mark inside base64url, which a strict reader refuses"
_LABEL_PS = "the key says PS256 and the token PS384: refused by the binding"
_LABEL_ES = "the key says ES521, which is no algorithm"
_RSA1_5 = "RSA1_5 is refused: a padding oracle waits for whoever decrypts it"

#: The first two numbers are of tokens that we accept, the others of tokens that we refuse.
DECLARED: dict[str, dict[int, str]] = {
    "json_web_signature_test.json": {
        367: _SAME_AS_VALID,
        370: _SAME_AS_VALID,
        372: _NO_BASE64URL,
        373: _NO_BASE64URL,
        346: _LABEL_PS,
        350: _LABEL_PS,
        347: _LABEL_ES,
        351: _LABEL_ES,
    },
    "json_web_encryption_test.json": {
        132: "a token of dir under a key that says A128GCM: refused by the binding",
        135: "zip is refused: what a token unpacks to has no bound",
        **dict.fromkeys((*range(100, 106), 112, 128), _RSA1_5),
    },
}

_CUT_HMAC = "a token has the whole HMAC, and this one is cut"
_OTHER_IV = "a token has an IV of 96 bits, and this one is of another size"
_LABEL = "a token has RSA-OAEP without a label, and this one has one"
_CUT = dict.fromkeys((*range(82, 163), *range(166, 169), *range(172, 175)), _CUT_HMAC)

#: Cases that no token can be like, and that are refused whatever the vectors say.
OUTSIDE: dict[str, dict[int, str]] = {
    "hmac_sha256_test.json": _CUT,
    "hmac_sha384_test.json": _CUT,
    "hmac_sha512_test.json": _CUT,
    "aes_gcm_test.json": dict.fromkeys(
        (*range(68, 91), *range(157, 176), *range(240, 317)), _OTHER_IV
    ),
    "rsa_oaep_2048_sha1_mgf1sha1_test.json": dict.fromkeys((*range(8, 11), *range(33, 37)), _LABEL),
    "rsa_oaep_2048_sha256_mgf1sha256_test.json": dict.fromkeys(
        (*range(8, 11), *range(33, 38)), _LABEL
    ),
}
