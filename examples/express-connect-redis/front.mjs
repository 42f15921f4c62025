// The front: signs people in with express-session over connect-redis, and passes /api/py on.

import { RedisStore } from "connect-redis";
import express from "express";
import session from "express-session";
import { createProxyServer } from "httpxy";
import { createClient } from "redis";
import { isOurs } from "./cross-site.mjs";
import { page } from "./page.mjs";

const { PORT = 3000, REDIS_URL, SERVICE_URL, SESSION_SECRETS } = process.env;
const USERS = ["ada", "eve"]; // yours come from a table, and have passwords
const WEEK = 7 * 24 * 3600 * 1000;

const noService = (cause) => {
  throw Object.assign(new Error(`no answer of the service: ${cause}`), { status: 502 });
};
const service = createProxyServer({ target: SERVICE_URL });

/** Asks the service who a cookie is. */
async function askService({ headers: { cookie } }) {
  const answer = await fetch(`${SERVICE_URL}/me`, { headers: { cookie } }).catch(noService);
  return answer.json();
}

const app = express();
app.set("env", "production"); // errors are told in the log, not to visitors
app.use(express.static("public"));
app.use((request, response, next) => (isOurs(request) ? next() : response.sendStatus(403)));

// Before the session: the service renews by itself, and an answer carries one of the two cookies.
app.use("/api/py", (request, response) => service.web(request, response).catch(noService));

// It connects again by itself; meanwhile nobody waits for longer than this.
const client = createClient({ url: REDIS_URL, commandOptions: { timeout: 5000 } });
client.on("error", (error) => console.error("Redis:", error.message));
await client.connect();
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
  response.send(page({ user, note, service: user && (await askService(request)) }));
});

app.post("/sign-in", express.urlencoded(), (request, response, next) => {
  const { name } = request.body ?? {};
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
