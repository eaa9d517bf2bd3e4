// Before the body is drawn: says that scripts run, so that styles made for them apply.
document.documentElement.classList.add("js");
document.addEventListener("DOMContentLoaded", () => {
  document.body.classList.add("js-enabled", "govuk-frontend-supported");
});
