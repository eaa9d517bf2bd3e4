// Says in words why a passkey or security key did not work; allauth's own script only logs it.
const REASONS = {
  NotAllowedError: "Nothing was confirmed: it was cancelled, took too long, or this device holds no key for this portal.",
  InvalidStateError: "This key is already registered with your account.",
  SecurityError: "The browser does not use keys at this address. Open the portal by its own name over HTTPS.",
  NotSupportedError: "This browser or device cannot make such a key.",
};

document.addEventListener("allauth.error", (event) => {
  event.preventDefault();
  const place = document.querySelector("[data-key-problem]");
  if (!place) return;
  const { exception } = event.detail;
  place.textContent = REASONS[exception?.name] ?? "The key could not be used. Try again, or use another way to sign in.";
  place.hidden = false;
});
