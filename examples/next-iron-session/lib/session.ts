import { getIronSession, type IronSession, type SessionOptions } from "iron-session";
import { cookies } from "next/headers";

/** What this front and the service keep in the cookie. */
export type Data = { user: string; note: string; expires: string };
export type Session = IronSession<Data>;

const WEEK = 7 * 24 * 3600;

export const options = (): SessionOptions => ({
  cookieName: "session",
  password: JSON.parse(process.env.SESSION_PASSWORDS!), // {"1": "...", "2": "..."}; the last one seals
  ttl: WEEK,
  cookieOptions: { secure: false }, // for http://localhost; leave this line out where there is https
});

export const currentSession = async () => getIronSession<Data>(await cookies(), options());

/** Whether half of the session's life is over. */
export const isDue = ({ expires = "" }: Session) =>
  !(Date.parse(expires) - Date.now() > (WEEK * 1000) / 2);

/** Seals the session for another week, and writes into it when that ends, as the service does. */
export async function renew(session: Session) {
  session.expires = new Date(Date.now() + WEEK * 1000).toISOString();
  await session.save();
}
