// A front that keeps its visitors signed in with express-session and a store in memory.
// Options: {"express": 5, "secret", "name"}.

import session from "express-session";
import { answer, atItsTime, bodyOf, options, serve } from "./http.mjs";

const { default: express } = await import({ 4: "express-4", 5: "express" }[options.express]);
const { secret, name } = options;

const app = express();
app.use((request, _, next) => next(atItsTime(request)));
app.use(session({ secret, name, resave: false, saveUninitialized: false }));

const say = ({ sessionID, session }, response) =>
  answer(response, { id: sessionID, user: session.user?.id ?? null });

app.get("/", say);
app.post("/login", async (request, response) => {
  request.session.user = await bodyOf(request);
  say(request, response);
});

serve(app);
