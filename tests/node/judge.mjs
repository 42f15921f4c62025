// Answers questions about the real Node libraries: a line of JSON in, a line of JSON out.
//
// {"do": "iron.sealData", "with": {...}, "at": 1700000000000} is answered by the function sealData of
// libraries/iron.mjs under that clock, with {"value": ...} or {"thrown": {"name", "message"}}.

import { createInterface } from "node:readline";
import { moveClock } from "./clock.mjs";

const NOT_ASCII = /[\u007f-\uffff]/g;

// Every character goes as ASCII, so that no encoding on the way can touch a lone surrogate.
const line = (answer) =>
  JSON.stringify(answer).replace(
    NOT_ASCII,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );

async function answer({ do: operation, with: given, at }) {
  const [library, name] = operation.split(".");
  // A question that nobody can answer ends the process: it is no answer of a library.
  const { [name]: ask } = await import(`./libraries/${library}.mjs`);
  if (!ask) throw new Error(`no operation ${operation}`);
  moveClock(at);
  try {
    return { value: (await ask(given)) ?? null };
  } catch (error) {
    return { thrown: { name: error.name, code: error.code ?? null, message: error.message } };
  } finally {
    moveClock(null);
  }
}

for await (const question of createInterface({ input: process.stdin })) {
  process.stdout.write(`${line(await answer(JSON.parse(question)))}\n`);
}
