// The workspace: each tensor is a rectangle, as wide as it lives and as high as it is large, at its offset.

const CHART = { left: 74, right: 14, top: 12, bottom: 34, height: 340, step: 13 };

/** The bytes that are live at each step. */
function liveBytes(tensors, steps) {
  return Array.from({ length: steps }, (_, step) =>
    tensors.reduce((sum, tensor) => sum + (tensor.first <= step && step <= tensor.last ? tensor.bytes : 0), 0),
  );
}

function drawMemoryAxes(drawing, bytes, steps, xOf, yOf, width) {
  for (const tick of ticksTo(bytes / (1 << 20), 5)) {
    const y = yOf(tick * (1 << 20));
    drawing.append(
      svg("line", { class: "grid", x1: CHART.left, x2: width - CHART.right, y1: y, y2: y }),
      svg("text", { class: "small", x: CHART.left - 8, y: y + 4, "text-anchor": "end" }, `${Number(tick.toPrecision(6))} MiB`),
    );
  }
  for (const tick of ticksTo(steps - 1, Math.max(2, Math.floor((xOf(steps) - CHART.left) / 90))))
    if (Number.isInteger(tick))
      drawing.append(
        svg("text", { class: "small", x: xOf(tick + 0.5), y: CHART.height - 16, "text-anchor": "middle" }, String(tick)),
      );
  drawing.append(
    svg("text", { class: "small", x: xOf(steps / 2), y: CHART.height - 2, "text-anchor": "middle" }, "step"),
  );
}

function drawMemory(report, tensors) {
  const frame = emptied("memory", ".chart");
  const steps = report.steps.length;
  const bytes = Math.max(report.memory.tensor_bytes, 1);
  const width = Math.max(frame.clientWidth - 4, CHART.left + CHART.right + steps * CHART.step);
  const inner = width - CHART.left - CHART.right;
  const xOf = (step) => CHART.left + (step / steps) * inner;
  const yOf = (offset) => CHART.height - CHART.bottom - (offset / bytes) * (CHART.height - CHART.top - CHART.bottom);
  const drawing = svg("svg", { width, height: CHART.height, viewBox: `0 0 ${width} ${CHART.height}` });
  drawMemoryAxes(drawing, bytes, steps, xOf, yOf, width);
  for (const tensor of tensors) {
    const label = `${tensor.name}: ${bytesText(tensor.bytes)} at ${tensor.offset}, steps ${tensor.first} to ${tensor.last}`;
    drawing.append(
      svg(
        "rect",
        {
          class: "tensor",
          x: xOf(tensor.first),
          y: yOf(tensor.offset + tensor.bytes),
          width: xOf(tensor.last + 1) - xOf(tensor.first),
          height: Math.max(yOf(tensor.offset) - yOf(tensor.offset + tensor.bytes), 0.7),
        },
        svgTitle(`${label}\n${tensor.type} ${shapeText(tensor.shape)}`),
      ),
    );
  }
  const live = liveBytes(tensors, steps)
    .map((sum, step) => `${step ? "L" : "M"}${xOf(step)},${yOf(sum)}H${xOf(step + 1)}`)
    .join("");
  drawing.append(svg("path", { class: "live", d: live }, svgTitle("bytes that are live")));
  frame.append(drawing);
}

function showMemory(report) {
  const tensors = report.tensors.filter((tensor) => tensor.place === "workspace" && tensor.first >= 0);
  const { tensor_bytes: bytes, least_tensor_bytes: least, kernel_bytes: kernels } = report.memory;
  emptied("memory", ".remark").append(
    `${countText(tensors.length, "tensor")} share ${bytesText(bytes)} of the workspace; at least ${bytesText(least)} ` +
      `are live at one time (the line). Kernels keep ${bytesText(kernels)} besides. Inputs, outputs and weights lie ` +
      "elsewhere.",
  );
  emptied("memory", ".chart").hidden = !tensors.length;
  emptied("memory", ".content");
  if (!tensors.length) return;
  drawMemory(report, tensors);
  const table = makeTable({
    name: "tensors",
    caption: "Tensors in the workspace",
    rows: tensors,
    columns: [
      { title: "Written by", kind: "name", value: (tensor) => tensor.name },
      { title: "Shape", kind: "fixed", value: (tensor) => `${tensor.type} ${shapeText(tensor.shape)}` },
      { title: "Offset", kind: "number", value: (tensor) => tensor.offset },
      { title: "Size", kind: "number", value: (tensor) => tensor.bytes, text: (tensor) => bytesText(tensor.bytes) },
      { title: "First step", kind: "number", value: (tensor) => tensor.first },
      { title: "Last step", kind: "number", value: (tensor) => tensor.last },
    ],
  });
  emptied("memory", ".content").append(html("details", {}, html("summary", {}, "As a table"), table));
}
