const SAFE = ["GET", "HEAD", "OPTIONS"];

/** Whether a request changes nothing or comes from a page of ours: `CrossSiteMiddleware` at the service. */
export function isOurs({ method, headers }: Request) {
  if (SAFE.includes(method)) return true;
  const [site, origin, host] = ["sec-fetch-site", "origin", "host"].map((name) => headers.get(name));
  if (site) return site === "same-origin" || site === "none";
  return !origin || origin === `http://${host}` || origin === `https://${host}`;
}
