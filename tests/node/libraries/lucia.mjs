// Lucia 3: the cookie of a session, and the hashes of passwords.

import { generateIdFromEntropySize, LegacyScrypt, Lucia, Scrypt } from "lucia";

const lucia = new Lucia({ setSession() {} });

export const cookie = ({ id }) => lucia.createSessionCookie(id).serialize();
export const read = ({ header }) => lucia.readSessionCookie(header);
export const id = () => generateIdFromEntropySize(25);

const kind = (legacy) => (legacy ? new LegacyScrypt() : new Scrypt());
export const hash = ({ password, legacy }) => kind(legacy).hash(password);
export const verify = ({ password, hash, legacy }) => kind(legacy).verify(hash, password);
