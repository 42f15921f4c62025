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
