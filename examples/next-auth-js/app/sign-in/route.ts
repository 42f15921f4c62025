import { AuthError } from "next-auth";
import { signIn } from "@/auth";
import { seeOther } from "@/lib/see-other";

export async function POST(request: Request) {
  const name = (await request.formData()).get("name");
  try {
    await signIn("credentials", { name, redirect: false });
  } catch (error) {
    if (error instanceof AuthError) return seeOther("/");
    throw error;
  }
  // By way of the service, which gives the session a name, so that it can end it from afar.
  return seeOther("/api/py/welcome");
}
