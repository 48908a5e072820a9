// What the pool holds of a puzzle: convergence, agreement and placement.

import { axis, category, colours, draw, most, nothing, scale, symbol } from "./charts.js";
import { tellPool } from "./fleet.js";
import { at } from "./tables.js";
import { cost, floor, number, percent, power, short } from "./words.js";

export function convergence(told, { colour } = {}) {
  const panel = at("convergence");
  tellPool({ best: told?.best?.cost == null ? null : told.best, solutions: told?.solutions, more: told?.more });
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

export function consensus(told) {
  if (!told) {
    const text = "The pool has no solution of this puzzle yet.";
    nothing(at("agreement"), text);
    nothing(at("placement"), text);
    return;
  }
  const [from, mixed] = told.bounds;
  const words = (place) => `position ${place}: ${percent(told.share[place])} run ${told.inp[place]}, ${told.out[place]}; ${told.zone[place]}`;
  const locked = told.zone.filter((zone) => zone === "locked").length;
  draw(at("agreement"), {
    note: `The best ${told.solutions} solution${told.solutions === 1 ? "" : "s"}: ${locked} of ${told.share.length} positions are locked (${percent(from)} or more run the same block).`,
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
          data: told.share.map((share, place) => ({ value: share, itemStyle: { color: fills[told.zone[place]] } })),
          tooltip: { formatter: ({ dataIndex }) => words(dataIndex) },
          markLine: { silent: true, symbol: "none", label: { show: false }, lineStyle: { color: text, type: "dashed" }, data: [{ yAxis: from }, { yAxis: mixed }] },
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
          axis("input layer", { type: "category", data: told.layers, inverse: true, nameGap: 40, gridIndex: 0, axisLabel: { color: quiet, interval: Math.ceil(blocks / 16) - 1 } }),
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
