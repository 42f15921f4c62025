import { type NextFetchEvent, type NextRequest, NextResponse } from "next/server";
import { auth } from "@/auth";
import { askService, SERVICE } from "@/lib/service";

/** Extends the session, as Auth.js does whenever it is asked for one. */
const renew = auth(() => NextResponse.next());

export async function proxy(request: NextRequest, event: NextFetchEvent) {
  const { pathname, search } = request.nextUrl;
  if (pathname.startsWith("/api/py/")) {
    // The service renews by itself, and an answer carries one of the two cookies.
    return NextResponse.rewrite(SERVICE + pathname.slice("/api/py".length) + search);
  }
  // A cookie cannot know that its session was ended from afar, so nobody renews it unasked.
  const { user } = await askService(request.headers);
  return user ? renew(request, event as never) : forget(request);
}

/** Drops the cookie, for this very request too. */
function forget(request: NextRequest) {
  const names = request.cookies.getAll().map(({ name }) => name);
  const dropped = names.filter((name) => name.includes("authjs.session-token"));
  request.cookies.delete(dropped);
  const response = NextResponse.next({ request });
  for (const name of dropped) response.cookies.delete(name);
  return response;
}

export const config = { matcher: "/((?!_next/|api/auth/).*)" };
