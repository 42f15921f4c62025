// One request to an application of Node, without a network.

import { IncomingMessage, ServerResponse } from "node:http";
import { PassThrough } from "node:stream";

/** Return the Set-Cookie lines that `app` answers a Cookie header with. */
export const visit = (app, cookies) =>
  new Promise((resolve, reject) => {
    const wire = new PassThrough();
    const request = new IncomingMessage(wire);
    Object.assign(request, { method: "GET", url: "/" });
    if (cookies) request.headers.cookie = cookies;
    const response = new ServerResponse(request);
    response.assignSocket(wire);
    response.on("finish", () => resolve({ lines: [response.getHeader("set-cookie") ?? []].flat() }));
    wire.resume();
    app(request, response, (error) => reject(error ?? new Error("nobody answered")));
  });
