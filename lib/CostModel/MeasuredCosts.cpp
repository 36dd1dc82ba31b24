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
                    std::unique_ptr<CostModel> model) {
  auto costs = std::make_unique<MeasuredCosts>();
  costs->model = std::move(model);
  std::string name = machineName(machine), other;
  if (llvm::Error error = forEachSampleRow(path, [&](const SampleRow &row) {
        if (row.machine == name)
          costs->seconds[row.key] = row.seconds;
        else
          other = row.machine.str();
        return llvm::Error::success();
      }))
    return error;
  if (costs->seconds.empty())
    return llvm::createStringError(path + ": nothing was measured on " + name +
                                   (other.empty() ? "" : ", only on " + other));
  return costs;
}

double MeasuredCosts::convolution(const ConvProblem &layer,
                                  const Choice &choice,
                                  const MachineDescription &machine) const {
  std::string key = sampleKey(layer, choice);
  if (auto found = seconds.find(key); found != seconds.end())
    return found->second;
  if (model->knows(layer, choice))
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

bool MeasuredCosts::knows(const ConvProblem &layer,
                          const Choice &choice) const {
  return seconds.contains(sampleKey(layer, choice)) ||
         model->knows(layer, choice);
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
