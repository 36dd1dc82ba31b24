// The network as it runs: a box for each step, an edge where one reads what another wrote.

const NODE = { width: 224, height: 66, below: 36 };
const PALETTE = ["#0072b2", "#e69f00", "#009e73", "#cc79a7", "#56b4e9", "#d55e00", "#b8a800", "#8a8f98"];

/** Colours for the kinds of steps, the most frequent first; all after the seventh share one. */
function coloursOf(steps) {
  const counts = new Map();
  for (const step of steps) counts.set(step.kind, (counts.get(step.kind) ?? 0) + 1);
  const kinds = [...counts].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1));
  return new Map(kinds.map(([kind, count], i) => [kind, { colour: PALETTE[Math.min(i, PALETTE.length - 1)], count }]));
}

/** Inputs, steps and outputs, in an order in which what is read comes first; and who reads whom. */
function graphOf(report) {
  const nodes = [];
  const edges = [];
  const numberOf = new Map();
  const add = (key, node) => {
    numberOf.set(key, nodes.length);
    nodes.push({ width: NODE.width, ...node });
  };
  const connect = (from, to, use) => {
    const known = edges.find((edge) => edge[0] === from && edge[1] === to);
    if (!known) edges.push([from, to, use]);
  };
  report.tensors.forEach((tensor, i) => {
    if (tensor.place === "input") add(`in${i}`, { tensor, width: 180 });
  });
  // What several steps write part by part is a node, else each of them would have an edge to each that reads it.
  const joint = (use) => {
    const key = `joint ${use.tensor} ${use.from}`;
    if (!numberOf.has(key)) {
      add(key, { tensor: { place: "joined", name: "", shape: use.shape }, width: 180 });
      for (const from of use.from) connect(numberOf.get(from), numberOf.get(key), use);
    }
    return numberOf.get(key);
  };
  report.steps.forEach((step, i) => {
    const joints = step.reads.map((use) => (use.from.length > 1 ? joint(use) : undefined));
    add(i, { step });
    step.reads.forEach((use, k) => {
      if (joints[k] !== undefined) connect(joints[k], numberOf.get(i), use);
      else for (const from of use.from) connect(numberOf.get(from), numberOf.get(i), use);
      if (numberOf.has(`in${use.tensor}`)) connect(numberOf.get(`in${use.tensor}`), numberOf.get(i), use);
    });
  });
  report.tensors.forEach((tensor, i) => {
    if (tensor.place !== "output") return;
    add(`out${i}`, { tensor, width: 180 });
    report.steps.forEach((step, number) => {
      const use = step.writes.find((write) => write.tensor === i);
      if (use) connect(numberOf.get(number), numberOf.get(`out${i}`), use);
    });
  });
  return { nodes, edges };
}

function nodeTexts(node) {
  if (node.tensor) {
    const { tensor } = node;
    return [shortened(tensor.name || tensor.place, 24), shapeText(tensor.shape), ""];
  }
  const { step } = node;
  const conv = step.conv;
  const others = step.parts.map((part) => part.operation).filter((text) => text !== "convolution");
  return [
    shortenedEnd(conv ? `${conv.primitive} ${conv.variant}` : step.operation, 30),
    shortenedEnd(step.shape, 29),
    conv && others.length ? `with ${others.join("; ")}` : others.filter((text) => text !== step.operation).join("; "),
  ];
}

function drawNode(node, place, top, report) {
  const [title, shape, within] = nodeTexts(node);
  const x = place.x - node.width / 2;
  const { step } = node;
  const height = node.tensor ? 42 : NODE.height;
  const label = step ? `step ${step.number}, ${title}, ${shape}, ${timeText(step.time)}` : `${title}, ${shape}`;
  const group = svg("g", {
    class: "node",
    transform: `translate(${x},${top})`,
    tabindex: step ? 0 : undefined,
    role: step ? "button" : "img",
    "aria-label": label,
    "data-step": step?.number,
  });
  group.append(
    svgTitle(step ? `${step.node}\n${within}` : label),
    svg("rect", { class: "box", width: node.width, height, rx: node.tensor ? 20 : 5 }),
  );
  const inset = node.tensor ? 18 : 14;
  group.append(
    svg("text", { class: "title", x: inset, y: 17 }, title),
    svg("text", { x: inset, y: 33 }, shape),
  );
  if (step) {
    const share = report.totalTime ? step.time / report.totalTime : 0;
    group.append(
      svg("rect", { x: 0, y: 0, width: 6, height, rx: 3, fill: report.colours.get(step.kind).colour }),
      svg("text", { class: "small", x: inset, y: 49 }, shortenedEnd(within, 26)),
      svg("text", { class: "small", x: node.width - 8, y: 49, "text-anchor": "end" }, step.time ? timeText(step.time) : ""),
      svg("rect", { class: "time", x: inset, y: 56, width: Math.max(1, share * (node.width - 22)), height: 4, rx: 2 }),
    );
  }
  return group;
}

/** A smooth line through the places of a route; ends at the sides of its boxes. */
function routePath(route, topOf, bottomOf) {
  let [x, y] = [route[0].x, bottomOf(route[0])];
  let path = `M${x},${y}`;
  for (const place of route.slice(1)) {
    const top = topOf(place) - (place.node ? 7 : 0);
    const middle = (y + top) / 2;
    path += `C${x},${middle} ${place.x},${middle} ${place.x},${top}`;
    [x, y] = [place.x, top];
    if (place.node) break;
    y = bottomOf(place);
    path += `L${x},${y}`;
  }
  return path;
}

function drawEdge(edge, route, topOf, bottomOf, report) {
  const use = edge[2];
  const layout = use.shape.length === 4 ? report.layoutOf(use.tensor) : "";
  const last = route[route.length - 1];
  const tip = topOf(last);
  return svg(
    "g",
    {},
    svg(
      "path",
      { class: `edge ${layout}`, d: routePath(route, topOf, bottomOf), "data-from": edge[0], "data-to": edge[1] },
      svgTitle(`${shapeText(use.shape)} ${layout}, ${bytesText(use.bytes)}`),
    ),
    svg("path", { class: "arrow", d: `M${last.x - 4},${tip - 8}h8l-4,8z` }),
  );
}

function drawLegend(report) {
  const list = emptied("network", ".legend");
  for (const [kind, { colour, count }] of report.colours)
    list.append(
      html(
        "li",
        {},
        svg("svg", { width: 12, height: 12 }, svg("rect", { width: 12, height: 12, rx: 3, fill: colour })),
        `${kind} (${count})`,
      ),
    );
  for (const [layout, text] of [["nchw", "tensor in NCHW"], ["nhwc", "tensor in NHWC or of no layout"]])
    list.append(
      html(
        "li",
        {},
        svg("svg", { width: 30, height: 12 }, svg("path", { class: `edge ${layout}`, d: "M0,6H30" })),
        text,
      ),
    );
}

/** Arrow keys go along the edges. */
function followEdge(event, drawing) {
  const side = { ArrowDown: ["data-from", "data-to"], ArrowUp: ["data-to", "data-from"] }[event.key];
  const node = event.target.closest(".node");
  if (!side || !node) return;
  const number = node.dataset.number;
  const edge = drawing.querySelector(`.edge[${side[0]}="${number}"]`);
  const next = edge && drawing.querySelector(`.node[data-number="${edge.getAttribute(side[1])}"]`);
  if (!next || !next.hasAttribute("tabindex")) return;
  event.preventDefault();
  next.focus();
  next.scrollIntoView({ block: "nearest", inline: "nearest" });
}

function drawGraph(report) {
  const { nodes, edges } = graphOf(report);
  const plan = layOut(nodes, edges);
  const pitch = NODE.height + NODE.below;
  const topOf = (place) => 12 + place.layer * pitch;
  const bottomOf = (place) => topOf(place) + (place.node?.tensor ? 42 : NODE.height);
  const width = plan.width + 32;
  const height = plan.layers * pitch;
  const drawing = svg("svg", { viewBox: `-16 0 ${width} ${height}` });
  edges.forEach((edge, i) => drawing.append(drawEdge(edge, plan.routes[i], topOf, bottomOf, report)));
  nodes.forEach((node, i) => {
    const group = drawNode(node, plan.places[i], topOf(plan.places[i]), report);
    group.setAttribute("data-number", i);
    drawing.append(group);
    if (!node.step) return;
    group.addEventListener("click", () => choose(i, node.step));
    group.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" && event.key !== " ") return;
      event.preventDefault();
      choose(i, node.step);
    });
  });
  drawing.addEventListener("keydown", (event) => followEdge(event, drawing));

  function choose(number, step) {
    for (const old of drawing.querySelectorAll(".chosen")) old.classList.remove("chosen");
    const touching = `.edge[data-from="${number}"], .edge[data-to="${number}"]`;
    for (const part of drawing.querySelectorAll(`.node[data-number="${number}"], ${touching}`))
      part.classList.add("chosen");
    showDetail(step, report);
  }
  const frame = emptied("network", ".graph");
  frame.append(drawing);
  drawLegend(report);
  const first = Math.max(nodes.findIndex((node) => node.step), 0);
  addZoom(frame, drawing, width, height, plan.places[first].x + 16);
  if (report.steps.length) choose(first, report.steps[0]);
}

/** Buttons that make the drawing larger and smaller; it begins with `middle` in the middle of its frame. */
function addZoom(frame, drawing, width, height, middle) {
  let scale = 1;
  const zoom = (factor, x, y) => {
    const old = scale;
    scale = Math.min(2, Math.max(0.2, scale * factor));
    drawing.setAttribute("width", width * scale);
    drawing.setAttribute("height", height * scale);
    frame.scrollLeft = (x / old) * scale - frame.clientWidth / 2;
    frame.scrollTop = (y / old) * scale - frame.clientHeight / 2;
  };
  const inView = (factor) => () =>
    zoom(factor, frame.scrollLeft + frame.clientWidth / 2, frame.scrollTop + frame.clientHeight / 2);
  const button = (text, label, onclick) => html("button", { type: "button", "aria-label": label, onclick }, text);
  emptied("network", ".zoom").append(
    button("\u2212", "Zoom out", inView(1 / 1.25)),
    button("+", "Zoom in", inView(1.25)),
    button("Fit", "Fit the width", () => zoom((frame.clientWidth - 20) / width / scale, 0, 0)),
  );
  zoom(1, middle, 0);
}

function usesTable(uses, report) {
  const rows = uses.map((use) => {
    const tensor = report.tensors[use.tensor];
    const layout = use.shape.length === 4 && tensor.place !== "weights" ? report.layoutOf(use.tensor) : "";
    return [`${shapeText(use.shape)} ${layout}`, bytesText(use.bytes), tensor.place];
  });
  return plainTable(["shape", "size", "in"], rows, [1]);
}

/** Everything about one step, beside the graph. */
function showDetail(step, report) {
  const detail = emptied("network", ".detail");
  const { conv } = step;
  detail.append(
    html("h3", {}, `${step.number}: `, ...breakable(step.node)),
    html("p", { class: "muted" }, step.kernel || "outside of kernels"),
    html("h4", {}, "Computed together"),
    html(
      "ul",
      {},
      ...step.parts.map((part) =>
        html("li", {}, part.node && part.node !== step.node ? `${part.operation} (${part.node})` : part.operation),
      ),
    ),
  );
  const facts = [["predicted", step.predicted_s ? timeText(step.predicted_s) : "nothing"]];
  if (step.measured !== undefined) facts.push(["measured", timeText(step.measured)]);
  if (step.operations) facts.push(["operations", `${digits(step.operations * 1e-6)} million`]);
  if (conv) facts.push(["chosen", conv.choice], ["layer", conv.summary]);
  detail.append(plainTable(null, facts));
  detail.append(html("h4", {}, "Reads"), usesTable(step.reads, report));
  detail.append(html("h4", {}, "Writes"), usesTable(step.writes, report));
  if (conv) detail.append(html("h4", {}, "Runners-up"), runnersUpList(conv, 6));
}
