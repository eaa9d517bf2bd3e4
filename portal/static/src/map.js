// Places on a coast without tiles. Every place also stands in a list on the page.
import "./vendor/leaflet.js";

const L = window.L;
const MARKS = { "in-force": "●", waiting: "◷", lapsing: "◔", stopped: "■", none: "–" };

export async function start(frame) {
  await styles(frame.dataset.styles);
  const points = JSON.parse(document.getElementById(frame.dataset.map).textContent);
  const map = L.map(frame, { attributionControl: false, zoomSnap: 0.5, minZoom: 4, maxZoom: 16, scrollWheelZoom: false });
  frame.addEventListener("focusin", () => map.scrollWheelZoom.enable());
  frame.addEventListener("focusout", () => map.scrollWheelZoom.disable());
  if (points.length) map.fitBounds(points.map((point) => [point.lat, point.lon]), { padding: [40, 40], maxZoom: 12 });
  else map.setView([54.5, -3], 5);
  for (const point of points) {
    const tone = point.tone ?? "none";
    const icon = L.divIcon({ className: `app-pin app-pin--${tone}`, html: MARKS[tone] ?? "", iconSize: [26, 26] });
    const marker = L.marker([point.lat, point.lon], { icon, title: point.title, riseOnHover: true }).addTo(map);
    marker.getElement().setAttribute("aria-label", [point.title, point.text].filter(Boolean).join(": "));
    marker.bindPopup(popup(point));
  }
  L.control.scale({ imperial: true }).addTo(map);
  const coast = await (await fetch(frame.dataset.coast)).json();
  L.geoJSON(coast, { interactive: false, style: { color: "#8a9a8a", weight: 1, fillColor: "#f4f2e9", fillOpacity: 1 } }).addTo(map);
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

function styles(href) {
  return new Promise((done) => {
    const link = document.createElement("link");
    link.rel = "stylesheet";
    link.href = href;
    link.onload = link.onerror = done;
    document.head.append(link);
  });
}
