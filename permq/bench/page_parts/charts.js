"use strict";
(() => {
  const options = JSON.parse(document.getElementById("options").textContent);
  // a dot with its interval; of several series each has a lane of its own in the row
  const interval = (params, api) => {
    const row = api.value(1);
    const lanes = api.value(5);
    const band = api.size([0, 1])[1];
    const shift = (api.value(4) - (lanes - 1) / 2) * 0.8 * band / lanes;
    const at = (value) => {
      const point = api.coord([value, row]);
      return [point[0], point[1] + shift];
    };
    const color = api.visual("color");
    const [x, y] = at(api.value(0));
    const parts = [{ type: "circle", shape: { cx: x, cy: y, r: 4.5 }, style: { fill: color } }];
    if (!Number.isNaN(api.value(2)) && !Number.isNaN(api.value(3))) {
      const low = at(api.value(2))[0];
      const high = at(api.value(3))[0];
      const line = (x1, y1, x2, y2) => ({
        type: "line", shape: { x1, y1, x2, y2 }, style: { stroke: color, lineWidth: 1.6 },
      });
      parts.push(line(low, y, high, y), line(low, y - 4, low, y + 4), line(high, y - 4, high, y + 4));
    }
    return { type: "group", children: parts };
  };
  const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
  options.forEach((option, number) => {
    option.series.forEach((series) => {
      if (series.renderItem === "interval") series.renderItem = interval;
    });
    const short = (value) => (value >= 1e-3 && value < 1e5 ? String(value) : value.toExponential(0));
    [option.xAxis].flat().forEach((axis) => {
      if (axis && axis.type === "log") axis.axisLabel = { formatter: short, hideOverlap: true };
    });
    option.animation = !calm;
    option.tooltip = { trigger: "item", confine: true, formatter: (p) => p.data && p.data.text };
    option.toolbox = { right: 0, top: 0, feature: { saveAsImage: { title: "save", pixelRatio: 2 } } };
    option.textStyle = { fontFamily: "system-ui, sans-serif" };
    const chart = echarts.init(document.getElementById(`chart${number}`), null, { renderer: "canvas" });
    chart.setOption(option);
    addEventListener("resize", () => chart.resize());
  });
})();
