// Keeps a part of the page as the server says. Events of the stream:
//   fragment  HTML of one element; it takes the place of the element with its id, or is put in front
//   remove    the id of an element that is no more
//   say       words to be heard
// A fragment may carry data-say: it is then announced. The browser sends Last-Event-ID when it reconnects by itself; when the
// server refused (signed out, restarting) a new stream is opened with the same id in the query, as `last`.
import { announce } from "./announce.js";
import { nameCells } from "./tables.js";

const SLOWEST = 30_000;

export function start(region) {
  const words = region.querySelector("[data-live-words]");
  let last = region.dataset.liveLast ?? "";
  let wait = 1_000;
  let lostAt = null;
  let closing = false;

  window.addEventListener("pagehide", () => (closing = true));
  connect();

  function connect() {
    const address = new URL(region.dataset.live, location.href);
    if (last) address.searchParams.set("last", last);
    const stream = new EventSource(address);
    stream.onopen = () => {
      if (lostAt) announce("Connected again");
      wait = 1_000;
      lostAt = null;
      show("is-connected", "Live: what happens appears here by itself");
    };
    stream.onerror = () => {
      if (closing) return;
      lost();
      if (stream.readyState === EventSource.CLOSED) {
        setTimeout(connect, wait);
        wait = Math.min(wait * 2, SLOWEST);
      }
    };
    const on = (name, act) =>
      stream.addEventListener(name, (event) => {
        if (event.lastEventId) last = event.lastEventId;
        act(event.data);
      });
    on("fragment", put);
    on("remove", (id) => document.getElementById(id)?.remove());
    on("say", announce);
  }

  function lost() {
    if (lostAt) return;
    lostAt = new Date();
    const time = lostAt.toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit" });
    show("is-lost", `Connection lost at ${time}. What you see may be out of date. Trying again…`);
  }

  function show(state, text) {
    region.classList.remove("is-connected", "is-lost");
    region.classList.add(state);
    if (words.textContent !== text) words.textContent = text;
  }

  function put(html) {
    const template = document.createElement("template");
    template.innerHTML = html;
    const target = document.getElementById(region.dataset.liveTarget);
    for (const fresh of [...template.content.children]) {
      const old = fresh.id && document.getElementById(fresh.id);
      if (old) old.replaceWith(fresh);
      else {
        target.querySelector("[data-live-empty]")?.remove();
        target.prepend(fresh);
        fresh.classList.add("is-new");
      }
      window.htmx?.process(fresh);
      nameCells(fresh);
      announce(fresh.dataset.say);
    }
    const limit = Number(region.dataset.liveLimit);
    while (target.children.length > limit) target.lastElementChild.remove();
  }
}
