// A profile beside the prediction: step by step, as points, and under the roofline of the machine (S. Williams,
// A. Waterman and D. Patterson, "Roofline", CACM 52(4), 2009).

const PLOT = { width: 520, height: 340, left: 74, right: 28, top: 14, bottom: 44 };

/** A logarithmic scale from `values` to pixels, with its ticks at powers of ten. */
function logScale(values, from, to) {
  const low = Math.floor(Math.log10(Math.min(...values)) - 0.05);
  const high = Math.max(Math.ceil(Math.log10(Math.max(...values)) + 0.05), low + 1);
  const scale = (value) => from + ((Math.log10(value) - low) / (high - low)) * (to - from);
  scale.ticks = Array.from({ length: high - low + 1 }, (_, i) => 10 ** (low + i));
  return scale;
}

/** Axes of a plot with logarithmic scales; returns the drawing, and x and y in it. */
function logPlot({ label, xValues, yValues, xTitle, yTitle, xText, yText }) {
  const { width, height, left, right, top, bottom } = PLOT;
  const x = logScale(xValues, left, width - right);
  const y = logScale(yValues, height - bottom, top);
  const drawing = svg("svg", { viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": label });
  for (const tick of x.ticks)
    drawing.append(
      svg("line", { class: "grid", x1: x(tick), x2: x(tick), y1: top, y2: height - bottom }),
      svg("text", { class: "small", x: x(tick), y: height - bottom + 18, "text-anchor": "middle" }, xText(tick)),
    );
  for (const tick of y.ticks)
    drawing.append(
      svg("line", { class: "grid", x1: left, x2: width - right, y1: y(tick), y2: y(tick) }),
      svg("text", { class: "small", x: left - 6, y: y(tick) + 4, "text-anchor": "end" }, yText(tick)),
    );
  drawing.append(
    svg("text", { class: "small", x: (left + width) / 2, y: height - 6, "text-anchor": "middle" }, xTitle),
    svg(
      "text",
      { class: "small", x: 12, y: height / 2, "text-anchor": "middle", transform: `rotate(-90 12 ${height / 2})` },
      yTitle,
    ),
  );
  return { drawing, x, y };
}

function addPoint(plot, step, xValue, yValue, report) {
  const radius = 3 + 9 * Math.sqrt(step.measured / report.measuredSum);
  plot.drawing.append(
    svg(
      "circle",
      { class: step.conv ? "point" : "point other", cx: plot.x(xValue), cy: plot.y(yValue), r: radius },
      svgTitle(`${step.number}: ${step.node}\n${step.primitive || step.operation}\nmeasured ${timeText(step.measured)}`),
    ),
  );
}

function figure(plot, caption) {
  return html("figure", {}, plot.drawing, html("figcaption", {}, caption));
}

/** Powers of ten need no decimals. */
function tickText(seconds) {
  return timeText(seconds).replace(/\.0+ /, " ");
}

function drawScatter(report, steps) {
  const shown = steps.filter((step) => step.predicted_s > 0 && step.measured > 0);
  if (!shown.length) return null;
  const times = shown.flatMap((step) => [step.predicted_s, step.measured]);
  const plot = logPlot({
    label: "Measured against predicted times",
    xValues: times,
    yValues: times,
    xTitle: "predicted",
    yTitle: "measured",
    xText: tickText,
    yText: tickText,
  });
  const ends = [plot.x.ticks[0], plot.x.ticks[plot.x.ticks.length - 1]];
  plot.drawing.append(
    svg("line", { class: "live", x1: plot.x(ends[0]), y1: plot.y(ends[0]), x2: plot.x(ends[1]), y2: plot.y(ends[1]) }),
  );
  for (const step of shown) addPoint(plot, step, step.predicted_s, step.measured, report);
  return figure(plot, "Measured against predicted: above the line a step takes longer than predicted. Area: its time.");
}

function drawRoofline(report, steps) {
  const shown = steps.filter((step) => step.operations > 0 && step.measured > 0 && step.bytes > 0);
  if (!shown.length) return null;
  const intensity = (step) => step.operations / step.bytes;
  const rate = (step) => (step.operations / step.measured) * 1e-9;
  const peak = report.peakGflops;
  const bandwidth = report.machine.memory_gb_per_s;
  const ridge = peak / bandwidth;
  const plot = logPlot({
    label: "Roofline",
    xValues: [...shown.map(intensity), ridge],
    yValues: [...shown.map(rate), peak],
    xTitle: "operations a byte",
    yTitle: "GFLOP/s",
    xText: (value) => String(Number(value.toPrecision(1))),
    yText: (value) => String(Number(value.toPrecision(1))),
  });
  const { x, y } = plot;
  const first = Math.max(x.ticks[0], y.ticks[0] / bandwidth);
  const last = x.ticks[x.ticks.length - 1];
  plot.drawing.append(
    svg("path", {
      class: "roof",
      d: `M${x(first)},${y(first * bandwidth)}L${x(ridge)},${y(peak)}H${x(last)}`,
    }),
  );
  for (const step of shown) addPoint(plot, step, intensity(step), rate(step), report);
  return figure(
    plot,
    `Roofline: peak ${digits(peak)} GFLOP/s, memory ${digits(bandwidth)} GB/s. Operations are those of the definition; ` +
      "above the roof are algorithms that save some, and what stays in a cache.",
  );
}

function measuredColumns(report) {
  const rate = (step) => (step.operations ? step.operations / step.measured : undefined);
  const time = (title, of) => ({ title, kind: "number", value: of, text: (step) => timeText(of(step)) });
  return [
    { title: "Step", kind: "number", value: (step) => step.number },
    { title: "Node", kind: "name", value: (step) => step.node },
    { title: "Kernel", kind: "fixed", value: (step) => step.primitive || step.operation },
    time("Predicted", (step) => step.predicted_s || undefined),
    time("Measured", (step) => step.measured),
    {
      title: "Ratio",
      kind: "number",
      hint: "Measured over predicted",
      value: (step) => (step.predicted_s ? step.measured / step.predicted_s : undefined),
      text: (step) => (step.predicted_s ? (step.measured / step.predicted_s).toFixed(2) : "\u2013"),
    },
    { title: "GFLOP/s", kind: "number", value: rate, text: (step) => (rate(step) ? digits(rate(step) * 1e-9) : "\u2013") },
    {
      title: "Of peak",
      kind: "number",
      hint: "Operations of the definition, over the machine's peak",
      value: (step) => (rate(step) ? rate(step) / (report.peakGflops * 1e9) : undefined),
      text: (step) => (rate(step) ? percentText(rate(step) / (report.peakGflops * 1e9)) : "\u2013"),
    },
    {
      title: "GB/s",
      kind: "number",
      hint: "Bytes of all operands, each once",
      value: (step) => step.bytes / step.measured,
      text: (step) => digits((step.bytes / step.measured) * 1e-9),
    },
  ];
}

function showMeasured(report) {
  const remark = emptied("measured", ".remark");
  const plots = emptied("measured", ".plots");
  const content = emptied("measured", ".content");
  const { profile } = report;
  if (!profile) {
    remark.append(
      "No profile is in this page. One is made by running the model compiled with --profile; choose it here, or give it " +
        "to convopt-compile as --report-profile=FILE.",
    );
    return;
  }
  const steps = report.steps.filter((step) => step.measured !== undefined);
  const both = steps.filter((step) => step.predicted_s > 0);
  const sum = (of) => both.reduce((total, step) => total + of(step), 0);
  remark.append(
    `${countText(profile.runs, "run")}, median ${timeText(profile.run_s)}, of which ${timeText(profile.outside_s)} outside ` +
      `of kernels. Steps with a prediction: ${timeText(sum((step) => step.predicted_s))} predicted, ` +
      `${timeText(sum((step) => step.measured))} measured.`,
  );
  plots.append(...[drawScatter(report, steps), drawRoofline(report, steps)].filter(Boolean));
  content.append(
    makeTable({ name: "measured", caption: "Measured and predicted times", columns: measuredColumns(report), rows: steps }),
  );
}
