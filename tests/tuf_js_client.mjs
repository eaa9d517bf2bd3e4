// A TUF client of another house, in another language: fetches targets of a feed with a matcher's token, and says what it got.
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { Readable } from "node:stream";

const require = createRequire(import.meta.url);
const { BaseFetcher, Updater } = require("tuf-js");
const { DownloadHTTPError } = require("tuf-js/dist/error.js");

const [metadataBaseUrl, targetBaseUrl, directory, ...paths] = process.argv.slice(2);

class WithToken extends BaseFetcher {
  async fetch(url) {
    const answer = await fetch(url, { headers: { Authorization: `Bearer ${process.env.MATCHER_TOKEN}` } });
    if (!answer.ok || !answer.body) throw new DownloadHTTPError(`answered ${answer.status}`, answer.status);
    return Readable.fromWeb(answer.body);
  }
}

const got = {};
try {
  const updater = new Updater({
    metadataDir: `${directory}/metadata`, metadataBaseUrl, targetDir: `${directory}/targets`, targetBaseUrl,
    fetcher: new WithToken(),
  });
  await updater.refresh();
  for (const path of paths) {
    const target = await updater.getTargetInfo(path);
    if (!target) { got[path] = null; continue; }
    const file = await updater.downloadTarget(target);
    got[path] = createHash("sha256").update(readFileSync(file)).digest("hex");
  }
} catch (problem) {
  got.refused = problem.constructor.name;
}
console.log(JSON.stringify(got));
