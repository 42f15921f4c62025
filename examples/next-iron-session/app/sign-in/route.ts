import { seeOther } from "@/lib/see-other";
import { currentSession, renew } from "@/lib/session";

const USERS = ["ada", "eve"]; // yours come from a table, and have passwords

export async function POST(request: Request) {
  const name = String((await request.formData()).get("name"));
  if (!USERS.includes(name)) return seeOther("/");
  const session = await currentSession();
  if (session.user !== name) session.note = undefined; // it was somebody else's
  session.user = name;
  await renew(session);
  // By way of the service, which gives the session a name, so that it can end it from afar.
  return seeOther("/api/py/welcome");
}
