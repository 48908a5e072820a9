// A chart in a panel: its colours, its size, its words for those who do not see it, its keys.

/* global echarts */

// Okabe and Ito's, and the same brighter for a dark page.
const CATEGORIES = ["#0072B2", "#E69F00", "#009E73", "#D55E00", "#CC79A7", "#56B4E9", "#B8A800", "#8A8A8A"];
const BRIGHTER = ["#4FA3E3", "#F0B429", "#2FC49B", "#F07F3C", "#E39AC4", "#9AD8FF", "#D8CE3A", "#A9A9A9"];
const SYMBOLS = ["circle", "rect", "triangle", "diamond", "pin", "arrow", "roundRect", "circle"];
// Both from what is hardly seen on the page to what stands out; readable in grey, and with every
// kind of colour blindness.
const ON_LIGHT = ["#eef1f6", "#b9cbe0", "#7ba3c8", "#3d78ab", "#124e82", "#00224e"];
const ON_DARK = ["#232a36", "#26447a", "#575d6d", "#8a8678", "#c3b369", "#fee838"];

const shown = new Map();

export const category = (place) => (isDark() ? BRIGHTER : CATEGORIES)[Math.min(place, CATEGORIES.length - 1)];
export const symbol = (place) => SYMBOLS[Math.min(place, SYMBOLS.length - 1)];
export const most = CATEGORIES.length - 1;

// Colours of the page as they are now.
export function colours() {
  const style = getComputedStyle(document.body);
  const probe = document.createElement("i");
  document.body.append(probe);
  const found = {};
  for (const name of ["panel", "text", "quiet", "line", "accent", "good", "bad"]) {
    probe.style.color = `var(--${name})`;
    found[name] = getComputedStyle(probe).color;
  }
  probe.remove();
  return { ...found, font: style.fontFamily };
}

const isDark = () => document.documentElement.dataset.theme === "dark"
  || (!document.documentElement.dataset.theme && matchMedia("(prefers-color-scheme: dark)").matches);

export function axis(name, more = {}) {
  const { quiet, line } = colours();
  return {
    name, nameLocation: "middle", nameTextStyle: { color: quiet },
    axisLabel: { color: quiet, hideOverlap: true }, axisLine: { lineStyle: { color: line } },
    axisTick: { lineStyle: { color: line } }, splitLine: { lineStyle: { color: line, opacity: 0.6 } },
    ...more,
  };
}

export function scale(name, min, max, more = {}) {
  const { quiet } = colours();
  return {
    type: "continuous", min, max, calculable: false, inRange: { color: isDark() ? ON_DARK : ON_LIGHT }, text: [name, ""],
    orient: "horizontal", right: 4, top: 0, itemWidth: 10, itemHeight: 90,
    textStyle: { color: quiet }, ...more,
  };
}

// Draw into a panel. `make` gives ECharts' option in the present colours, `words(place)` says what
// stands at a place of the series that the arrow keys walk along; `walk` is that series, or gives
// the series and the place in it.
export function draw(panel, { note, label, make, walk = 0, length = 0, words }) {
  let chart = panel.querySelector(".chart");
  if (!chart) {
    panel.querySelector(".none")?.remove();
    const said = Object.assign(document.createElement("p"), { className: "note" });
    const spoken = Object.assign(document.createElement("p"), { className: "spoken" });
    spoken.setAttribute("aria-live", "polite");
    chart = Object.assign(document.createElement("div"), { className: "chart", tabIndex: 0 });
    chart.setAttribute("role", "img");
    panel.append(said, chart, spoken);
    new ResizeObserver(() => echarts.getInstanceByDom(chart)?.resize()).observe(chart);
    chart.addEventListener("keydown", (event) => step(panel, event));
    chart.addEventListener("blur", () => tip(panel, null));
  }
  chart.setAttribute("aria-label", label);
  panel.querySelector(".note").textContent = note;
  const before = shown.get(panel)?.place ?? null;
  shown.set(panel, { make, walk, length, words, place: before });
  paint(panel);
}

// Say in one line why there is nothing to draw.
export function nothing(panel, text) {
  const chart = panel.querySelector(".chart");
  if (chart) {
    echarts.getInstanceByDom(chart)?.dispose();
    shown.delete(panel);
    for (const part of panel.querySelectorAll(".chart, .note, .spoken")) part.remove();
  }
  let line = panel.querySelector(".none");
  if (!line) {
    line = Object.assign(document.createElement("p"), { className: "none" });
    panel.append(line);
  }
  line.textContent = text;
}

export function refreshCharts() {
  for (const panel of shown.keys()) paint(panel);
}

function paint(panel) {
  const chart = panel.querySelector(".chart");
  const instance = echarts.getInstanceByDom(chart) ?? echarts.init(chart);
  const { panel: ground, text, line, font } = colours();
  instance.setOption({
    animation: false,
    textStyle: { fontFamily: font, color: text },
    // on the canvas: the page's policy allows no styles in text
    tooltip: {
      renderMode: "richText", confine: true, backgroundColor: ground, borderColor: line,
      textStyle: { color: text, fontSize: 12 },
    },
    ...shown.get(panel).make(),
  }, { notMerge: true });
}

function step(panel, event) {
  const { length, place } = shown.get(panel);
  const moves = {
    ArrowRight: (place ?? -1) + 1, ArrowLeft: (place ?? length) - 1, Home: 0, End: length - 1,
  };
  if (event.key === "Escape") tip(panel, null);
  else if (event.key in moves && length) {
    event.preventDefault();
    tip(panel, Math.max(0, Math.min(length - 1, moves[event.key])));
  }
}

function tip(panel, place) {
  const known = shown.get(panel);
  const chart = panel.querySelector(".chart");
  if (!known || !chart) return;
  known.place = place;
  const instance = echarts.getInstanceByDom(chart);
  if (place === null) instance.dispatchAction({ type: "hideTip" });
  else {
    const [seriesIndex, dataIndex] = typeof known.walk === "function" ? known.walk(place) : [known.walk, place];
    instance.dispatchAction({ type: "showTip", seriesIndex, dataIndex });
    panel.querySelector(".spoken").textContent = known.words?.(place) ?? "";
  }
}
