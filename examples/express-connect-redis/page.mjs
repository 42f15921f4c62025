// The one page there is.

const ESCAPES = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };
const escaped = (text) => String(text).replace(/[&<>"']/g, (character) => ESCAPES[character]);

const seen = ({ user, note, code }) =>
  escaped(user ? user + (note ? `, “${note}”` : "") : `nobody: ${code}`);

const button = (action, text) => `<form action="${action}" method="post"><button>${text}</button></form>`;

const signIn = `
  <form action="/sign-in" method="post">
    <input name="name" aria-label="Your name" value="ada" required>
    <button class="main">Sign in</button>
  </form>
  <p class="soft">ada or eve; this example has no passwords.</p>`;

const signedIn = (session) => `
  <dl>
    <dt>This front sees</dt>
    <dd id="front">${seen(session)}</dd>
    <dt>The service sees</dt>
    <dd id="service">${seen(session.service)}</dd>
  </dl>
  <form action="/api/py/note" method="post">
    <input name="text" aria-label="A note" placeholder="A note, kept by the service" required>
    <button class="main">Keep</button>
  </form>
  <div class="row">
    ${button("/sign-out", "Sign out here")}
    ${button("/api/py/sign-out", "Sign out at the service")}
    ${button("/api/py/sign-out-everywhere", "Sign out everywhere")}
  </div>`;

export const page = (session) => `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Express and FastAPI, one session</title>
<link rel="stylesheet" href="/style.css">
<main>
  <h1>Express and FastAPI, one session</h1>
  ${session.user ? signedIn(session) : signIn}
</main>`;
