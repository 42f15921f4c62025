// The front: signs people in with express-session over connect-redis, and passes /api/py on.

import { RedisStore } from "connect-redis";
import express from "express";
import session from "express-session";
import { Readable } from "node:stream";
import { createClient } from "redis";
import { page } from "./page.mjs";

const { PORT = 3000, REDIS_URL, SERVICE_URL, SESSION_SECRETS } = process.env;
const USERS = ["ada", "eve"]; // yours come from a table, and have passwords
const WEEK = 7 * 24 * 3600 * 1000;

const ask = (path, { method, headers: { connection, ...headers } }, body) =>
  fetch(SERVICE_URL + path, { method, headers, body, duplex: "half", redirect: "manual" });

const app = express();
app.use(express.static("public"));

// Before the session: the service renews by itself, and an answer carries one of the two cookies.
app.use("/api/py", async (request, response) => {
  const body = request.method === "GET" ? undefined : Readable.toWeb(request);
  const answer = await ask(request.url, request, body);
  response.status(answer.status).setHeaders(answer.headers);
  Readable.fromWeb(answer.body).pipe(response);
});

const client = await createClient({ url: REDIS_URL }).connect();
app.use(
  session({
    store: new RedisStore({ client }),
    secret: SESSION_SECRETS.split(" "), // newest first
    cookie: { maxAge: WEEK, sameSite: "lax" }, // and secure: true where there is https
    rolling: true,
    resave: false,
    saveUninitialized: false,
  }),
);

app.get("/", async (request, response) => {
  const { user, note } = request.session;
  const service = user && (await (await ask("/me", request)).json());
  response.send(page({ user, note, service }));
});

app.post("/sign-in", express.urlencoded(), (request, response, next) => {
  const { name } = request.body;
  if (!USERS.includes(name)) return response.redirect(303, "/");
  request.session.regenerate((error) => {
    if (error) return next(error);
    request.session.user = name;
    response.redirect(303, "/");
  });
});

app.post("/sign-out", (request, response, next) =>
  request.session.destroy((error) => {
    if (error) return next(error);
    response.clearCookie("connect.sid").redirect(303, "/");
  }),
);

app.listen(PORT, "127.0.0.1", () => console.log(`http://localhost:${PORT}`));
