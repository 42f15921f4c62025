// The certified oidc-provider, with its own pages for signing in and agreeing.
// Options: {"client_id", "client_secret", "redirect_uris"}.
//
// For the tests of a client, whoever has the issuer's key can be told to misuse it: a POST to
// /hands/rotate signs with a new key from now on; one to /hands/tamper, {"claims": {...}}, changes
// what the ID tokens say, on their way from the provider to the client, and signs them again.

import { randomUUID } from "node:crypto";
import { SignJWT, decodeJwt, exportJWK, generateKeyPair, importJWK } from "jose";
import Provider from "oidc-provider";
import { answer, bodyOf, options, serve } from "./http.mjs";

const issuer = `http://127.0.0.1:${process.argv[2]}`;
let key, current;
let tampered = null;

const newKey = async () => {
  const { privateKey } = await generateKeyPair("RS256", { extractable: true });
  return { ...(await exportJWK(privateKey)), kid: randomUUID(), alg: "RS256", use: "sig" };
};

// A new provider under the same address: what was under way at the old one is gone with it.
const rotate = async () => {
  key = await newKey();
  const provider = new Provider(issuer, {
    clients: [options],
    jwks: { keys: [key] },
    cookies: { keys: ["of the tests only"] },
    claims: { openid: ["sub"], email: ["email", "email_verified"], profile: ["name"] },
    features: { revocation: { enabled: true }, devInteractions: { enabled: true } },
    findAccount: (_, id) => ({
      accountId: id,
      claims: () => ({ sub: id, email: `${id}@example.org`, email_verified: true, name: id }),
    }),
  });
  current = provider.callback();
};

const signedAgain = async (token) => {
  const claims = { ...decodeJwt(token), ...tampered };
  const header = { alg: "RS256", kid: key.kid };
  return new SignJWT(claims).setProtectedHeader(header).sign(await importJWK(key));
};

const withOtherClaims = (request, response) => {
  const end = response.end.bind(response);
  response.end = async (body) => {
    const told = JSON.parse(body);
    if (told.id_token) told.id_token = await signedAgain(told.id_token);
    const text = JSON.stringify(told);
    response.setHeader("content-length", Buffer.byteLength(text));
    end(text);
  };
  current(request, response);
};

const hands = {
  "/hands/rotate": rotate,
  "/hands/tamper": async (request) => {
    tampered = (await bodyOf(request)).claims;
  },
};

await rotate();
serve(async (request, response) => {
  const hand = hands[request.url];
  if (hand) {
    await hand(request);
    return answer(response, {});
  }
  const changed = tampered !== null && request.url === "/token";
  return (changed ? withOtherClaims : current)(request, response);
});
