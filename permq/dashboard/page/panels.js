// One function for each thing that is asked for: what was told becomes tables and charts.

import { axis, category, colours, draw, most, nothing, scale, symbol } from "./charts.js";

const DAY = 86_400_000;
const LOCKED = 0.9;
const at = (id) => document.getElementById(id);

const number = (value, digits = 3) => (value == null ? "–" : Number(value).toLocaleString("en", { maximumSignificantDigits: digits }));
const cost = (value) => {
  if (value == null) return "–";
  return value !== 0 && (Math.abs(value) < 1e-3 || Math.abs(value) >= 1e5) ? value.toExponential(4) : value.toPrecision(6);
};
const percent = (value) => `${Math.round(100 * value)} %`;
const short = (ms) => {
  const when = new Date(ms);
  const time = when.toLocaleTimeString([], { hour: "2-digit", minute: "2-digit", second: "2-digit" });
  return Date.now() - ms < DAY ? time : `${when.toLocaleDateString()} ${time}`;
};
const span = (seconds) => {
  if (seconds == null) return "–";
  if (seconds < 100) return `${Math.round(seconds)} s`;
  if (seconds < 6000) return `${Math.round(seconds / 60)} min`;
  return seconds < 200_000 ? `${Math.round(seconds / 3600)} h` : `${Math.round(seconds / 86_400)} d`;
};
const power = (value) => (value >= 1e-3 && value < 1e4 ? String(value) : value.toExponential(0));
// A logarithmic axis knows no 0: an exact answer lies on its floor.
const floor = (values) => Math.min(...values.filter((one) => one > 0), 1) / 10;

function element(name, text, { value, ...more } = {}) {
  const made = Object.assign(document.createElement(name), more);
  if (text != null) made.append(text);
  if (value !== undefined) made.dataset.value = JSON.stringify(value);
  return made;
}

// Replace what stands below a panel's title; a table keeps its box, and so the focus and the place
// to which it was scrolled.
function fill(id, ...parts) {
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
function table(columns, rows, key, caption) {
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

const known = { counts: {}, nodes: [], best: null };

function facts() {
  const { counts, nodes, best, solutions, more } = known;
  const live = nodes.filter((node) => node.state === "live");
  const rate = nodes.reduce((sum, node) => sum + node.rate, 0);
  const waiting = ["assigned", "ready", "waiting", "paused"].reduce((sum, name) => sum + (counts[name] ?? 0), 0);
  const shown = [
    ["best-cost", "Best cost", cost(best?.cost), best?.cost ?? null, best?.solved ? "solved" : best?.method ?? "no solution yet"],
    ["solutions", "Solutions", `${more ? "over " : ""}${(solutions ?? 0).toLocaleString("en")}`, solutions ?? 0, best?.age == null ? "" : `best found ${span(best.age)} ago`],
    ["running", "Jobs running", number(counts.running ?? 0, 9), counts.running ?? 0, `${number(waiting, 9)} waiting`],
    ["done", "Jobs done", number(counts.done ?? 0, 9), counts.done ?? 0, `${number((counts.failed ?? 0) + (counts.blocked ?? 0), 9)} failed or blocked`],
    ["live-nodes", "Nodes live", String(live.length), live.length, `${live.reduce((sum, node) => sum + node.slots, 0)} slots`],
    ["rate", "Steps/s", number(rate), rate, "of all nodes"],
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

function overview({ counts, jobs, nodes, finds }) {
  Object.assign(known, { counts, nodes });
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
  else fill("nodes", table([
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

function convergence(told, { colour } = {}) {
  const panel = at("convergence");
  Object.assign(known, { best: told?.best?.cost == null ? null : told.best, solutions: told?.solutions, more: told?.more });
  facts();
  const points = told?.points;
  if (!points?.id.length) {
    nothing(panel, told ? "The pool has no solution of this puzzle yet." : "There is no puzzle in the pool yet: permq puzzle add stores one.");
    return;
  }
  const names = [...new Set(points[colour].map((name) => name ?? "unknown"))].sort();
  const low = floor(points.cost);
  const y = (place) => Math.max(points.cost[place], low);
  const groups = names.slice(0, most).concat(names.length > most ? ["others"] : []);
  const places = points.id.map((_, place) => place);
  const group = (place) => Math.min(names.indexOf(points[colour][place] ?? "unknown"), groups.length - 1);
  const { records } = told;
  const steps = records.map((place) => [points.at[place], y(place)]);
  steps.push([points.at.at(-1), steps.at(-1)[1]]);
  const words = (place) => {
    const record = records[Math.min(place, records.length - 1)];
    return `best so far ${cost(points.cost[record])} at ${short(points.at[record])}, ${points.method[record]}`;
  };
  draw(panel, {
    note: told.more
      ? `${points.id.length.toLocaleString("en")} of more than ${told.solutions.toLocaleString("en")} solutions: the cheapest, the first, the last, and some in between.`
      : `${points.id.length === told.solutions ? "All" : points.id.length.toLocaleString("en") + " of"} ${told.solutions.toLocaleString("en")} solutions; the line is the best so far.`,
    label: `Convergence: cost of solutions over time, best ${cost(told.best.cost)}`,
    walk: groups.length, length: records.length, words,
    make: () => {
      const { text } = colours();
      return {
        grid: { left: 72, right: 16, top: 34, bottom: 44 },
        legend: { type: "scroll", top: 0, textStyle: { color: text } },
        xAxis: axis("found at", { type: "time", nameGap: 26 }),
        yAxis: axis("cost (MSE)", { type: "log", nameGap: 52, axisLabel: { color: colours().quiet, formatter: power } }),
        series: [
          ...groups.map((name, index) => ({
            name, type: "scatter", symbol: symbol(index), symbolSize: 6, itemStyle: { color: category(index), opacity: 0.65 },
            data: places.filter((place) => group(place) === index).map((place) => [points.at[place], y(place), place]),
            tooltip: { formatter: ({ data: [, , place] }) => `solution ${points.id[place]}\ncost ${cost(points.cost[place])}\n${points.method[place]} on ${points.node[place] ?? "–"}\n${short(points.at[place])}` },
          })),
          {
            name: "best so far", type: "line", step: "end", symbol: "circle", symbolSize: 5, showSymbol: records.length < 200,
            lineStyle: { color: text, width: 2 }, itemStyle: { color: text }, data: steps,
            tooltip: { formatter: ({ dataIndex }) => words(dataIndex) },
          },
        ],
      };
    },
  });
}

function consensus(told) {
  if (!told) {
    const text = "The pool has no solution of this puzzle yet.";
    nothing(at("agreement"), text);
    nothing(at("placement"), text);
    return;
  }
  const zone = (share) => (share >= LOCKED ? "locked" : share >= 0.5 ? "mixed" : "uncertain");
  const words = (place) => `position ${place}: ${percent(told.share[place])} run ${told.inp[place]}, ${told.out[place]}; ${zone(told.share[place])}`;
  const locked = told.share.filter((share) => share >= LOCKED).length;
  draw(at("agreement"), {
    note: `The best ${told.solutions} solution${told.solutions === 1 ? "" : "s"}: ${locked} of ${told.share.length} positions are locked (${percent(LOCKED)} or more run the same block).`,
    label: `Agreement by position: ${locked} of ${told.share.length} locked`,
    walk: 0, length: told.share.length, words,
    make: () => {
      const { text, quiet } = colours();
      const fills = { locked: category(2), mixed: category(1), uncertain: category(3) };
      return {
        grid: { left: 52, right: 16, top: 12, bottom: 44 },
        xAxis: axis("position", { type: "category", data: told.share.map((_, place) => place), nameGap: 26 }),
        yAxis: axis("share that agree", { type: "value", min: 0, max: 1, nameGap: 36, axisLabel: { color: quiet, formatter: (v) => `${Math.round(100 * v)} %` } }),
        series: [{
          type: "bar", barCategoryGap: "15%",
          data: told.share.map((share) => ({ value: share, itemStyle: { color: fills[zone(share)] } })),
          tooltip: { formatter: ({ dataIndex }) => words(dataIndex) },
          markLine: { silent: true, symbol: "none", label: { show: false }, lineStyle: { color: text, type: "dashed" }, data: [{ yAxis: 0.5 }] },
        }],
      };
    },
  });
  const blocks = told.share.length;
  const order = told.placement.map((_, place) => place).sort((a, b) => told.placement[a][0] - told.placement[b][0] || told.placement[b][2] - told.placement[a][2]);
  const cells = order.map((place) => told.placement[place]);
  const say = (place) => `position ${cells[place][0]}: layer ${told.layers[cells[place][1]]} with ${percent(cells[place][2])}`;
  draw(at("placement"), {
    note: "Weight of each input layer at each position; layers stand in the best solution's order. Above, the entropy of every position.",
    label: "Placement: posterior of layers by position",
    walk: 0, length: cells.length, words: say,
    make: () => {
      const { quiet } = colours();
      const ticks = told.share.map((_, place) => place);
      return {
        visualMap: scale("weight", 0, 1, { seriesIndex: 0, text: ["1", "weight 0"] }),
        grid: [{ left: 60, right: 16, top: "26%", bottom: 44 }, { left: 60, right: 16, top: 34, height: "13%" }],
        xAxis: [
          axis("position", { type: "category", data: ticks, nameGap: 26, gridIndex: 0 }),
          axis("", { type: "category", data: ticks, gridIndex: 1, axisLabel: { show: false } }),
        ],
        yAxis: [
          axis("input layer", { type: "category", data: told.layers, inverse: true, nameGap: 40, gridIndex: 0 }),
          axis("nats", { type: "value", gridIndex: 1, nameGap: 40, min: 0, max: (range) => Math.max(range.max, 0.1), splitNumber: 1, axisLabel: { color: quiet, formatter: (v) => number(v, 2) } }),
        ],
        series: [
          {
            type: "heatmap", data: cells, progressive: 0, tooltip: { formatter: ({ dataIndex }) => say(dataIndex) },
            emphasis: { itemStyle: { borderColor: quiet, borderWidth: 1 } },
          },
          {
            type: "bar", xAxisIndex: 1, yAxisIndex: 1, data: told.entropy, barCategoryGap: "15%", itemStyle: { color: category(1) },
            tooltip: { formatter: ({ dataIndex, value }) => `position ${dataIndex}: entropy ${number(value)} nats` },
          },
        ],
      };
    },
  });
}

function history(told) {
  const snapshots = told?.snapshots ?? [];
  if (!snapshots.length) {
    const text = "No snapshots yet: they are made while jobs run, or by permq submit history.";
    for (const id of ["history", "radar", "drift", "calibration"]) nothing(at(id), text);
    return;
  }
  progression(snapshots);
  radar(told);
  drift(told);
  calibration(told);
}

function progression(snapshots) {
  const low = floor(snapshots.flatMap((one) => [one.best_cost, one.median_cost]));
  const words = (place) => {
    const one = snapshots[Math.min(place, snapshots.length - 1)];
    return `snapshot ${one.id}, ${one.event}, ${short(one.at)}\nbest ${cost(one.best_cost)}, median ${cost(one.median_cost)}\n${one.solutions} solutions, ${percent(one.agreement)} agree, ${percent(one.locked)} locked\n${one.method} on ${one.node ?? "–"}`;
  };
  draw(at("history"), {
    note: `${snapshots.length} snapshot${snapshots.length === 1 ? "" : "s"}, the last one ${short(snapshots.at(-1).at)}.`,
    label: `History: best and median cost and agreement over ${snapshots.length} snapshots`,
    walk: 0, length: snapshots.length, words,
    make: () => {
      const { text, quiet } = colours();
      const line = (name, index, value, more) => ({
        name, type: "line", symbol: symbol(index), symbolSize: 6, data: snapshots.map((one) => [one.at, value(one)]),
        lineStyle: { color: category(index) }, itemStyle: { color: category(index) },
        tooltip: { formatter: ({ dataIndex }) => words(dataIndex) }, ...more,
      });
      return {
        grid: { left: 72, right: 56, top: 34, bottom: 44 },
        legend: { top: 0, type: "scroll", textStyle: { color: text } },
        xAxis: axis("time", { type: "time", nameGap: 26 }),
        yAxis: [
          axis("cost (MSE)", { type: "log", nameGap: 52, axisLabel: { color: quiet, formatter: power } }),
          axis("share", { type: "value", min: 0, max: 1, nameGap: 36, splitLine: { show: false }, axisLabel: { color: quiet, formatter: (v) => `${Math.round(100 * v)} %` } }),
        ],
        series: [
          line("best cost", 0, (one) => Math.max(one.best_cost, low)),
          line("median cost", 3, (one) => Math.max(one.median_cost, low)),
          line("agreement", 2, (one) => one.agreement, { yAxisIndex: 1 }),
          line("locked", 1, (one) => one.locked, { yAxisIndex: 1 }),
        ],
      };
    },
  });
}

function radar({ radar: polygons, skills, snapshots }) {
  const when = (id) => short(snapshots.find((one) => one.id === id).at);
  const words = (place) => `snapshot ${polygons[place].id}, ${when(polygons[place].id)}\n` + skills.map((name, index) => `${name} ${percent(polygons[place].values[index])}`).join("\n");
  draw(at("radar"), {
    note: "Pairs and order against the best known; speed as a share of the fastest shown.",
    label: `Radar of skills of ${polygons.length} snapshots`,
    walk: 0, length: polygons.length, words,
    make: () => {
      const { text, quiet, line } = colours();
      return {
        legend: { bottom: 0, type: "scroll", textStyle: { color: text } },
        radar: {
          indicator: skills.map((name) => ({ name, min: 0, max: 1 })), center: ["50%", "47%"], radius: "62%",
          axisName: { color: quiet }, splitLine: { lineStyle: { color: line } }, axisLine: { lineStyle: { color: line } }, splitArea: { show: false },
        },
        series: [{
          type: "radar",
          data: polygons.map(({ id, values }, place) => ({
            name: `snapshot ${id}`, value: values, symbol: symbol(place), symbolSize: 6,
            lineStyle: { color: category(place), width: 2 }, itemStyle: { color: category(place) }, areaStyle: { color: category(place), opacity: 0.06 },
          })),
          tooltip: { formatter: ({ dataIndex }) => words(dataIndex) },
        }],
      };
    },
  });
}

function drift({ drift: cells, compared }) {
  if (compared.length < 2 || !cells.length) {
    nothing(at("drift"), "Drift needs two snapshots with two elites each.");
    return;
  }
  const words = (place) => `snapshots ${compared[cells[place][0]]} and ${compared[cells[place][1]]}: ${number(cells[place][2])}`;
  const largest = Math.max(...cells.map((cell) => cell[2])) || 1;
  draw(at("drift"), {
    note: "How far the distances among the elites differ between any two snapshots.",
    label: `Drift of the elites' geometry between ${compared.length} snapshots, at most ${number(largest)}`,
    walk: 0, length: cells.length, words,
    make: () => ({
      grid: { left: 60, right: 16, top: 34, bottom: 44 },
      visualMap: scale("drift", 0, largest, { text: [number(largest, 2), "drift 0"] }),
      xAxis: axis("snapshot", { type: "category", data: compared, nameGap: 26 }),
      yAxis: axis("snapshot", { type: "category", data: compared, inverse: true, nameGap: 40 }),
      series: [{ type: "heatmap", data: cells, progressive: 0, tooltip: { formatter: ({ dataIndex }) => words(dataIndex) } }],
    }),
  });
}

function calibration({ calibration: curves, known: solved }) {
  const bins = curves[0].bins;
  const words = (place) => `said ${percent(bins[place].said)}, seen ${percent(bins[place].seen)}, of ${bins[place].count}`;
  draw(at("calibration"), {
    note: `Placement of the last snapshot against the ${solved ? "answer" : "best known solution"}: expected calibration error ${number(curves[0].error)}.`,
    label: `Calibration: expected calibration error ${number(curves[0].error)}`,
    walk: 1, length: bins.length, words,
    make: () => {
      const { quiet, line } = colours();
      const share = { color: quiet, formatter: (v) => `${Math.round(100 * v)} %` };
      return {
        grid: { left: 60, right: 16, top: 12, bottom: 44 },
        xAxis: axis("share said", { type: "value", min: 0, max: 1, nameGap: 26, axisLabel: share }),
        yAxis: axis("share right", { type: "value", min: 0, max: 1, nameGap: 40, axisLabel: share }),
        series: [
          { type: "line", data: [[0, 0], [1, 1]], symbol: "none", silent: true, lineStyle: { color: line, type: "dashed" }, tooltip: { show: false } },
          {
            type: "line", data: bins.map((bin) => [bin.said, bin.seen]), lineStyle: { color: category(0) }, itemStyle: { color: category(0) },
            symbol: "circle", symbolSize: (_, { dataIndex }) => 5 + 3 * Math.log10(bins[dataIndex].count), tooltip: { formatter: ({ dataIndex }) => words(dataIndex) },
          },
        ],
      };
    },
  });
}

function embedding(told) {
  if (!told) {
    nothing(at("embedding"), "No embedding yet: permq submit embed makes one.");
    return;
  }
  const words = (place) => `row ${place} of the probe set, ${told.strata[told.stratum[place]]}`;
  draw(at("embedding"), {
    note: `Probe rows behind block ${told.depth} of solution ${told.solution} (cost ${cost(told.cost)}), by stratum.`,
    label: `Embedding map of ${told.points.length} probe rows`,
    walk: 0, length: told.points.filter((_, place) => told.stratum[place] === 0).length, words,
    make: () => {
      const { text } = colours();
      return {
        grid: { left: 60, right: 16, top: 34, bottom: 44 },
        legend: { top: 0, type: "scroll", textStyle: { color: text } },
        xAxis: axis(`first component (${percent(told.explained[0])})`, { type: "value", nameGap: 26, scale: true }),
        yAxis: axis(`second component (${percent(told.explained[1])})`, { type: "value", nameGap: 40, scale: true }),
        series: told.strata.map((name, index) => ({
          name, type: "scatter", symbol: symbol(index), symbolSize: 6, itemStyle: { color: category(index), opacity: 0.7 },
          data: told.points.flatMap(([x, y], place) => (told.stratum[place] === index ? [[x, y, place]] : [])),
          tooltip: { formatter: ({ data }) => words(data[2]) },
        })),
      };
    },
  });
}

function board({ regimes, columns, cells }) {
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

function figures(told) {
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

function links(told) {
  for (const [name, url] of Object.entries(told)) {
    const link = at(name);
    if (!link) continue;
    link.hidden = !url;
    if (url) link.href = url;
  }
}

export const panels = { overview, convergence, consensus, history, embedding, board, figures, links };
