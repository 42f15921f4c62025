import { seeOther } from "@/lib/see-other";
import { currentSession } from "@/lib/session";

export async function POST() {
  (await currentSession()).destroy();
  return seeOther("/");
}
