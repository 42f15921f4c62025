/** Where the service is. */
export const SERVICE = process.env.SERVICE_URL ?? "http://127.0.0.1:8000";

type Answer = { user?: string; note?: string; code?: string };

/** Asks the service who a cookie is: it alone knows which sessions were ended from afar. */
export async function askService(headers: Headers): Promise<Answer> {
  const cookie = headers.get("cookie") ?? "";
  const answer = await fetch(`${SERVICE}/me`, { headers: { cookie }, cache: "no-store" });
  if (!answer.ok && answer.status !== 401) throw new Error(`the service says ${answer.status}`);
  return answer.json();
}
