import NextAuth, { type DefaultSession } from "next-auth";
import Credentials from "next-auth/providers/credentials";

declare module "next-auth" {
  interface Session extends DefaultSession {
    note?: string;
    named?: boolean;
  }
}

const USERS = ["ada", "eve"]; // yours come from a table, and have passwords

export const { handlers, auth, signIn, signOut } = NextAuth({
  secret: process.env.AUTH_SECRETS?.split(" "), // newest first
  trustHost: true, // whatever the Host header says; behind a proxy set AUTH_URL
  session: { strategy: "jwt", maxAge: 7 * 24 * 3600 },
  providers: [
    Credentials({
      credentials: { name: {} },
      authorize: ({ name }) => (USERS.includes(String(name)) ? { id: `${name}`, name: `${name}` } : null),
    }),
  ],
  callbacks: {
    // No jwt callback: the token stays as it is, and with it what the service keeps there.
    session: ({ session, token }) => ({
      ...session,
      note: token.note as string | undefined,
      named: "_dojang" in token, // whether the service has given it a name
    }),
  },
});
