// A button that copies what it names: <button type="button" data-copy="the text">.
import { announce } from "./announce.js";

export function start(button) {
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(button.dataset.copy);
    const words = button.textContent;
    button.textContent = "Copied";
    announce("Copied");
    setTimeout(() => (button.textContent = words), 2_000);
  });
}
