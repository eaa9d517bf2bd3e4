// Places on a coast, or on tiles where a server of them is set. Every place also stands in a list on the page.
import "./vendor/leaflet.js";

const L = window.L;
const MARKS = { "in-force": "●", waiting: "◷", lapsing: "◔", stopped: "■", none: "–" };
const CLOSEST = 16;

export async function start(frame) {
  await styles(frame.dataset.styles);
  const map = L.map(frame, {
    attributionControl: Boolean(frame.dataset.tiles), zoomSnap: 0.5, minZoom: 4, maxZoom: CLOSEST, scrollWheelZoom: false,
    fadeAnimation: false, zoomAnimation: !still(), markerZoomAnimation: !still(),
  });
  frame.addEventListener("focusin", () => map.scrollWheelZoom.enable());
  frame.addEventListener("focusout", () => map.scrollWheelZoom.disable());
  reachable(map, frame);
  if (frame.dataset.places) asking(map, frame);
  else given(map, JSON.parse(document.getElementById(frame.dataset.map).textContent));
  L.control.scale({ imperial: true }).addTo(map);
  if (frame.dataset.tiles) {
    L.tileLayer(frame.dataset.tiles, { attribution: frame.dataset.credit, referrerPolicy: "no-referrer" }).addTo(map);
  } else {
    const coast = await (await fetch(frame.dataset.coast)).json();
    L.geoJSON(coast, { interactive: false, style: { color: "#8a9a8a", weight: 1, fillColor: "#f4f2e9", fillOpacity: 1 } }).addTo(map);
  }
}

// A map whose places came with the page.
function given(map, points) {
  if (points.length) map.fitBounds(points.map((point) => [point.lat, point.lon]), { padding: [40, 40], maxZoom: 12 });
  else map.setView([54.5, -3], 5);
  for (const point of points) pin(point).addTo(map);
}

// A map that asks what stands where it is looked at, each time it was moved. What it drew already it leaves in place.
function asking(map, frame) {
  const told = frame.parentElement.querySelector(".app-map__told");
  const drawn = new Map();
  let request = null;
  let comesCloser = false;

  async function ask() {
    request?.abort();
    request = new AbortController();
    const url = new URL(frame.dataset.places, location.href);
    const seen = map.getBounds();
    const box = [seen.getWest(), seen.getSouth(), seen.getEast(), seen.getNorth()];
    const limits = [-180, -90, 180, 90];
    url.searchParams.set("box", box.map((side, i) => (i < 2 ? Math.max(side, limits[i]) : Math.min(side, limits[i])).toFixed(5)).join(","));
    url.searchParams.set("zoom", Math.floor(map.getZoom()));
    try {
      const answer = await fetch(url, { signal: request.signal, headers: { Accept: "application/json" } });
      if (!answer.ok) throw new Error(answer.statusText);
      draw(await answer.json());
    } catch (error) {
      if (error.name !== "AbortError") told.textContent = "The map could not be drawn. The same sites stand in the list below.";
    }
  }

  function draw({ groups, sites }) {
    const wanted = new Map();
    for (const site of sites) {
      const point = { lat: site.north, lon: site.east, title: site.title, text: site.state, tone: site.tone, href: site.href };
      wanted.set(`site ${site.id} ${site.tone}`, () => pin(point));
    }
    for (const one of groups) wanted.set(`group ${one.north} ${one.east} ${one.count} ${one.words}`, () => group(one));
    const hadFocus = frame.querySelector(".leaflet-marker-pane")?.contains(document.activeElement);
    for (const [key, marker] of drawn) {
      if (wanted.has(key) || marker.isPopupOpen()) continue;
      marker.remove();
      drawn.delete(key);
    }
    for (const [key, make] of wanted) if (!drawn.has(key)) drawn.set(key, make().addTo(map));
    if (comesCloser || (hadFocus && !frame.contains(document.activeElement))) nearest()?.getElement().focus({ preventScroll: true });
    comesCloser = false;
    told.textContent = `Drawn: ${count(sites.length, "site", "sites")} and ${count(groups.length, "group", "groups")} of sites close together.`;
  }

  // Of the pins, the one nearest to what is looked at.
  function nearest() {
    const centre = map.getCenter();
    return [...drawn.values()].sort((a, b) => centre.distanceTo(a.getLatLng()) - centre.distanceTo(b.getLatLng()))[0];
  }

  function group(one) {
    const icon = L.divIcon({ className: "app-pin app-pin--many", html: String(one.count), iconSize: [36, 36] });
    const marker = L.marker([one.north, one.east], { icon, riseOnHover: true });
    const closer = (byKeyboard) => {
      comesCloser = byKeyboard;
      map.setView(marker.getLatLng(), Math.min(map.getZoom() + 2, CLOSEST), { animate: !still() });
    };
    marker.on("add", () => marker.getElement().setAttribute("aria-label", `${count(one.count, "site", "sites")} close together: ${one.words}. Look closer.`));
    marker.on("click", () => closer(false));
    marker.on("keydown", (event) => {
      if (event.originalEvent.key !== "Enter") return;
      event.originalEvent.preventDefault();
      closer(true);
    });
    return marker;
  }

  const [west, south, east, north] = frame.dataset.frame.split(",").map(Number);
  map.on("moveend", ask);
  map.fitBounds([[south, west], [north, east]], { padding: [20, 20], maxZoom: 12, animate: false });
}

function pin(point) {
  const tone = point.tone ?? "none";
  const icon = L.divIcon({ className: `app-pin app-pin--${tone}`, html: MARKS[tone] ?? "", iconSize: [26, 26] });
  const marker = L.marker([point.lat, point.lon], { icon, title: point.title, riseOnHover: true });
  marker.on("add", () => marker.getElement().setAttribute("aria-label", [point.title, point.text].filter(Boolean).join(": ")));
  return marker.bindPopup(popup(point));
}

// Whoever opened a pin by keyboard goes on in what opened, and comes back to the pin when it closes.
function reachable(map, frame) {
  let byKeyboard = false;
  let from = null;
  frame.addEventListener("keydown", (event) => {
    byKeyboard = true;
    if (event.key === "Escape") map.closePopup();
  }, true);
  frame.addEventListener("pointerdown", () => { byKeyboard = false; }, true);
  map.on("popupopen", ({ popup }) => {
    from = byKeyboard ? popup._source?.getElement() : null;
    if (from) popup.getElement().querySelector(".govuk-link")?.focus({ preventScroll: true });
  });
  map.on("popupclose", () => {
    if (from?.isConnected) from.focus({ preventScroll: true });
    from = null;
  });
}

// Text is put in as text: a site's name is whatever somebody typed.
function popup(point) {
  const box = document.createElement("div");
  const title = document.createElement("strong");
  if (point.href) {
    const link = document.createElement("a");
    link.href = point.href;
    link.className = "govuk-link";
    link.textContent = point.title;
    title.append(link);
  } else title.textContent = point.title;
  box.append(title, document.createTextNode(point.text ?? ""));
  return box;
}

function count(number, one, many) {
  return `${number.toLocaleString("en-GB")} ${number === 1 ? one : many}`;
}

function still() {
  return matchMedia("(prefers-reduced-motion: reduce)").matches;
}

function styles(href) {
  return new Promise((done) => {
    const link = document.createElement("link");
    link.rel = "stylesheet";
    link.href = href;
    link.onload = link.onerror = done;
    document.head.append(link);
  });
}
