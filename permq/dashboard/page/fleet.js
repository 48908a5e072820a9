// What goes on now: the numbers above, jobs, nodes, finds, and where else to look.

import { at, element, fill, table } from "./tables.js";
import { cost, number, percent, short, span } from "./words.js";

const known = { counts: {}, fleet: { nodes: 0, live: 0, slots: 0, rate: 0 }, best: null };

// Take note of the pool of the puzzle that is shown.
export function tellPool(pool) {
  Object.assign(known, pool);
  facts();
}

function facts() {
  const { counts, fleet, best, solutions, more } = known;
  const waiting = ["assigned", "ready", "waiting", "paused"].reduce((sum, name) => sum + (counts[name] ?? 0), 0);
  const shown = [
    ["best-cost", "Best cost", cost(best?.cost), best?.cost ?? null, best?.solved ? "solved" : best?.method ?? "no solution yet"],
    ["solutions", "Solutions", `${more ? "over " : ""}${(solutions ?? 0).toLocaleString("en")}`, solutions ?? 0, best?.age == null ? "" : `best found ${span(best.age)} ago`],
    ["running", "Jobs running", number(counts.running ?? 0, 9), counts.running ?? 0, `${number(waiting, 9)} waiting`],
    ["done", "Jobs done", number(counts.done ?? 0, 9), counts.done ?? 0, `${number((counts.failed ?? 0) + (counts.blocked ?? 0), 9)} failed or blocked`],
    ["live-nodes", "Nodes live", String(fleet.live), fleet.live, `${fleet.slots} slots`],
    ["rate", "Steps/s", number(fleet.rate), fleet.rate, "of all nodes"],
  ];
  at("facts").replaceChildren(...shown.map(([id, title, text, value, more]) => {
    const box = element("div", element("dt", title));
    const told = element("dd", text, { id, value });
    if (id === "best-cost" && best?.solved) told.className = "solved";
    told.append(element("small", more));
    box.append(told);
    return box;
  }));
}

function more(count) {
  return count > 0 ? [element("p", `${count} more, of those that are live and least busy: permq nodes`, { className: "none" })] : [];
}

export function overview({ counts, jobs, fleet, nodes, finds }) {
  Object.assign(known, { counts, fleet });
  facts();
  const total = element("ul", null, { className: "counts" });
  for (const [state, count] of Object.entries(counts)) {
    const item = element("li", `${count.toLocaleString("en")} ${state}`, { className: state, value: count });
    item.dataset.state = state;
    total.append(item);
  }
  if (!jobs.length) fill("jobs", element("p", "No jobs yet: permq submit puts some in.", { className: "none" }));
  else fill("jobs", total, table([
    ["Job", "number", (job) => element("td", job.id, { value: job.id })],
    ["Kind", "", (job) => job.kind],
    ["Puzzle", "minor", (job) => job.puzzle ?? "–"],
    ["State", "", (job) => element("td", job.paused && job.state !== "running" ? "paused" : job.state, { className: job.state, value: job.state })],
    ["Node", "", (job) => job.node ?? "–"],
    ["Progress", "", progress],
    ["Best cost", "number", (job) => element("td", cost(job.best_cost), { value: job.best_cost })],
    ["Steps/s", "number minor", (job) => number(job.rate)],
    ["For", "number minor", (job) => span(job.age)],
    ["Why", "reason minor", (job) => job.error ?? job.reason ?? ""],
  ], jobs, (job) => job.id, "Jobs: those at work first, then those that ended last"));
  if (!nodes.length) fill("nodes", element("p", "No node has registered: permq up or permq worker start starts one.", { className: "none" }));
  else fill("nodes", ...more(fleet.nodes - nodes.length), table([
    ["Node", "", (node) => element("td", node.name, { value: node.name })],
    ["State", "", (node) => element("td", node.state, { className: node.state, value: node.state })],
    ["Jobs", "number", (node) => element("td", `${node.running} of ${node.slots}`, { value: node.running })],
    ["Steps/s", "number", (node) => element("td", number(node.rate), { value: node.rate })],
    ["Chip", "minor", (node) => node.chipset],
    ["Heard", "number minor", (node) => `${span(node.silent)} ago`],
  ], nodes, (node) => node.name, "Nodes"));
  if (!finds.length) fill("finds", element("p", "Nothing was found yet.", { className: "none" }));
  else fill("finds", table([
    ["At", "", (find) => short(Date.parse(find.found_at))],
    ["Cost", "number", (find) => element("td", cost(find.cost), { className: find.solved ? "solved" : "", value: find.cost })],
    ["Puzzle", "", (find) => find.puzzle],
    ["Method", "minor", (find) => find.method],
    ["Node", "minor", (find) => find.node ?? "–"],
  ], finds, (find) => find.id, "Last finds"));
}

function progress(job) {
  const cell = element("td", null, { value: job.steps_done });
  if (job.steps_total) {
    const share = job.state === "done" ? 1 : job.steps_done / job.steps_total;
    const bar = element("progress", null, { max: 1, value: undefined });
    bar.value = share;
    bar.setAttribute("aria-label", `job ${job.id}`);
    cell.append(bar, ` ${percent(share)}`);
  } else cell.append(job.steps_done ? `${number(job.steps_done)} steps` : "–");
  return cell;
}

export function links(told) {
  for (const [name, url] of Object.entries(told)) {
    const link = at(name);
    if (!link) continue;
    link.hidden = !url;
    if (url) link.href = url;
  }
}
