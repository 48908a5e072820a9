// How the search learns: snapshots, what comparing them tells, and embeddings.

import { axis, category, colours, draw, nothing, scale, symbol } from "./charts.js";
import { at } from "./tables.js";
import { cost, floor, number, percent, power, short } from "./words.js";

export function history(told) {
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
  const names = { placement: "placement of the last snapshot", pairing: "pairs by the ensemble of scores" };
  const walked = curves.flatMap(({ bins }, index) => bins.map((_, place) => [index, place]));
  const words = ([index, place]) => {
    const { name, bins } = curves[index];
    return `${name}: said ${percent(bins[place].said)}, seen ${percent(bins[place].seen)}, of ${bins[place].count}`;
  };
  const errors = curves.map(({ name, error }) => `${names[name]} ${number(error)}`).join(", ");
  const missing = curves.some(({ name }) => name === "pairing") ? "" : " Probabilities of pairs come with permq submit pair.";
  draw(at("calibration"), {
    note: `Against the ${solved ? "answer" : "best known solution"}; expected calibration error: ${errors}.${missing}`,
    label: `Calibration: expected calibration error: ${errors}`,
    walk: (place) => [walked[place][0] + 1, walked[place][1]], length: walked.length, words: (place) => words(walked[place]),
    make: () => {
      const { text, quiet, line } = colours();
      const share = { color: quiet, formatter: (v) => `${Math.round(100 * v)} %` };
      return {
        grid: { left: 60, right: 16, top: 34, bottom: 44 },
        legend: { top: 0, type: "scroll", textStyle: { color: text }, data: curves.map(({ name }) => name) },
        xAxis: axis("share said", { type: "value", min: 0, max: 1, nameGap: 26, axisLabel: share }),
        yAxis: axis("share right", { type: "value", min: 0, max: 1, nameGap: 40, axisLabel: share }),
        series: [
          { type: "line", data: [[0, 0], [1, 1]], symbol: "none", silent: true, lineStyle: { color: line, type: "dashed" }, tooltip: { show: false } },
          ...curves.map(({ name, bins }, index) => ({
            name, type: "line", data: bins.map((bin) => [bin.said, bin.seen]),
            lineStyle: { color: category(index), type: index ? "dotted" : "solid" }, itemStyle: { color: category(index) },
            symbol: symbol(index), symbolSize: (_, { dataIndex }) => 5 + 3 * Math.log10(bins[dataIndex].count),
            tooltip: { formatter: ({ dataIndex }) => words([index, dataIndex]) },
          })),
        ],
      };
    },
  });
}

export function embedding(told) {
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
