// What jobs brought: the hard-example board and the latest pictures.

import { element, fill, table } from "./tables.js";
import { short } from "./words.js";

export function board({ regimes, columns, cells }) {
  if (!regimes.length) {
    fill("board", element("p", "No benchmark runs yet: permq bench run makes some.", { className: "none" }));
    return;
  }
  const found = new Map(cells.map((cell) => [`${cell.regime} ${cell.column}`, cell]));
  const mark = (regime, column) => {
    const cell = found.get(`${regime} ${column}`);
    if (!cell) return element("td", "");
    if (!cell.ended) return element("td", "… pending");
    const right = cell.solved === cell.ended;
    const share = cell.ended > 1 ? ` ${cell.solved}/${cell.ended}` : "";
    const why = right ? "" : ` ${cell.verdicts.join(", ")}`;
    return element("td", `${right ? "✓" : "✗"}${share}${why}`, { className: right ? "solved" : "wrong", value: [cell.solved, cell.ended] });
  };
  fill("board", table([
    ["Regime", "", (row) => element("td", regimes[row])],
    ...columns.map(({ solver, version }, column) => [`${solver} ${version}`, "", (row) => mark(row, column)]),
  ], regimes.map((_, row) => row), (row) => regimes[row], "Hard-example board: solved by regime and solver"));
}

export function figures(told) {
  if (!told?.length) {
    fill("figures", element("p", "No figures yet: permq submit figures makes them.", { className: "none" }));
    return;
  }
  const box = element("div", null, { className: "pictures" });
  for (const one of told) {
    const link = element("a", null, { href: `api/pictures/${one.id}` });
    link.append(element("img", null, { src: `api/pictures/${one.id}`, alt: one.name.replaceAll("_", " "), loading: "lazy" }));
    const made = element("figure", link, { value: one.id });
    made.append(element("figcaption", `${one.name.replaceAll("_", " ")}, ${short(Date.parse(one.made_at))}${one.job ? `, job ${one.job}` : ""}`));
    box.append(made);
  }
  fill("figures", box);
}
