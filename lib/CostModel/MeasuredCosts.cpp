// Profiled times of one network on one machine, laid over a model: what was
// measured is taken as it is, anything else is predicted and remembered, so
// that the user is told how much of a choice rests on predictions. Rows are
// found by the text that wrote them (layer and choice in words), which lets a
// file outlive the compiler that measured it: a row that no choice has a name
// for any more is simply never asked for.

#include "convopt/CostModel/MeasuredCosts.h"
#include "convopt/CostModel/SampleRows.h"

using namespace convopt;
using llvm::StringRef;

llvm::Expected<std::unique_ptr<MeasuredCosts>>
MeasuredCosts::read(StringRef path, const MachineDescription &machine,
                    std::unique_ptr<CostModel> model, int64_t threads) {
  auto costs = std::make_unique<MeasuredCosts>();
  costs->model = std::move(model);
  costs->threads = threads;
  std::string name = machineName(machine), others;
  llvm::Expected<std::vector<Sample>> samples = readSamples(path);
  if (!samples)
    return samples.takeError();
  for (const Sample &sample : *samples) {
    if (sample.machine != name)
      others = sample.machine;
    else if (sample.threads == 1)
      costs->seconds[sample.key] = sample.seconds();
    else if (sample.threads == threads)
      costs->threaded[sample.key] = sample.seconds();
    else
      others = name + " with " + std::to_string(sample.threads) + " threads";
  }
  if (costs->seconds.empty() && costs->threaded.empty())
    return llvm::createStringError(
        path + ": nothing was measured on " + name +
        (others.empty() ? "" : ", only on " + others));
  return costs;
}

static std::optional<double> lookUp(const llvm::StringMap<double> &seconds,
                                    StringRef key) {
  auto found = seconds.find(key);
  if (found == seconds.end())
    return std::nullopt;
  return found->second;
}

std::optional<double>
MeasuredCosts::threadedConvolution(const ConvProblem &layer,
                                   const Choice &choice, int64_t count) const {
  return count == threads ? lookUp(threaded, sampleKey(layer, choice))
                          : std::nullopt;
}

std::optional<double> MeasuredCosts::threadedTransformation(
    int64_t batch, int64_t channels, int64_t height, int64_t width, Layout from,
    Layout to, int64_t count) const {
  if (from == to || count != threads)
    return std::nullopt;
  return lookUp(threaded, sampleKey(ImageTransformation{batch, channels, height,
                                                        width, from, to}));
}

double MeasuredCosts::convolution(const ConvProblem &layer,
                                  const Choice &choice,
                                  const MachineDescription &machine) const {
  std::string key = sampleKey(layer, choice);
  if (auto found = seconds.find(key); found != seconds.end())
    return found->second;
  if (model->knows(layer, choice, machine))
    missingChoices.insert(key);
  return model->convolution(layer, choice, machine);
}

double MeasuredCosts::transformation(int64_t batch, int64_t channels,
                                     int64_t height, int64_t width, Layout from,
                                     Layout to,
                                     const MachineDescription &machine) const {
  if (from == to)
    return 0;
  std::string key =
      sampleKey(ImageTransformation{batch, channels, height, width, from, to});
  if (auto found = seconds.find(key); found != seconds.end())
    return found->second;
  missingTransformations.insert(key);
  return model->transformation(batch, channels, height, width, from, to,
                               machine);
}

bool MeasuredCosts::knows(const ConvProblem &layer, const Choice &choice,
                          const MachineDescription &machine) const {
  std::string key = sampleKey(layer, choice);
  return seconds.contains(key) || threaded.contains(key) ||
         model->knows(layer, choice, machine);
}

/// The first in alphabetical order, so that messages do not depend on hashes.
static std::string firstOf(const llvm::StringSet<> &keys) {
  StringRef first;
  for (const auto &entry : keys)
    if (first.empty() || entry.getKey() < first)
      first = entry.getKey();
  auto [layer, choice] = first.split(',');
  return (" (" + choice + " for " + layer +
          (keys.size() > 1 ? " and others)" : ")"))
      .str();
}

std::string MeasuredCosts::lacking() const {
  std::string text;
  auto add = [&](const llvm::StringSet<> &keys, const char *what) {
    if (!keys.empty())
      text += (text.empty() ? "" : ", ") + std::to_string(keys.size()) + " " +
              what + (keys.size() > 1 ? "s" : "") + firstOf(keys);
  };
  add(missingChoices, "choice");
  add(missingTransformations, "layout transformation");
  return text.empty() ? text : "predicted what was not measured: " + text;
}
