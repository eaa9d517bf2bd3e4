// Says words to those who listen to the page, without moving anybody's focus.
export function announce(words) {
  const place = document.getElementById("announcements");
  if (!place || !words) return;
  place.textContent = "";
  setTimeout(() => (place.textContent = words), 100); // emptied first, so that the same words twice are heard twice
}
