// A front that keeps its visitors signed in with iron-session, as its documentation shows.
// Options: {"version": 9, "password", "cookieName", "ttl", "chunk"}.

import { answer, atItsTime, bodyOf, options, serve } from "./http.mjs";

const { version, ...own } = options;
const packages = { 6: "iron-session-6", 8: "iron-session-8", 9: "iron-session" };
const { getIronSession } = await import(packages[version]);
const sessionOptions = { ...own, cookieOptions: { secure: false } };

const actions = {
  "POST /login": async (session, user) => {
    session.user = user;
    await session.save();
  },
  "POST /set": async (session, members) => {
    Object.assign(session, members);
    await session.save();
  },
  "POST /forget-user": async (session) => {
    delete session.user;
    await session.save();
  },
  "POST /logout": (session) => session.destroy(),
  "GET /": () => {},
};

serve(async (request, response) => {
  atItsTime(request);
  const action = actions[`${request.method} ${request.url}`];
  if (!action) return response.writeHead(404).end();
  const session = await getIronSession(request, response, sessionOptions);
  await action(session, await bodyOf(request));
  answer(response, { user: session.user?.id ?? null, data: session });
});
