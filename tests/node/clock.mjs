// The clock that the libraries read, so that `now` is an argument for them too.

import { webcrypto } from "node:crypto";

const Real = Date;
let standing = null;

globalThis.Date = class Date extends Real {
  constructor(...given) {
    super(...(given.length ? given : [Date.now()]));
  }

  static now() {
    return standing ?? Real.now();
  }
};

// Node 18 has it under another name only, and the libraries ask for this one.
globalThis.crypto ??= webcrypto;

/** Let it stand at `milliseconds`, or run again with null. */
export function moveClock(milliseconds) {
  standing = milliseconds ?? null;
}
