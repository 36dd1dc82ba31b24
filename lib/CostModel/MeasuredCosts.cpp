#include "convopt/CostModel/MeasuredCosts.h"
#include "convopt/CostModel/LayerText.h"
#include "llvm/Support/LineIterator.h"
#include "llvm/Support/MemoryBuffer.h"
#include <cmath>

using namespace convopt;
using llvm::StringRef;

std::string convopt::machineName(const MachineDescription &machine) {
  return machine.cpu + "/" + std::to_string(machine.vectorBits);
}

std::string convopt::transformText(Layout from, Layout to) {
  return ("transform " + stringifyLayout(from) + "->" + stringifyLayout(to))
      .str();
}

std::string convopt::imageText(int64_t batch, int64_t channels, int64_t height,
                               int64_t width) {
  return "n=" + std::to_string(batch) + " c=" + std::to_string(channels) +
         " h=" + std::to_string(height) + " w=" + std::to_string(width);
}

static llvm::Error error(const llvm::Twine &message) {
  return llvm::createStringError(llvm::inconvertibleErrorCode(), message);
}

static std::string keyOf(const ConvLayer &layer, const Choice &choice) {
  return layerText(layer) + "," + toString(choice);
}

llvm::Expected<std::unique_ptr<MeasuredCosts>>
MeasuredCosts::read(StringRef path, const MachineDescription &machine,
                    std::unique_ptr<CostModel> model) {
  auto file = llvm::MemoryBuffer::getFile(path, /*IsText=*/true);
  if (!file)
    return error(path + ": " + file.getError().message());
  auto costs = std::make_unique<MeasuredCosts>();
  costs->model = std::move(model);
  std::string name = machineName(machine), other;
  llvm::line_iterator line(**file);
  constexpr StringRef head = "layer,choice,machine,seconds";
  if (line.is_at_eof() ||
      (*line != head && !line->starts_with((head + ",").str())))
    return error(
        path + ": not a file of measured costs: its first line is not " + head);
  for (++line; !line.is_at_eof(); ++line) {
    llvm::SmallVector<StringRef, 5> cells;
    line->split(cells, ',', 4);
    double seconds;
    if (cells.size() < 4 || cells[3].getAsDouble(seconds) ||
        !std::isfinite(seconds) || seconds < 0)
      return error(path + ":" + llvm::Twine(line.line_number()) +
                   ": not layer, choice, machine and seconds");
    if (!cells[1].starts_with("transform "))
      if (auto choice = parseChoiceName(cells[1]); !choice)
        return error(path + ":" + llvm::Twine(line.line_number()) + ": " +
                     llvm::toString(choice.takeError()));
    if (cells[2] == name)
      costs->seconds[(cells[0] + "," + cells[1]).str()] = seconds;
    else
      other = cells[2].str();
  }
  if (costs->seconds.empty())
    return error(path + ": nothing was measured on " + name +
                 (other.empty() ? "" : ", only on " + other));
  return costs;
}

double MeasuredCosts::convolution(const ConvProblem &layer,
                                  const Choice &choice,
                                  const MachineDescription &machine) const {
  std::string key = keyOf(layer, choice);
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
      imageText(batch, channels, height, width) + "," + transformText(from, to);
  if (auto found = seconds.find(key); found != seconds.end())
    return found->second;
  missingTransformations.insert(key);
  return model->transformation(batch, channels, height, width, from, to,
                               machine);
}

bool MeasuredCosts::knows(const ConvProblem &layer,
                          const Choice &choice) const {
  return seconds.contains(keyOf(layer, choice)) || model->knows(layer, choice);
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
