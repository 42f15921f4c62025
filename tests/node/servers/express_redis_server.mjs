// A front that keeps its visitors signed in with express-session over connect-redis.
// Options: {"connectRedis": 7 or 10, "redis": port, "secret", "maxAge", "rolling"}.

import { createClient } from "@redis/client";
import session from "express-session";
import express from "express";
import { Redis } from "ioredis";
import { answer, bodyOf, options, serve } from "./http.mjs";

const { connectRedis, redis, secret, maxAge, rolling } = options;

const storeOf = {
  7: async () => {
    const { default: RedisStore } = await import("connect-redis-7");
    return new RedisStore({ client: new Redis(redis, "127.0.0.1") });
  },
  10: async () => {
    const { RedisStore } = await import("connect-redis");
    const client = createClient({ url: `redis://127.0.0.1:${redis}` });
    await client.connect();
    return new RedisStore({ client });
  },
};

const app = express();
const store = await storeOf[connectRedis]();
const cookie = { maxAge };
app.use(session({ store, secret, cookie, rolling, resave: false, saveUninitialized: false }));

const say = ({ sessionID, session }, response) => {
  const { cookie: _, ...data } = session ?? {};
  answer(response, { id: sessionID, data });
};

app.get("/", say);
app.post("/login", (request, response) =>
  request.session.regenerate(async () => {
    request.session.user = await bodyOf(request);
    say(request, response);
  }),
);
app.post("/set", async (request, response) => {
  Object.assign(request.session, await bodyOf(request));
  say(request, response);
});
app.post("/logout", (request, response) => request.session.destroy(() => say(request, response)));

// A request that has read its session, and writes it once it is told to.
let reached, go;
let waiting = new Promise((resolve) => (reached = resolve));
app.post("/slow", async (request, response) => {
  const body = await bodyOf(request);
  reached();
  await new Promise((resolve) => (go = resolve));
  waiting = new Promise((resolve) => (reached = resolve));
  Object.assign(request.session, body);
  say(request, response);
});
app.post("/waiting", async (request, response) => {
  await waiting;
  say(request, response);
});
app.post("/go", (request, response) => {
  go();
  answer(response, {});
});

serve(app);
