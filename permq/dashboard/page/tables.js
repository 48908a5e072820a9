// Elements, panels and tables; values stand in `data-value` as they were told.

export const at = (id) => document.getElementById(id);

export function element(name, text, { value, ...more } = {}) {
  const made = Object.assign(document.createElement(name), more);
  if (text != null) made.append(text);
  if (value !== undefined) made.dataset.value = JSON.stringify(value);
  return made;
}

// Replace what stands below a panel's title; a table keeps its box, and so the focus and the place
// to which it was scrolled.
export function fill(id, ...parts) {
  const panel = at(id);
  const box = panel.querySelector(".scroll");
  for (const part of [...panel.children]) if (part.className !== "head" && part !== box) part.remove();
  for (const part of parts) {
    if (box && part.className === "scroll") box.replaceChildren(...part.childNodes);
    else if (box) panel.insertBefore(part, box);
    else panel.append(part);
  }
  if (box && !parts.some((part) => part.className === "scroll")) box.remove();
}

// Columns: [title, class, row => cell or text]; `key` names a row for whoever looks it up.
export function table(columns, rows, key, caption) {
  const head = element("tr");
  for (const [title, style] of columns) head.append(element("th", title, { className: style, scope: "col" }));
  const body = element("tbody");
  for (const row of rows) {
    const line = element("tr");
    line.dataset.key = key(row);
    for (const [, style, cell] of columns) {
      const made = cell(row);
      const td = made instanceof HTMLTableCellElement ? made : element("td", made);
      td.className = [style, td.className].filter(Boolean).join(" ");
      line.append(td);
    }
    body.append(line);
  }
  const made = element("table");
  made.setAttribute("aria-label", caption);
  made.append(element("thead"), body);
  made.tHead.append(head);
  const box = element("div", made, { className: "scroll", tabIndex: 0 });
  box.setAttribute("role", "region");
  box.setAttribute("aria-label", caption);
  return box;
}
