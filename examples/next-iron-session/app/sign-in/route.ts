import { seeOther } from "@/lib/see-other";
import { askService } from "@/lib/service";
import { currentSession, renew } from "@/lib/session";

const USERS = ["ada", "eve"]; // yours come from a table, and have passwords

export async function POST(request: Request) {
  const name = String((await request.formData()).get("name"));
  if (!USERS.includes(name)) return seeOther("/");
  let session = await currentSession();
  if (session.user && !(await askService(request.headers)).user) {
    // It was ended from afar, and so would be whatever goes on under its name.
    session.destroy();
    session = await currentSession();
  }
  if (session.user !== name) session.note = undefined; // it was somebody else's
  session.user = name;
  await renew(session);
  // By way of the service, which gives the session a name, so that it can end it from afar.
  return seeOther("/api/py/welcome");
}
