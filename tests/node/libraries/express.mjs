// cookie-signature, cookie-parser and express-session, each through its own front door.

import cookieParser from "cookie-parser";
import signature from "cookie-signature";
import express from "express";
import session from "express-session";
import { visit } from "../visit.mjs";

const { MemoryStore } = session;

export const sign = ({ value, secret }) => signature.sign(value, secret);
export const unsign = ({ signed, secret }) => signature.unsign(signed, secret);

/** What cookie-parser makes of a Cookie header. */
export const parse = ({ header, secrets }) => {
  const request = { headers: { cookie: header } };
  cookieParser(secrets)(request, null, () => {});
  const { cookies, signedCookies } = request;
  return JSON.stringify({ cookies, signedCookies });
};

/** The Set-Cookie lines of res.cookie of Express; a value of JSON text that is an object is one. */
export const cookie = async ({ name, value, options, secret }) => {
  const app = express();
  app.use(cookieParser(secret));
  app.use((_, response) => response.cookie(name, JSON.parse(value), options).end());
  return (await visit(app, "")).lines;
};

/**
 * One request through the middleware, over a store that holds `stored`: what it read, what it then
 * had stored, and the cookies it sent. `set` is JSON text of members to set.
 */
export const visitSession = async ({ secret, options = {}, header = "", stored = {}, set }) => {
  const store = new MemoryStore();
  Object.assign(store.sessions, stored);
  const app = express();
  app.use(session({ secret, resave: false, saveUninitialized: false, ...options, store }));
  const seen = {};
  app.use((request, response) => {
    const { cookie, ...data } = JSON.parse(JSON.stringify(request.session));
    seen.id = request.sessionID;
    seen.data = JSON.stringify(data);
    if (set !== undefined) Object.assign(request.session, JSON.parse(set));
    response.end();
  });
  const { lines } = await visit(app, header);
  return { ...seen, lines, stored: store.sessions };
};
