// On a phone a row becomes a card: each cell is told the name of its column.
export function nameCells(within) {
  const tables = within.matches?.("table[data-table] *") ? [within.closest("table")] : within.querySelectorAll("table[data-table]");
  for (const table of tables) {
    const names = [...table.querySelectorAll("thead th")].map((head) =>
      head.querySelector(".govuk-visually-hidden") ? "" : head.textContent.trim(),
    );
    for (const row of table.tBodies[0]?.rows ?? []) {
      [...row.cells].forEach((cell, i) => {
        if (cell.colSpan === 1) cell.dataset.label ??= names[i] ?? "";
      });
    }
    table.classList.add("is-named");
  }
}
