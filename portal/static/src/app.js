// Every page: brings GOV.UK and MOJ components to life, and loads what only some pages need.
import { initAll as govuk } from "./vendor/govuk-frontend.min.js";
import { initAll as moj } from "./vendor/moj-frontend.min.js";
import { nameCells } from "./tables.js";

document.body.classList.add("js-enabled", "govuk-frontend-supported");
govuk();
moj();
nameCells(document);
document.body.addEventListener("htmx:load", (event) => nameCells(event.detail.elt));

const only = [
  ["[data-live]", () => import("./live.js")],
  ["[data-map]", () => import("./map.js")],
  ["[data-copy]", () => import("./copy.js")],
  ["[data-filtered]", () => import("./filtered.js")],
];
for (const [selector, load] of only) {
  const found = document.querySelectorAll(selector);
  if (found.length) load().then((module) => found.forEach((element) => module.start(element)));
}
