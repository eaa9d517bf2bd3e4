// A long list of checkboxes: a box above it narrows what is shown by what is typed. What is ticked stays in sight.
export function start(element) {
  const items = [...element.querySelectorAll(".govuk-checkboxes__item")];
  if (items.length < 8) return;
  const id = `${items[0].querySelector("input").name}-filter`;
  const label = Object.assign(document.createElement("label"), {
    className: "govuk-label", htmlFor: id, textContent: element.dataset.filtered,
  });
  const box = Object.assign(document.createElement("input"), { className: "govuk-input govuk-input--width-20", id, type: "search" });
  const told = Object.assign(document.createElement("p"), { className: "govuk-hint" });
  told.setAttribute("aria-live", "polite");
  const show = () => {
    const words = box.value.trim().toLowerCase();
    let count = 0;
    for (const item of items) {
      const fits = item.textContent.toLowerCase().includes(words);
      item.hidden = !fits && !item.querySelector("input").checked;
      count += fits;
    }
    told.textContent = words ? `${count} of ${items.length} fit; those ticked stay in sight.` : "";
  };
  box.addEventListener("input", show);
  box.addEventListener("keydown", (event) => event.key === "Enter" && event.preventDefault());
  const group = element.querySelector(".govuk-checkboxes");
  group.before(label, box, told);
}
