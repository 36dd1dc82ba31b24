#include "Wanted.h"
#include "Options.h"
#include "SampleFile.h"
#include "WhatToMeasure.h"
#include "convopt/CostModel/SampleRows.h"
#include "llvm/Support/FileSystem.h"

using namespace convopt;
using llvm::createStringError;

static llvm::Expected<ChoiceFilter> choiceFilter(const CommandLine &line) {
  ChoiceFilter filter;
  filter.seed = line.seed;
  if (line.choicesPerLayer != "all" &&
      llvm::StringRef(line.choicesPerLayer).getAsInteger(10, filter.count))
    return createStringError("--choices-per-layer=" + line.choicesPerLayer +
                             ": expected a number or all");
  auto wanted = parsePrimitives(line.primitives);
  if (!wanted)
    return wanted.takeError();
  filter.primitives = std::move(*wanted);
  return filter;
}

static llvm::Expected<std::vector<Task>>
filteredTasks(const CommandLine &line, ChoiceFilter &filter,
              const MachineDescription &machine) {
  // Of primitives that are named, what is there already is measured again.
  if (!filter.primitives.empty() && !line.list && !line.errors &&
      llvm::sys::fs::exists(line.output)) {
    auto known = readSamples(line.output);
    if (!known)
      return known.takeError();
    for (const Sample &sample : *known)
      if (sample.machine == machineName(machine) &&
          sample.threads == line.threads)
        filter.known.insert(sample.key);
  }
  if (!line.again.empty())
    return tasksAgain(line.again, machine, filter);
  if (!line.network.empty()) {
    auto questions = askedAbout(line.network, machine);
    if (!questions)
      return questions.takeError();
    filter.count = SIZE_MAX;
    return tasksOf(*questions, filter);
  }
  auto precisions = parsePrecisions(line.precisions);
  if (!precisions)
    return createStringError("--precisions=" + line.precisions + ": " +
                             llvm::toString(precisions.takeError()));
  auto questions = readQuestions(line.layersFile, machine, *precisions);
  if (!questions)
    return questions.takeError();
  return tasksOf(*questions, filter);
}

llvm::Expected<Wanted>
convopt::whatToMeasure(const CommandLine &line,
                       const MachineDescription &machine) {
  auto filter = choiceFilter(line);
  if (!filter)
    return filter.takeError();
  auto tasks = filteredTasks(line, *filter, machine);
  if (!tasks)
    return tasks.takeError();
  return Wanted{std::move(*tasks), !filter->primitives.empty()};
}

llvm::Expected<std::optional<TransferOptions>>
convopt::transferOptions(const CommandLine &line) {
  llvm::StringRef text = line.forTransfer;
  if (text.empty())
    return std::nullopt;
  TransferOptions options{0, line.seed};
  if (text.getAsInteger(10, options.count) || options.count < 2)
    return createStringError("--for-transfer=" + text +
                             ": expected a number, 2 or more");
  if (line.layersFile.empty() || !line.primitives.empty())
    return createStringError(
        "--for-transfer: needs --layers, and no --primitives");
  if (line.threads != 1)
    return createStringError("--for-transfer: models are of one thread");
  return options;
}
