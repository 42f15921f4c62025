import { type NextRequest, NextResponse } from "next/server";
import { auth } from "@/auth";
import { isOurs } from "@/lib/cross-site";
import { askService, SERVICE } from "@/lib/service";

/** Extends the session, as Auth.js does whenever it is asked for one. */
const renew = auth(() => NextResponse.next());

export async function proxy(request: NextRequest) {
  // Or another site signs somebody in or out.
  if (!isOurs(request)) return new NextResponse("Forbidden", { status: 403 });
  const { pathname, search } = request.nextUrl;
  if (pathname.startsWith("/api/py/")) {
    // The service renews by itself, and an answer carries one of the two cookies.
    return NextResponse.rewrite(SERVICE + pathname.slice("/api/py".length) + search);
  }
  const cookies = request.cookies.getAll().map(({ name }) => name);
  const ours = cookies.filter((name) => name.includes("authjs.session-token"));
  if (ours.length > 0) {
    // A cookie cannot know that its session was ended from afar, so nobody renews it unasked.
    const { user } = await askService(request.headers);
    if (!user) return forget(request, ours);
  }
  return renew(request, { params: Promise.resolve({}) });
}

/** Drops the cookies, for this very request too. */
function forget(request: NextRequest, names: string[]) {
  request.cookies.delete(names);
  const response = NextResponse.next({ request });
  for (const name of names) response.cookies.delete(name);
  return response;
}

export const config = { matcher: "/((?!_next/|api/auth/).*)" };
