// jose 6. A key comes as {"hex"} for a secret, or as {"jwk"}; claims as JSON text.

import * as jose from "jose";

const keyOf = ({ hex, jwk }, algorithm) =>
  hex === undefined ? jose.importJWK(jwk, algorithm) : Buffer.from(hex, "hex");

export const sign = async ({ claims, header, key }) =>
  new jose.SignJWT(JSON.parse(claims))
    .setProtectedHeader(header)
    .sign(await keyOf(key, header.alg));

export const verify = async ({ token, key, algorithm, options }) =>
  opened(await jose.jwtVerify(token, await keyOf(key, algorithm), options));

export const encrypt = async ({ claims, header, key }) =>
  new jose.EncryptJWT(JSON.parse(claims))
    .setProtectedHeader(header)
    .encrypt(await keyOf(key, header.alg));

export const decrypt = async ({ token, key, algorithm, options }) =>
  opened(await jose.jwtDecrypt(token, await keyOf(key, algorithm), options));

export const thumbprint = ({ jwk, hash }) => jose.calculateJwkThumbprint(jwk, hash);

/** The public JWK of a key in PEM. */
export const publicJwk = async ({ pem, algorithm }) =>
  jose.exportJWK(await jose.importSPKI(pem, algorithm, { extractable: true }));

/** The unix seconds of `exp` that a span of time becomes. */
export const expiration = ({ when }) =>
  jose.decodeJwt(new jose.UnsecuredJWT({}).setExpirationTime(when).encode()).exp;

const opened = ({ payload, protectedHeader }) => ({
  claims: JSON.stringify(payload),
  header: protectedHeader,
});
