// keygrip and cookies, and the sessions over them: cookie-session and koa-session.

import Cookies from "cookies";
import cookieSession from "cookie-session";
import express from "express";
import Keygrip from "keygrip";
import Koa from "koa";
import koaSession from "koa-session";
import { visit } from "../visit.mjs";

export const sign = ({ data, keys, algorithm, encoding }) =>
  new Keygrip(keys, algorithm, encoding).sign(data);

export const index = ({ data, signature, keys, algorithm, encoding }) =>
  new Keygrip(keys, algorithm, encoding).index(data, signature);

/** What `cookies` reads in a header, and the lines it then sends; and those of setting a value. */
export const get = async ({ header, name, keys }) => {
  let value;
  const { lines } = await visit((request, response) => {
    value = new Cookies(request, response, { keys }).get(name, { signed: true });
    response.end();
  }, header);
  return { value: value ?? null, lines };
};

export const set = async ({ name, value, keys }) =>
  (
    await visit((request, response) => {
      new Cookies(request, response, { keys }).set(name, value, { signed: true });
      response.end();
    }, "")
  ).lines;

/** One request: the session it came with, as JSON text, and the lines after `set` became it. */
export const cookieSessionVisit = async ({ header, keys, set }) => {
  let found;
  const app = express();
  app.use(cookieSession({ name: "session", keys }));
  app.use((request, response) => {
    found = JSON.stringify(request.session);
    if (set !== undefined) request.session = JSON.parse(set);
    response.end();
  });
  return { lines: (await visit(app, header)).lines, found };
};

export const koaSessionVisit = async ({ header, keys, set, options = {} }) => {
  let found;
  const app = new Koa();
  app.keys = keys;
  app.silent = true;
  app.use((koaSession.default ?? koaSession)(options, app));
  app.use((context) => {
    found = context.session.isNew ? null : JSON.stringify(context.session);
    if (set !== undefined) context.session = JSON.parse(set);
    context.body = "";
  });
  return { lines: (await visit(app.callback(), header)).lines, found };
};
