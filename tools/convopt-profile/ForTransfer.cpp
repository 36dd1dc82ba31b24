// A few samples correct a cost model for another machine (docs/transfer.md),
// and which ones they are should not be left to the user. A run that was
// stopped goes on with what it had begun: the first half follows from the
// candidates alone, and what the file has of other candidates is of the second.

#include "ForTransfer.h"
#include "Disagreement.h"
#include "Progress.h"
#include "Spread.h"
#include "llvm/ADT/STLExtras.h"
#include <cmath>

using namespace convopt;

static size_t halfOf(size_t count) { return (count + 1) / 2; }

static std::vector<Task> tasksAt(llvm::ArrayRef<LayerChoice> candidates,
                                 llvm::ArrayRef<size_t> rows) {
  std::vector<Task> tasks;
  for (size_t row : rows)
    tasks.push_back({candidates[row]});
  return tasks;
}

std::vector<Task>
convopt::firstForTransfer(llvm::ArrayRef<LayerChoice> candidates,
                          const TransferOptions &options,
                          const MachineDescription &machine) {
  return tasksAt(candidates,
                 spread(describeCandidates(candidates, machine),
                        halfOf(options.count), {}, {}, options.seed));
}

/// The first `count` candidates beside `first` that `file` had when it was
/// opened, be it with passes or as failed.
static std::vector<size_t> begunRows(llvm::ArrayRef<LayerChoice> candidates,
                                     llvm::ArrayRef<size_t> first, size_t count,
                                     const SampleFile &file) {
  std::vector<size_t> begun;
  for (auto [row, what] : llvm::enumerate(candidates)) {
    std::string key = Task{what}.key();
    if (begun.size() < count && !llvm::is_contained(first, row) &&
        (!file.passesOf(key).empty() || file.hasFailed(key)))
      begun.push_back(row);
  }
  return begun;
}

/// Of those of `rows` that `path` has a time of: the rows, and by how much the
/// logarithm of that time is above the predicted one's.
static llvm::Expected<std::pair<std::vector<size_t>, std::vector<double>>>
residualsOf(llvm::ArrayRef<size_t> rows, llvm::ArrayRef<LayerChoice> candidates,
            const CostModel &model, const BatchOptions &options,
            llvm::StringRef path) {
  auto samples = readSamples(path);
  if (!samples)
    return samples.takeError();
  llvm::StringMap<double> seconds;
  for (const Sample &sample : *samples)
    if (sample.machine == machineName(options.machine) &&
        sample.threads == options.threads)
      seconds[sample.key] = sample.seconds();
  std::pair<std::vector<size_t>, std::vector<double>> result;
  for (size_t row : rows) {
    const auto &[layer, choice] = candidates[row];
    auto measured = seconds.find(sampleKey(layer, choice));
    if (measured == seconds.end() || !(measured->second > 0))
      continue;
    result.first.push_back(row);
    result.second.push_back(std::log(
        measured->second / model.convolution(layer, choice, options.machine)));
  }
  return result;
}

llvm::Expected<BatchReport> convopt::measureForTransfer(
    llvm::ArrayRef<LayerChoice> candidates, const TransferOptions &selection,
    const CostModel &model, const RoundOptions &options, const Board &board,
    SampleFile &file, llvm::StringRef path,
    llvm::function_ref<llvm::Error(const BatchReport &)> started) {
  Candidates rows = describeCandidates(candidates, options.batch.machine);
  std::vector<size_t> first =
      spread(rows, halfOf(selection.count), {}, {}, selection.seed);
  const size_t left = selection.count - first.size();
  std::vector<size_t> second = begunRows(candidates, first, left, file);
  printNote(llvm::Twine(first.size()) + " of " + llvm::Twine(rows.size()) +
            " choices, spread over families and shapes");
  auto report = measureInRounds(tasksAt(candidates, first), options, board,
                                file, started);
  if (!report)
    return report;

  auto known = residualsOf(first, candidates, model, options.batch, path);
  if (!known)
    return known.takeError();
  std::vector<double> weights = disagreement(rows, known->first, known->second);
  for (size_t row : spread(rows, left, first, weights, selection.seed + 1))
    if (second.size() < left && !llvm::is_contained(second, row))
      second.push_back(row);
  if (second.empty())
    return report;
  printNote(llvm::Twine(second.size()) +
            " more, where corrections by these disagree");
  auto more = measureInRounds(
      tasksAt(candidates, second), options, board, file,
      [](const BatchReport &) { return llvm::Error::success(); });
  if (!more)
    return more;
  llvm::append_range(report->references, more->references);
  report->hasLargePages &= more->hasLargePages;
  return report;
}
