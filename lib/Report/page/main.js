// From the data to what the parts of the page draw.

/** The family of a step: its primitive without the size of its tile, or its operation. */
function kindOf(step) {
  return step.primitive ? step.primitive.split(" ")[0].split("_")[0] : step.operation;
}

/** In which order a tensor is stored, as far as a convolution that writes or reads it says so. */
function layoutsOf(report) {
  const layouts = new Map();
  const images = (uses) => uses.filter((use) => use.shape.length === 4 && report.tensors[use.tensor].place !== "weights");
  const know = (use, layout) => layout && !layouts.has(use.tensor) && layouts.set(use.tensor, layout);
  for (const step of report.steps) {
    if (!step.conv) continue;
    for (const use of images(step.writes)) know(use, step.conv.output_layout);
    for (const use of images(step.reads).slice(0, 1)) know(use, step.conv.input_layout);
  }
  for (const step of report.steps) {
    if (step.conv || step.operation === "transpose") continue;
    const known = images([...step.reads, ...step.writes]).find((use) => layouts.has(use.tensor));
    if (known) for (const use of images([...step.reads, ...step.writes])) know(use, layouts.get(known.tensor));
  }
  return layouts;
}

function prepare(data) {
  const report = { ...data };
  report.convolutions.forEach((conv, i) => (conv.number = i));
  report.steps.forEach((step, i) => {
    step.number = i;
    step.conv = report.convolutions[step.convolution];
    step.kind = kindOf(step);
    step.measured = report.profile?.launches[step.launch]?.measured_s;
    step.time = step.measured ?? step.predicted_s;
  });
  const sum = (of) => report.steps.reduce((total, step) => total + (of(step) ?? 0), 0);
  report.totalTime = sum((step) => step.time);
  report.measuredSum = sum((step) => step.measured) || 1;
  report.peakGflops = report.machine.peak_gflops * report.machine.threads;
  report.colours = coloursOf(report.steps);
  const layouts = layoutsOf(report);
  report.layoutOf = (tensor) => layouts.get(tensor) ?? "";
  return report;
}

function showMachine(report) {
  const { machine, model, memory } = report;
  const tensors = (list) => list.map((one) => `${one.name}: ${one.type} ${shapeText(one.shape)}`).join("; ");
  const facts = [
    ["Target", machine.target],
    ["Vectors", `${machine.vector_bits} bits, ${machine.vector_registers} registers`],
    ["Threads", String(machine.threads)],
    ["Peak of a core", `${digits(machine.peak_gflops)} GFLOP/s`],
    ["Memory", `${digits(machine.memory_gb_per_s)} GB/s`],
    ["Caches", [machine.l1_bytes, machine.l2_bytes, machine.l3_bytes].map(bytesText).join(", ")],
    ["Inputs", tensors(model.inputs)],
    ["Outputs", tensors(model.outputs)],
    ["Workspace", bytesText(memory.tensor_bytes + memory.kernel_bytes)],
    ["Weights", bytesText(memory.weight_bytes)],
  ];
  emptied("machine", ".facts").append(
    ...facts.map(([name, value]) => html("div", {}, html("dt", {}, name), html("dd", {}, value))),
  );
}

function show(data) {
  const report = prepare(data);
  document.title = `${report.model.name} \u2013 convopt`;
  document.getElementById("title").textContent = report.model.name;
  document.getElementById("summary").textContent =
    `${countText(report.convolutions.length, "convolution")}, ${countText(report.steps.length, "step")}, ` +
    `${timeText(report.predicted_s)} predicted for convolutions and layout transformations` +
    (report.max_error === undefined
      ? ""
      : `, an error of ${errorText(report.error)} at the outputs (limit ${errorText(report.max_error)})`) +
    `; compiled by convopt ` +
    `${report.compiler}`;
  showMachine(report);
  drawGraph(report);
  showConvolutions(report);
  showMemory(report);
  showWeights(report);
  showMeasured(report);
}

/** Whether a profile is of the inputs and kernels of a size. */
function isOf(profile, size) {
  const text = (inputs) => JSON.stringify(inputs?.map(({ name, shape }) => [name, shape]));
  if (size.sizes && text(profile.size?.inputs) !== text(size.model.inputs)) return false;
  const kernels = size.steps.filter((step) => step.launch !== undefined).map((step) => step.kernel);
  return profile.launches.length === kernels.length && profile.launches.every((launch, i) => launch.kernel === kernels[i]);
}

/** The number of the size that a profile is of, or an error text. */
function sizeOfProfile(profile, sizes) {
  if (profile?.format !== "convopt-profile" || !Array.isArray(profile.launches))
    return { error: "this is no profile of convopt-run" };
  const number = sizes.findIndex((size) => isOf(profile, size));
  return number < 0 ? { error: "this is a profile of another model, or of one compiled otherwise" } : { number };
}

function showReport() {
  const data = JSON.parse(document.getElementById("explanation").textContent);
  const sizes = sizesOf(data);
  function choose(number) {
    show(sizes[number]);
    showSizes(data, sizes, number, choose);
  }
  choose(0);
  const status = document.querySelector("#measured .load [role=status]");
  const chooser = document.querySelector("#measured input[type=file]");
  chooser.multiple = sizes.length > 1;
  chooser.addEventListener("change", async () => {
    status.textContent = "";
    for (const file of chooser.files) {
      let profile = null;
      try {
        profile = JSON.parse(await file.text());
      } catch {
        // Said below.
      }
      const { number, error } = sizeOfProfile(profile, sizes);
      if (error) {
        status.textContent = error;
        return;
      }
      sizes[number] = { ...sizes[number], profile };
      choose(number);
    }
  });
}
