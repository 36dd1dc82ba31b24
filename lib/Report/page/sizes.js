// Several sizes of one model: the page shows one of them at a time, and a table of all.

/** The data of each size, in the form that those of a model of one size have. */
function sizesOf(data) {
  if (!data.sizes) return [data];
  return data.sizes.map(({ inputs, outputs, ...size }) => ({
    ...data,
    ...size,
    model: { ...data.model, inputs, outputs },
  }));
}

/** The inputs in which sizes differ. */
function sizeText(size, common) {
  return size.model.inputs
    .filter((_, i) => common.inputs[i].shape.includes(-1))
    .map((input) => `${input.name} ${shapeText(input.shape)}`)
    .join(", ");
}

/** How many convolutions are computed otherwise than in `first`. Nodes' names need not be unique. */
function otherChoices(size, first) {
  const choices = new Map();
  for (const conv of first.convolutions) choices.set(conv.name, [...(choices.get(conv.name) ?? []), conv.choice]);
  return size.convolutions.filter((conv) => (choices.get(conv.name)?.shift() ?? conv.choice) !== conv.choice).length;
}

function sizeColumns(data, sizes, chosen, choose) {
  const predicted = (row) => row.size.predicted_s;
  const measured = (row) => row.size.profile?.run_s;
  const tensors = (row) => row.size.memory.tensor_bytes;
  const button = (row) =>
    html(
      "button",
      { type: "button", "aria-pressed": String(row.number === chosen), onclick: () => choose(row.number) },
      sizeText(row.size, data.model),
    );
  return [
    { title: "#", kind: "number", value: (row) => row.number },
    {
      title: "Size",
      kind: "fixed",
      value: (row) => sizeText(row.size, data.model),
      cell: (row, cell) => cell.append(button(row)),
    },
    { title: "Predicted", kind: "number", value: predicted, text: (row) => timeText(predicted(row)) },
    { title: "Measured", kind: "number", value: measured, text: (row) => timeText(measured(row)) },
    { title: "Tensors", kind: "number", value: tensors, text: (row) => bytesText(tensors(row)) },
    {
      title: "Other choices",
      kind: "number",
      hint: "Convolutions that are computed otherwise than in the first size",
      value: (row) => otherChoices(row.size, sizes[0]),
    },
  ];
}

/** Shows all sizes, `chosen` as the one that is looked at; `choose(number)` looks at another. */
function showSizes(data, sizes, chosen, choose) {
  if (sizes.length === 1) return;
  for (const part of document.querySelectorAll("#size, #sizes, nav a[href='#sizes']")) part.hidden = false;
  const options = sizes.map((size, i) => html("option", { value: i }, sizeText(size, data.model)));
  const select = emptied("size", "select");
  select.append(...options);
  select.value = String(chosen);
  select.onchange = () => choose(Number(select.value));
  emptied("sizes", ".content").append(
    makeTable({
      name: "sizes",
      caption: "Sizes",
      columns: sizeColumns(data, sizes, chosen, choose),
      rows: sizes.map((size, number) => ({ size, number })),
      filter: false,
    }),
  );
}
