// Constants by the step that reads them: as they are in the model, and in the order in which the kernel reads them.

function weightRows(report) {
  const rows = [];
  for (const step of report.steps) {
    const uses = step.reads.filter((use) => report.tensors[use.tensor].place === "weights");
    if (!uses.length) continue;
    const sum = (of) => uses.reduce((total, use) => total + of(use), 0);
    rows.push({ step, packed: sum((use) => use.bytes), before: sum((use) => use.unpacked_bytes ?? use.bytes) });
  }
  return rows;
}

function showWeights(report) {
  const rows = weightRows(report);
  const sum = (of) => rows.reduce((total, row) => total + of(row), 0);
  const most = Math.max(1, ...rows.map((row) => Math.max(row.before, row.packed)));
  emptied("weights", ".remark").append(
    `${bytesText(sum((row) => row.before))} before packing, ${bytesText(sum((row) => row.packed))} packed; the object ` +
      `holds ${bytesText(report.memory.weight_bytes)}, equal constants once.`,
  );
  const bar = (bytes) => html("i", { style: `width:${((100 * bytes) / most).toFixed(2)}%` });
  emptied("weights", ".content").append(
    makeTable({
      name: "weights",
      caption: "Weights by layer",
      rows,
      columns: [
        { title: "Step", kind: "number", value: ({ step }) => step.number },
        { title: "Node", kind: "name", value: ({ step }) => step.node },
        { title: "Layer", kind: "fixed", value: ({ step }) => step.shape },
        { title: "Choice", kind: "fixed", value: ({ step }) => step.primitive || step.operation },
        { title: "Before", kind: "number", value: (row) => row.before, text: (row) => bytesText(row.before) },
        { title: "Packed", kind: "number", value: (row) => row.packed, text: (row) => bytesText(row.packed) },
        {
          title: "Ratio",
          kind: "number",
          value: (row) => row.packed / row.before,
          text: (row) => `${(row.packed / row.before).toFixed(2)}\u00d7`,
        },
        {
          title: "Before and packed",
          value: (row) => Math.max(row.before, row.packed),
          text: () => "",
          cell: (row, cell) => cell.append(html("div", { class: "bars" }, bar(row.before), bar(row.packed))),
        },
      ],
    }),
  );
}
