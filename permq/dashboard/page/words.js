// Numbers, times and shares as people read them.

const DAY = 86_400_000;

export const number = (value, digits = 3) => (value == null ? "–" : Number(value).toLocaleString("en", { maximumSignificantDigits: digits }));
export const cost = (value) => {
  if (value == null) return "–";
  return value !== 0 && (Math.abs(value) < 1e-3 || Math.abs(value) >= 1e5) ? value.toExponential(4) : value.toPrecision(6);
};
export const percent = (value) => `${Math.round(100 * value)} %`;
export const short = (ms) => {
  const when = new Date(ms);
  const time = when.toLocaleTimeString([], { hour: "2-digit", minute: "2-digit", second: "2-digit" });
  return Date.now() - ms < DAY ? time : `${when.toLocaleDateString()} ${time}`;
};
export const span = (seconds) => {
  if (seconds == null) return "–";
  if (seconds < 100) return `${Math.round(seconds)} s`;
  if (seconds < 6000) return `${Math.round(seconds / 60)} min`;
  return seconds < 200_000 ? `${Math.round(seconds / 3600)} h` : `${Math.round(seconds / 86_400)} d`;
};
export const power = (value) => (value >= 1e-3 && value < 1e4 ? String(value) : value.toExponential(0));
// A logarithmic axis knows no 0: an exact answer lies on its floor.
export const floor = (values) => Math.min(...values.filter((one) => one > 0), 1) / 10;
