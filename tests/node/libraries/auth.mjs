// next-auth 4 and Auth.js (@auth/core), by their tokens alone and as a whole. Tokens go as JSON text.

import { Auth } from "@auth/core";
import * as five from "@auth/core/jwt";
import next from "next-auth/next";
import * as four from "next-auth/jwt";

const versions = { 4: four, 5: five };
const quiet = { error() {}, warn() {}, debug() {} };

export const encode = ({ version, token, ...more }) =>
  versions[version].encode({ token: JSON.parse(token), ...more });

export const decode = async ({ version, ...more }) =>
  JSON.stringify(await versions[version].decode(more));

/** JSON text of the token, or null: the library keeps the reason to itself. */
export const getToken = async ({ version, headers, ...more }) => {
  const cookies = Object.fromEntries((headers.cookie ?? "").split("; ").map(pair));
  const request = { headers, cookies };
  const token = await versions[version].getToken({ req: request, secureCookie: true, ...more });
  return token && JSON.stringify(token);
};

/** What the whole library answers to a GET of `action`: JSON text, and Set-Cookie lines. */
export const visit = ({ version, ...more }) => (version === 4 ? visitFour : visitFive)(more);

const visitFour = async ({ action, cookie, secret }) => {
  const sent = { lines: [], body: null };
  const response = {
    status: () => response,
    getHeader: () => sent.lines,
    setHeader: (name, value) => name === "Set-Cookie" && (sent.lines = value),
    send: (body) => (sent.body = JSON.stringify(body)),
  };
  const cookies = Object.fromEntries(cookie.split("; ").map(pair));
  const request = { method: "GET", query: { nextauth: [action] }, headers: {}, cookies };
  const options = { secret, providers: [], useSecureCookies: true, logger: quiet };
  await (next.default ?? next)(request, response, options);
  return sent;
};

const visitFive = async ({ action, cookie, secret }) => {
  const request = new Request(`https://app.example.com/auth/${action}`, { headers: { cookie } });
  const options = { secret, providers: [], trustHost: true, basePath: "/auth", logger: quiet };
  const response = await Auth(request, options);
  return { lines: response.headers.getSetCookie(), body: await response.text() };
};

const pair = (text) => {
  const at = text.indexOf("=");
  return [text.slice(0, at), decodeURIComponent(text.slice(at + 1))];
};
