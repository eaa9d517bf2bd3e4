// Every page: brings GOV.UK and MOJ components to life, and loads what only some pages need.
import { initAll as govuk } from "./vendor/govuk-frontend.min.js";
import { initAll as moj } from "./vendor/moj-frontend.min.js";

document.body.classList.add("js-enabled", "govuk-frontend-supported");
govuk();
moj();
