import { getIronSession, nextProxyCookies } from "iron-session";
import { type NextRequest, NextResponse } from "next/server";
import { isOurs } from "@/lib/cross-site";
import { askService, SERVICE } from "@/lib/service";
import { type Data, isDue, options, renew } from "@/lib/session";

export async function proxy(request: NextRequest) {
  // Or another site signs somebody in or out.
  if (!isOurs(request)) return new NextResponse("Forbidden", { status: 403 });
  const { pathname, search } = request.nextUrl;
  if (pathname.startsWith("/api/py/")) {
    // The service renews by itself, and an answer carries one of the two cookies.
    return NextResponse.rewrite(SERVICE + pathname.slice("/api/py".length) + search);
  }
  const response = NextResponse.next();
  const session = await getIronSession<Data>(nextProxyCookies(request, response), options());
  if (session.user && isDue(session)) {
    // A cookie cannot know that its session was ended from afar, so nobody renews it unasked.
    const { user } = await askService(request.headers);
    if (user) await renew(session);
    else session.destroy();
  }
  return response;
}

export const config = { matcher: "/((?!_next/).*)" };
