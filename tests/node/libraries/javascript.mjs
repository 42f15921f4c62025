// The language itself: what its own functions make of text and numbers.

export const stringify = ({ text }) => JSON.stringify(JSON.parse(text));
export const encodeComponent = ({ text }) => encodeURIComponent(text);
export const decodeComponent = ({ text }) => decodeURIComponent(text);
export const isoDate = ({ milliseconds }) => new Date(milliseconds).toISOString();
export const httpDate = ({ milliseconds }) => new Date(milliseconds).toUTCString();
