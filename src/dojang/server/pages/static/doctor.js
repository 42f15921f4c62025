// Asks for the probe cookies by fetch, and shows what became of them.

const element = (name, text, className = "") =>
  Object.assign(document.createElement(name), { textContent: text, className });

const line = ({ cookie, seen, surprise }) => {
  const shown = element("p", "", "outcome");
  shown.append(element("code", cookie), `: ${seen} `);
  if (surprise) shown.append(element("span", "unexpected", "mark"), ` ${surprise}`);
  return shown;
};

for (const place of document.querySelectorAll("[data-fetch]")) {
  fetch(place.dataset.fetch, { credentials: "include" })
    .then((answer) => answer.json())
    .then((results) => results.map(line))
    .catch((error) => [element("p", `The browser refuses to ask: ${error.message}.`, "plain")])
    .then((lines) => place.replaceChildren(...lines));
}
