import { signOut } from "@/auth";
import { seeOther } from "@/lib/see-other";

export async function POST() {
  await signOut({ redirect: false });
  return seeOther("/");
}
