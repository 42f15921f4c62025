import { type NextRequest, NextResponse } from "next/server";
import { auth } from "@/auth";
import { isOurs } from "@/lib/cross-site";
import { askService, SERVICE } from "@/lib/service";

/** Extends the session, as Auth.js does whenever it is asked for one, once the service has named it. */
const renew = auth(({ auth: session, headers, nextUrl }) => {
  const isPage = (headers.get("sec-fetch-dest") ?? "document") === "document";
  // Whoever signed in on a page of Auth.js itself has not been there yet, and could not be ended.
  return session && !session.named && isPage
    ? NextResponse.redirect(new URL("/api/py/welcome", nextUrl), 303)
    : NextResponse.next();
});

export async function proxy(request: NextRequest) {
  const { pathname, search } = request.nextUrl;
  // Auth.js has a guard of its own, and the sites of providers may post there.
  const isAuthJs = pathname.startsWith("/api/auth/");
  // Or another site signs somebody in or out.
  if (!isAuthJs && !isOurs(request)) return new NextResponse("Forbidden", { status: 403 });
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
  return isAuthJs ? NextResponse.next() : renew(request, { params: Promise.resolve({}) });
}

/** Drops the cookies, for this very request too. */
function forget(request: NextRequest, names: string[]) {
  request.cookies.delete(names);
  const response = NextResponse.next({ request });
  for (const name of names) response.cookies.delete(name);
  return response;
}

export const config = { matcher: "/((?!_next/).*)" };
