// Builds what the browser is given into portal/static/build: styles compiled, scripts and pictures of packages copied.
// Uses node alone, so that it runs wherever a node does.
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import * as sass from "sass";
import { feature } from "topojson-client";

const root = dirname(fileURLToPath(import.meta.url));
const modules = join(root, "node_modules");
const out = join(root, "portal", "static", "build");

rmSync(out, { recursive: true, force: true });
mkdirSync(join(out, "vendor"), { recursive: true });

const { css } = sass.compile(join(root, "portal", "static", "styles", "app.scss"), {
  loadPaths: [root, modules],
  style: "compressed",
  quietDeps: true,
  logger: { warn() {} },
});
// The footer's crest is licensed to gov.uk alone and is not copied: nothing may name it.
writeFileSync(join(out, "app.css"), css.replace(/url\([^)]*govuk-crest[^)]*\)/g, "none"));

const copies = [
  ["govuk-frontend/dist/govuk/govuk-frontend.min.js", "vendor/govuk-frontend.min.js"],
  ["@ministryofjustice/frontend/moj/moj-frontend.min.js", "vendor/moj-frontend.min.js"],
  ["@ministryofjustice/frontend/moj/assets/images/icon-document.svg", "assets/images/icon-document.svg"],
  ["htmx.org/dist/htmx.min.js", "vendor/htmx.min.js"],
  ["leaflet/dist/leaflet.js", "vendor/leaflet.js"],
  ["leaflet/dist/leaflet.css", "vendor/leaflet.css"],
  ["leaflet/dist/images", "vendor/images"],
];
for (const weight of ["400", "700"]) {
  const name = `atkinson-hyperlegible-next-latin-${weight}-normal.woff2`;
  copies.push([`@fontsource/atkinson-hyperlegible-next/files/${name}`, `fonts/${name}`]);
}
for (const [from, to] of copies) {
  cpSync(join(modules, from), join(out, to), { recursive: true });
}
// Source maps are not shipped, so nothing may name them.
for (const [, to] of copies.filter(([, to]) => to.endsWith(".js"))) {
  const path = join(out, to);
  writeFileSync(path, readFileSync(path, "utf8").replace(/\n\/\/# sourceMappingURL=.*\s*$/, "\n"));
}
writeFileSync(join(out, "coast.json"), JSON.stringify(coast()));

// The coast of the British Isles and their neighbours, cut from Natural Earth, for a map without tiles.
function coast() {
  const box = { west: -11.5, south: 48.5, east: 4.5, north: 61.2 };
  const land = JSON.parse(readFileSync(join(modules, "world-atlas", "land-10m.json"), "utf8"));
  const rings = feature(land, land.objects.land).features.flatMap((f) =>
    f.geometry.type === "Polygon" ? [f.geometry.coordinates[0]] : f.geometry.coordinates.map((polygon) => polygon[0]),
  );
  const cut = rings.map((ring) => clip(ring, box)).filter((ring) => ring.length > 3);
  const round = (n) => Math.round(n * 1000) / 1000;
  return {
    type: "MultiPolygon",
    coordinates: cut.map((ring) => [[...ring, ring[0]].map(([x, y]) => [round(x), round(y)])]),
  };
}

// Sutherland and Hodgman: a ring cut by one side of the box after another.
function clip(ring, { west, south, east, north }) {
  const sides = [
    [([x]) => x >= west, (a, b) => [west, a[1] + ((b[1] - a[1]) * (west - a[0])) / (b[0] - a[0])]],
    [([x]) => x <= east, (a, b) => [east, a[1] + ((b[1] - a[1]) * (east - a[0])) / (b[0] - a[0])]],
    [([, y]) => y >= south, (a, b) => [a[0] + ((b[0] - a[0]) * (south - a[1])) / (b[1] - a[1]), south]],
    [([, y]) => y <= north, (a, b) => [a[0] + ((b[0] - a[0]) * (north - a[1])) / (b[1] - a[1]), north]],
  ];
  return sides.reduce((points, [inside, cross]) => {
    const kept = [];
    points.forEach((point, i) => {
      const before = points[(i + points.length - 1) % points.length];
      if (inside(point) !== inside(before)) kept.push(cross(before, point));
      if (inside(point)) kept.push(point);
    });
    return kept;
  }, ring);
}
