// What each convolution is computed by, and why not by something else.

const LIMITS = {
  unmeasured: "the cost model has no samples of its like",
  nan: "it spreads a NaN to other outputs, which is not allowed",
  workspace: "it keeps more intermediates than allowed or preferred",
  weights: "its packed filter is larger than allowed",
  named: "another primitive was pinned or forced",
};

function transpositionsText(transformations) {
  if (!transformations.length) return "no further transposition, but other choices around it";
  const names = transformations.slice(0, 3).map((one) => `${one.name} ${one.from}\u2192${one.to}`);
  const more = transformations.length > 3 ? ", \u2026" : "";
  return `${countText(transformations.length, "more transposition")} (${names.join(", ")}${more})`;
}

/** Why a runner-up that is predicted to be faster was not taken; "" for one that is not. */
function reasonText(runnerUp, conv) {
  const why = runnerUp.not_taken;
  if (!why) return "";
  switch (why.because) {
    case "layouts":
      if (why.plan_dearer_s === undefined) return "the tensors around it cannot be stored in its layouts";
      if (why.plan_dearer_s < 1e-9) return "its layouts make the whole no faster";
      return `its layouts make the whole ${timeText(why.plan_dearer_s)} slower: ${transpositionsText(why.transformations)}`;
    case "growth":
      return (
        `its packed filter takes ${bytesText(runnerUp.growth_bytes)} beyond the filter ` +
        `(the chosen one's ${bytesText(conv.growth_bytes)}), which costs more than it saves`
      );
    case "error":
      return (
        `its error is beyond the limit: a bound of ${runnerUp.error_bound} for itself, ` +
        `${errorText(runnerUp.error)} predicted at the outputs`
      );
    default:
      return LIMITS[why.because] ?? why.because;
  }
}

function ratioText(other, conv) {
  return `${(other.predicted_s / conv.predicted_s).toFixed(2)}\u00d7`;
}

function runnersUpTable(conv) {
  const rows = conv.runners_up.map((other) => [
    other.choice,
    timeText(other.predicted_s),
    ratioText(other, conv),
    reasonText(other, conv),
  ]);
  return plainTable(["choice", "predicted", "to chosen", "faster, but"], rows, [1, 2]);
}

/** The first `most` where there is less room. */
function runnersUpList(conv, most) {
  const items = conv.runners_up.slice(0, most).map((other) => {
    const reason = reasonText(other, conv);
    const text = `${other.choice}: ${timeText(other.predicted_s)}, ${ratioText(other, conv)}`;
    return html("li", {}, text, reason ? html("div", { class: "muted" }, `faster, but ${reason}`) : null);
  });
  const left = conv.runners_up.length - items.length;
  if (left > 0) items.push(html("li", { class: "muted" }, `${left} more in the table of convolutions`));
  return html("ul", {}, ...items);
}

function layerDetail(conv) {
  const { layer } = conv;
  const pair = (values) => values.join("\u00d7");
  return html(
    "p",
    {},
    `Batch ${layer.batch}, ${layer.in_channels} \u2192 ${layer.out_channels} channels in ` +
      `${countText(layer.groups, "group")}, ${pair(layer.in_size)} \u2192 ${pair(layer.out_size)}, ` +
      `kernel ${pair(layer.kernel)}, stride ${pair(layer.stride)}, dilation ${pair(layer.dilation)}, ` +
      `padding top, left, bottom, right ${layer.padding.join(", ")}; ` +
      `${digits(layer.multiply_adds * 1e-6)} million multiply-adds; error bound ${conv.error_bound}, ` +
      `${errorText(conv.error)} predicted at the outputs` +
      (conv.saved_s === undefined ? "." : `; ${timeText(conv.saved_s)} less than in full precision.`),
  );
}

function convolutionColumns(report) {
  const nearest = (conv) => conv.runners_up[0];
  const fasterOf = (conv) => conv.runners_up.filter((other) => other.not_taken);
  const longest = Math.max(...report.convolutions.map((conv) => conv.predicted_s));
  const columns = [
    { title: "#", kind: "number", value: (conv) => conv.number },
    { title: "Node", kind: "name", value: (conv) => conv.name },
    { title: "Layer", kind: "fixed", value: (conv) => conv.summary },
    { title: "Choice", kind: "fixed", value: (conv) => conv.choice + (conv.pinned ? " (pinned)" : "") },
    { title: "Predicted", kind: "number", value: (conv) => conv.predicted_s, text: (conv) => timeText(conv.predicted_s) },
    {
      title: "Share",
      kind: "number",
      value: (conv) => conv.predicted_s / report.predicted_s,
      cell: (conv, cell) => {
        const width = percentText(conv.predicted_s / longest).replace(" ", "");
        const bar = html("div", { class: "bars" }, html("i", { style: `width:${width}` }));
        cell.append(percentText(conv.predicted_s / report.predicted_s), bar);
      },
    },
    {
      title: "Best runner-up",
      kind: "words",
      hint: "Of another algorithm, layout or tile, for this layer alone",
      value: (conv) => nearest(conv)?.choice,
      text: (conv) => (nearest(conv) ? `${nearest(conv).choice}: ${timeText(nearest(conv).predicted_s)}` : "\u2013"),
    },
    {
      title: "Faster",
      kind: "number",
      hint: "How many other algorithms or layouts are predicted to be faster for this layer alone",
      value: (conv) => fasterOf(conv).length,
    },
  ];
  if (report.max_error === undefined) return columns;
  columns.splice(
    6,
    0,
    {
      title: "Error",
      kind: "number",
      hint: "Relative error that the choice alone is predicted to add to the outputs",
      value: (conv) => conv.error,
      text: (conv) => errorText(conv.error),
    },
    {
      title: "Saved",
      kind: "number",
      hint: "Against the fastest choice in full precision",
      value: (conv) => conv.saved_s ?? 0,
      text: (conv) => (conv.saved_s === undefined ? "\u2013" : timeText(conv.saved_s)),
    },
  );
  return columns;
}

function showConvolutions(report) {
  const content = emptied("convolutions", ".content");
  content.append(
    makeTable({
      name: "convolutions",
      caption: "Convolutions",
      columns: convolutionColumns(report),
      rows: report.convolutions,
      inner: (conv) => html("div", {}, layerDetail(conv), runnersUpTable(conv)),
    }),
  );
  if (report.transformations.length)
    content.append(
      html("p", {}, `Layout transformations between them: ${countText(report.transformations.length, "tensor")}.`),
      plainTable(
        ["tensor of", "shape", "from", "to", "predicted"],
        report.transformations.map((one) => [
          one.name,
          shapeText(one.shape),
          one.from,
          one.to,
          timeText(one.predicted_s),
        ]),
        [4],
      ),
    );
  if (report.excluded.length)
    content.append(
      html("p", {}, "Computed as they stand, for no primitive takes them:"),
      plainTable(
        ["node", "layer", "because it"],
        report.excluded.map((one) => [one.name, one.summary ?? "", one.because]),
      ),
    );
}
