// Asks for what is shown, again and again, and hands it to the panels.

import { refreshCharts } from "./charts.js";
import { panels } from "./panels.js";

const SLOWER_WHEN_IDLE = 2.5;
const HIDDEN_PAUSE = 1000;

// Seconds between two questions while jobs run.
const sources = [
  { name: "overview", every: 2, path: () => "api/overview" },
  { name: "convergence", every: 4, path: ofPuzzle("convergence") },
  { name: "consensus", every: 5, path: ofPuzzle("consensus") },
  { name: "history", every: 8, path: ofPuzzle("history") },
  { name: "embedding", every: 20, path: ofPuzzle("embedding") },
  { name: "figures", every: 10, path: ofPuzzle("figures") },
  { name: "board", every: 15, path: () => "api/board" },
  { name: "links", every: 30, path: () => "api/links" },
];

const puzzleChoice = document.getElementById("puzzle");
const themeChoice = document.getElementById("theme");
const colourChoice = document.getElementById("colour");
const state = document.getElementById("state");
const updated = document.getElementById("updated");

let puzzle = new URLSearchParams(location.search).get("puzzle");
let busy = true;
let offered = "";

function ofPuzzle(name) {
  return () => (puzzle ? `api/puzzles/${puzzle}/${name}` : null);
}

function tell(text, away) {
  state.classList.toggle("away", away);
  if (state.textContent !== text) state.textContent = text;
}

async function ask(source) {
  const path = source.path();
  source.due = performance.now() + 1000 * source.every * (busy ? 1 : SLOWER_WHEN_IDLE);
  if (!path) {
    if (source.name !== "overview") panels[source.name](null);
    return;
  }
  const answer = await fetch(path, { headers: { Accept: "application/json" } });
  const text = await answer.text();
  if (path !== source.path()) return; // another puzzle was chosen meanwhile
  if (!answer.ok) {
    let reason = `the server says ${answer.status}`;
    try { reason = JSON.parse(text).error ?? reason; } catch { /* no JSON: the status says it */ }
    throw new Error(reason);
  }
  if (text !== source.text) {
    source.text = text;
    source.told = JSON.parse(text);
    show(source);
  }
}

function show(source) {
  if (source.name === "overview") {
    const counts = source.told.counts;
    busy = ["running", "assigned", "ready"].some((name) => counts[name]);
    offer(source.told.puzzles);
  }
  panels[source.name](source.told, { colour: colourChoice.value });
}

function offer(puzzles) {
  if (!puzzles.some((one) => String(one.id) === puzzle)) choose(puzzles[0] ? String(puzzles[0].id) : null);
  if (JSON.stringify(puzzles) === offered) return; // an open list stays open
  offered = JSON.stringify(puzzles);
  const options = puzzles.map((one) => {
    const option = new Option(`${one.name} (${one.fingerprint.slice(0, 6)})`, one.id);
    option.selected = String(one.id) === puzzle;
    return option;
  });
  puzzleChoice.replaceChildren(...(options.length ? options : [new Option("none yet", "")]));
}

function choose(id) {
  if (puzzle === id) return;
  puzzle = id;
  for (const source of sources) {
    if (source.name !== "overview") { source.due = 0; source.text = undefined; }
  }
}

async function round() {
  if (!document.hidden) {
    const now = performance.now();
    try {
      for (const source of sources) {
        if ((source.due ?? 0) <= now) await ask(source);
      }
      tell("live", false);
      updated.textContent = new Date().toLocaleTimeString();
    } catch (problem) {
      tell(problem instanceof TypeError ? "the dashboard does not answer" : problem.message, true);
    }
  }
  setTimeout(round, HIDDEN_PAUSE);
}

function paint() {
  if (themeChoice.value) document.documentElement.dataset.theme = themeChoice.value;
  else delete document.documentElement.dataset.theme;
  refreshCharts();
}

puzzleChoice.addEventListener("change", () => {
  choose(puzzleChoice.value);
  history.replaceState(null, "", `?puzzle=${puzzleChoice.value}`);
});
themeChoice.addEventListener("change", () => {
  localStorage.setItem("theme", themeChoice.value);
  paint();
});
colourChoice.addEventListener("change", () => {
  const source = sources.find((one) => one.name === "convergence");
  if (source.told) show(source);
});
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", paint);

themeChoice.value = localStorage.getItem("theme") ?? "";
paint();
round();
