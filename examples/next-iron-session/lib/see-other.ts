/** Answers a form: the browser goes on to `path`. */
export const seeOther = (path: string) =>
  new Response(null, { status: 303, headers: { location: path } });
