// Charts: data-chart holds what is to be drawn; colours come from the tokens, so that both themes fit. Labels
// stand in the legend and in the table behind; tips are drawn in the canvas, as no inline style is allowed.
(() => {
  "use strict";
  const token = (name) => getComputedStyle(document.body).getPropertyValue(name).trim();
  const colours = () => ["--accent", "--attention", "--information", "--success", "--danger"].map(token);

  const series = (spec) => {
    const found = [];
    const palette = colours();
    spec.series.forEach((one, place) => {
      const colour = one.faint ? token("--text-3") : palette[place % palette.length];
      if (one.band) {
        const [low, high] = one.band;
        const area = { type: "line", stack: `band-${place}`, symbol: "none", silent: true, lineStyle: { opacity: 0 } };
        found.push({ ...area, name: "", data: low });
        found.push({ ...area, name: "", data: high.map((value, at) => (value == null ? null : value - low[at])), areaStyle: { color: colour, opacity: 0.16 } });
      }
      const drawn = { name: one.name, type: one.kind, data: one.values, color: colour, symbolSize: 5, barMaxWidth: 26, z: 3 };
      if (one.kind === "line") drawn.lineStyle = { width: one.faint ? 1.5 : 2.5, type: one.faint ? "dashed" : "solid" };
      if (spec.stacked) drawn.stack = "all";
      if (spec.target != null && place === 0) {
        drawn.markLine = { silent: true, symbol: "none", label: { formatter: String(spec.target), color: token("--text-2") }, lineStyle: { color: token("--text-2"), type: "dotted" }, data: [spec.sideways ? { xAxis: spec.target } : { yAxis: spec.target }] };
      }
      found.push(drawn);
    });
    return found;
  };

  const option = (spec) => {
    const text = token("--text-2"), line = token("--line");
    const names = { type: "category", data: spec.x, axisLabel: { color: text, hideOverlap: true }, axisLine: { lineStyle: { color: line } }, axisTick: { show: false }, inverse: spec.sideways };
    const values = { type: "value", min: 0, axisLabel: { color: text }, splitLine: { lineStyle: { color: line } } };
    return {
      animation: false,
      textStyle: { fontFamily: getComputedStyle(document.body).fontFamily, color: token("--text") },
      grid: { left: 8, right: 30, top: 34, bottom: 6, containLabel: true },
      legend: { top: 4, textStyle: { color: text }, itemWidth: 16, data: spec.series.map((one) => one.name) },
      tooltip: { trigger: "axis", renderMode: "richText", confine: true },
      xAxis: spec.sideways ? values : names,
      yAxis: spec.sideways ? names : values,
      series: series(spec),
    };
  };

  const known = new Map();
  const draw = () => {
    // A swap may take a chart's box away, or keep the box and empty it.
    for (const [box, chart] of known) if (!box.isConnected || !box.firstChild) { chart.dispose(); known.delete(box); }
    for (const box of document.querySelectorAll("[data-chart]")) {
      const chart = known.get(box) ?? globalThis.echarts.init(box, null, { renderer: "canvas" });
      known.set(box, chart);
      chart.setOption(option(JSON.parse(box.dataset.chart)), true);
    }
  };
  const resize = () => { for (const chart of known.values()) chart.resize(); };
  document.addEventListener("DOMContentLoaded", draw);
  document.addEventListener("htmx:after:swap", draw);
  addEventListener("resize", resize);
  new MutationObserver(draw).observe(document.documentElement, { attributes: true, attributeFilter: ["data-theme", "data-bs-theme"] });
})();
