// The choices, and beside each what else there was. A convolution has some
// hundred candidates, most of them other schedules of the same few algorithms;
// those who read a list of runners-up ask for other algorithms, so of each
// primitive and pair of layouts only the best is listed, and of the chosen pair
// the best that was not chosen.

#include "ExplanationParts.h"
#include "convopt/CostModel/LayerText.h"
#include "convopt/Primitives/ChoiceError.h"
#include <set>

using namespace llvm;

namespace convopt {

namespace {
/// A candidate that was not chosen, and why if it is predicted to be faster.
struct RunnerUp {
  const Candidate *candidate;
  const FasterCandidate *faster;
};
} // namespace

static std::string kindOf(const Candidate &candidate) {
  const Choice &choice = candidate.choice;
  return (choice.primitive->name() + " " + stringifyLayout(choice.input) +
          "->" + stringifyLayout(choice.output))
      .str();
}

/// The faster ones, then the others, by their predicted times.
static std::vector<RunnerUp> runnersUpOf(const SelectedConvolution &conv) {
  std::set<std::string> seen;
  std::vector<RunnerUp> result;
  auto add = [&](const Candidate &candidate, const FasterCandidate *faster) {
    auto isFaster = [](const RunnerUp &a, const RunnerUp &b) {
      return a.candidate->nanoseconds < b.candidate->nanoseconds;
    };
    RunnerUp runnerUp{&candidate, faster};
    if (seen.insert(kindOf(candidate)).second)
      result.insert(upper_bound(result, runnerUp, isFaster), runnerUp);
  };
  for (const FasterCandidate &faster : conv.faster)
    add(faster.candidate, &faster);
  for (const Candidate &other : conv.others)
    if (other.nanoseconds >= conv.chosen.nanoseconds)
      add(other, nullptr);
  return result;
}

static void writeLayer(json::OStream &json, const ConvProblem &layer) {
  json.attribute("summary", layerSummary(layer));
  json.attributeObject("layer", [&] {
    json.attribute("batch", layer.batch);
    json.attribute("groups", layer.groups);
    json.attribute("in_channels", layer.groups * layer.inChannels);
    json.attribute("out_channels", layer.groups * layer.outChannels);
    writeDims(json, "in_size", {layer.inHeight, layer.inWidth});
    writeDims(json, "out_size", {layer.outHeight, layer.outWidth});
    writeDims(json, "kernel", {layer.kernelHeight, layer.kernelWidth});
    writeDims(json, "stride", {layer.strideHeight, layer.strideWidth});
    writeDims(json, "dilation", {layer.dilationHeight, layer.dilationWidth});
    writeDims(json, "padding",
              {layer.padTop, layer.padLeft, layer.padBottom, layer.padRight});
    json.attribute("multiply_adds", layer.multiplyAdds());
  });
}

static void writeCandidate(json::OStream &json, const Candidate &candidate) {
  const Choice &choice = candidate.choice;
  json.attribute("choice", toString(choice));
  json.attribute("primitive", choice.primitive->name());
  json.attribute("input_layout", stringifyLayout(choice.input));
  json.attribute("output_layout", stringifyLayout(choice.output));
  json.attribute("variant", toString(choice.variant.name()));
  writeSeconds(json, "predicted_s", candidate.nanoseconds);
  json.attribute("growth_bytes", candidate.growth);
  writeSeconds(json, "growth_charge_s", candidate.charge);
  writeNumber(json, "error_bound", errorOf(choice));
  writeNumber(json, "error", candidate.error);
}

static void
writeTransformations(json::OStream &json,
                     ArrayRef<SelectedTransformation> transformations) {
  json.attributeArray("transformations", [&] {
    for (const SelectedTransformation &transformation : transformations)
      json.object([&] {
        json.attribute("name", transformation.name);
        writeDims(json, "shape", transformation.shape);
        json.attribute("from", stringifyLayout(transformation.from));
        json.attribute("to", stringifyLayout(transformation.to));
        writeSeconds(json, "predicted_s", transformation.nanoseconds);
      });
  });
}

static void writeRunnerUp(json::OStream &json, const RunnerUp &runnerUp) {
  writeCandidate(json, *runnerUp.candidate);
  if (!runnerUp.faster)
    return;
  const FasterCandidate &faster = *runnerUp.faster;
  json.attributeObject("not_taken", [&] {
    json.attribute("because", stringifyObstacle(faster.obstacle));
    if (faster.obstacle != Obstacle::Layouts)
      return;
    if (faster.dearer)
      writeSeconds(json, "plan_dearer_s", *faster.dearer);
    writeTransformations(json, faster.transformations);
  });
}

static void writeConvolution(json::OStream &json,
                             const SelectedConvolution &conv,
                             std::optional<size_t> step) {
  json.attribute("name", conv.name);
  writeLayer(json, conv.layer);
  writeCandidate(json, conv.chosen);
  json.attribute("pinned", conv.pinned);
  json.attribute("precision", toString(conv.chosen.choice.variant.precision));
  if (conv.saved)
    json.attribute("saved_s", static_cast<double>(*conv.saved) * 1e-9);
  if (step)
    json.attribute("step", *step);
  json.attributeArray("runners_up", [&] {
    for (const RunnerUp &runnerUp : runnersUpOf(conv))
      json.object([&] { writeRunnerUp(json, runnerUp); });
  });
}

void writeSelection(json::OStream &json, const SizeExplanation &size) {
  const Selection &selection = size.selection;
  std::vector<std::optional<size_t>> steps(selection.convolutions.size());
  if (size.program)
    for (auto [step, conv] :
         enumerate(matchConvolutions(*size.program, selection.convolutions)))
      if (conv)
        steps[*conv] = step;
  writeSeconds(json, "predicted_s", selection.nanoseconds());
  writeNumber(json, "error", selection.error());
  if (selection.maxError)
    writeNumber(json, "max_error", *selection.maxError);
  if (selection.checked)
    writeNumber(json, "checked_error", *selection.checked);
  json.attributeArray("convolutions", [&] {
    for (auto [conv, step] : zip_equal(selection.convolutions, steps))
      json.object([&, &conv = conv, &step = step] {
        writeConvolution(json, conv, step);
      });
  });
  writeTransformations(json, selection.transformations);
  json.attributeArray("excluded", [&] {
    for (const ExcludedConvolution &conv : selection.excluded)
      json.object([&] {
        json.attribute("name", nameOf(conv.location));
        if (conv.layer)
          writeLayer(json, *conv.layer);
        json.attribute("because", conv.why);
      });
  });
}

} // namespace convopt
