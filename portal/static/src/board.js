// The control-room board: keeps cards in the order of their urgency as they come, and answers keys.
const board = document.querySelector("[data-board]");
const hits = document.getElementById("board-hits");
const problem = board.querySelector("[data-board-problem]");
let held = null; // the card and the part of it that had the focus last

const cards = () => [...hits.querySelectorAll("[data-hit]")];

// Most urgent first; among equals the newest, whose key is the greatest.
function isBefore(one, other) {
  if (one.dataset.rank !== other.dataset.rank) return one.dataset.rank < other.dataset.rank;
  return one.dataset.key > other.dataset.key;
}

function place(card) {
  const next = cards().find((other) => other !== card && isBefore(card, other));
  if (next) {
    if (card.nextElementSibling !== next) next.before(card);
  } else if (hits.lastElementChild !== card) hits.append(card);
}

// A card that is drawn anew while it has the focus keeps it.
function refocus(card) {
  if (!held || held.card !== card.id || document.activeElement !== document.body) return;
  (card.querySelector(`[data-act="${held.act}"]`) ?? card).focus({ preventScroll: true });
}

hits.addEventListener("focusin", (event) => {
  const card = event.target.closest("[data-hit]");
  held = card && { card: card.id, act: event.target.dataset.act ?? "" };
});
document.addEventListener("focusin", (event) => {
  if (!hits.contains(event.target)) held = null;
});

const observer = new MutationObserver((changes) => {
  observer.disconnect(); // placing is a change too
  for (const card of changes.flatMap((change) => [...change.addedNodes])) {
    if (card.dataset?.hit === undefined || !card.isConnected) continue;
    place(card);
    refocus(card);
  }
  observer.observe(hits, { childList: true });
});
observer.observe(hits, { childList: true });

// Letters act only while a hit has the focus, so that they disturb nobody who dictates or uses a screen reader.
board.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.altKey || event.metaKey) return;
  const all = cards();
  const here = event.target.closest("[data-hit]");
  if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    const at = all.indexOf(here);
    const next = all[Math.min(all.length - 1, Math.max(0, at + (event.key === "ArrowDown" ? 1 : -1)))];
    if (next) {
      event.preventDefault();
      next.focus();
    }
  } else if (here && event.key === "Enter" && event.target === here) {
    here.querySelector('[data-act="open"]').click();
  } else if (here && event.key.toLowerCase() === "a" && board.classList.contains("app-board--may-answer")) {
    here.querySelector('[data-act="acknowledge"]')?.click();
  }
});
if (!cards().some((card) => card.tabIndex === 0) && cards()[0]) cards()[0].tabIndex = 0; // a way in by Tab

board.addEventListener("htmx:responseError", (event) => {
  const why = { 403: "You may not take this on.", 404: "This hit is no longer yours to see.", 409: "Somebody took this hit on already." };
  problem.textContent = why[event.detail.xhr.status] ?? "The portal could not record that. Try again.";
  problem.hidden = false;
});
board.addEventListener("htmx:sendError", () => {
  problem.textContent = "The portal did not answer. Nothing was recorded. Try again.";
  problem.hidden = false;
});
board.addEventListener("htmx:afterRequest", (event) => {
  if (event.detail.successful) problem.hidden = true;
});
