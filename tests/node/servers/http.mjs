// What the servers of the end-to-end tests have in common: options, a clock, JSON in and out.

import { createServer } from "node:http";
import { moveClock } from "../clock.mjs";

/** The options of this process: its second argument, as JSON. */
export const options = JSON.parse(process.argv[3]);

/** Let the header x-now of a request be its time, in unix milliseconds. */
export const atItsTime = (request) => {
  const now = request.headers["x-now"];
  moveClock(now === undefined ? null : Number(now));
};

/** Serve `handler` on the loopback, at the port that is the first argument. */
export const serve = (handler) => createServer(handler).listen(Number(process.argv[2]), "127.0.0.1");

export const bodyOf = async (request) => {
  const pieces = await request.toArray();
  return pieces.length ? JSON.parse(Buffer.concat(pieces)) : {};
};

export const answer = (response, value) => {
  response.setHeader("content-type", "application/json");
  response.end(JSON.stringify(value));
};
