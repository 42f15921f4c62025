// iron-session 6, 8 and 9, and @hapi/iron beneath. Data go as JSON text, which carries all of them.

import * as Iron from "@hapi/iron";
import * as nine from "iron-session";
import * as six from "iron-session-6";
import * as eight from "iron-session-8";

const versions = { 6: six, 8: eight, 9: nine };

export const sealData = ({ version, data, password, ttl }) =>
  versions[version].sealData(JSON.parse(data), { password, ttl });

export const unsealData = async ({ version, seal, password }) => {
  const refused = [];
  const onUnsealError = (reason) => refused.push(reason); // 9 alone says why
  const data = await versions[version].unsealData(seal, { password, onUnsealError });
  return { data: JSON.stringify(data), refused: refused[0] ?? null };
};

/** What the session of a request holds, as JSON text, once it was saved unchanged. */
export const savedSession = async ({ version, seal, password }) => {
  const session = await opened({ version, cookie: `app=${seal}`, password });
  await session.save();
  return JSON.stringify(session);
};

/** What the session of a request holds, as JSON text. */
export const readSession = async (given) => JSON.stringify(await opened(given));

const opened = ({ version, cookie, password }) => {
  const response = { getHeader: () => [], setHeader: () => {} };
  const options = { password, cookieName: "app" };
  return versions[version].getIronSession({ headers: { cookie } }, response, options);
};

export const seal = ({ object, password, options }) =>
  Iron.seal(JSON.parse(object), secret(password), complete(options));

export const unseal = async ({ sealed, password, options }) =>
  JSON.stringify(await Iron.unseal(sealed, secret(password), complete(options)));

const complete = ({ ttl = 0, algorithm = "aes-256-cbc", iterations = 1 } = {}) => ({
  ...Iron.defaults,
  ttl,
  encryption: { ...Iron.defaults.encryption, algorithm, iterations },
  integrity: { ...Iron.defaults.integrity, iterations },
});

// A key of bytes comes as {"hex": ...}, wherever it stands.
const secret = (given) => {
  if (typeof given !== "object") return given;
  if ("hex" in given) return Buffer.from(given.hex, "hex");
  return Object.fromEntries(Object.entries(given).map(([name, value]) => [name, secret(value)]));
};
