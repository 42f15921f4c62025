// jsonwebtoken 9. A key is a secret or a PEM, as text; a payload is JSON text.

import jwt from "jsonwebtoken";

export const sign = ({ payload, key, options }) => jwt.sign(JSON.parse(payload), key, options);
export const verify = ({ token, key, options }) => JSON.stringify(jwt.verify(token, key, options));
