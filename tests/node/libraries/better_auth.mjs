// better-auth as a whole, over a database in memory: a visitor signs up, and what the cookies say.

import { betterAuth } from "better-auth";
import { memoryAdapter } from "better-auth/adapters/memory";
import { getCookieCache } from "better-auth/cookies";
import { hashPassword, verifyPassword } from "better-auth/crypto";

const BASE = "http://localhost:3000";

const made = (secret, strategy, db) =>
  betterAuth({
    baseURL: BASE,
    secret,
    database: memoryAdapter(db),
    emailAndPassword: { enabled: true },
    session: strategy ? { cookieCache: { enabled: true, strategy } } : {},
    logger: { disabled: true },
    telemetry: { enabled: false },
    rateLimit: { enabled: false },
  });

const tables = () => ({ user: [], session: [], account: [], verification: [] });

/** Sign up: the Set-Cookie lines, the row of the session, and the hash of the password. */
export const signUp = async ({ secret, strategy, name, email, password }) => {
  const db = tables();
  const response = await made(secret, strategy, db).api.signUpEmail({
    body: { name, email, password },
    asResponse: true,
  });
  if (!response.ok) throw new Error(await response.text());
  const [session] = db.session;
  return {
    lines: response.headers.getSetCookie(),
    session: JSON.stringify(session),
    user: JSON.stringify(db.user[0]),
    hash: db.account[0].password,
  };
};

/** What it reads in a Cookie header: the session behind a signed token of `session`. */
export const getSession = async ({ secret, header, session, user }) => {
  const dated = (text) =>
    JSON.parse(text, (name, value) =>
      ["createdAt", "updatedAt", "expiresAt"].includes(name) ? new Date(value) : value,
    );
  const db = { ...tables(), session: [dated(session)], user: [dated(user)] };
  const headers = new Headers({ cookie: header });
  const found = await made(secret, null, db).api.getSession({ headers });
  return found ? found.session.token : null;
};

export const cookieCache = async ({ secret, header, strategy }) => {
  const headers = new Headers({ cookie: header });
  const found = await getCookieCache(headers, { secret, strategy, isSecure: false });
  return found ? JSON.stringify(found) : null;
};

export const hash = ({ password }) => hashPassword(password);
export const verify = ({ password, hash }) => verifyPassword({ password, hash });
