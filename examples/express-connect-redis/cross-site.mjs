// What a page of another site makes a browser send, as to sign somebody in or out.

const SAFE = ["GET", "HEAD", "OPTIONS"];

/** Whether a request changes nothing or comes from a page of ours: `CrossSiteMiddleware` at the service. */
export function isOurs({ method, headers: { host, origin, "sec-fetch-site": site } }) {
  if (SAFE.includes(method)) return true;
  if (site) return site === "same-origin" || site === "none";
  return !origin || origin === `http://${host}` || origin === `https://${host}`;
}
