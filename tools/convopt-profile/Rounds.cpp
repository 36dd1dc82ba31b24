// A time that was taken once says as much of the machine's mood as of the code.
// So each sample is measured in several rounds, minutes or hours apart and
// between other neighbours, and the least counts: disturbances only add.
// Kernels are compiled in the first round, a batch of them in one go, and kept.

#include "Rounds.h"
#include "BatchSupply.h"
#include "Progress.h"
#include <chrono>

using namespace convopt;

/// Kernels of one program: enough that its start does not count.
static constexpr size_t batchSize = 30;

namespace {
struct Sampled {
  std::vector<double> passes; ///< those of before this run first
  /// For each pass of this run where in the list of references its own stand.
  std::vector<std::pair<size_t, size_t>> references;
  bool hasFailed = false;
};

struct Group {
  size_t first, count; ///< tasks
  std::optional<Batch> batch;
};

class Rounds {
public:
  Rounds(std::vector<Task> tasks, const RoundOptions &options,
         const Board &board, SampleFile &file)
      : tasks(std::move(tasks)), options(options), board(board), file(file),
        progress(this->tasks.size()), supply(options, board) {}

  llvm::Expected<BatchReport>
  run(llvm::function_ref<llvm::Error(const BatchReport &)> started);

private:
  llvm::ArrayRef<Task> tasksOf(const Group &group) const {
    return llvm::ArrayRef(tasks).slice(group.first, group.count);
  }
  llvm::Error start();
  llvm::Error runRound(unsigned round, const std::vector<bool> &wanted);
  std::vector<bool> lacking(unsigned passes) const;
  std::vector<bool> doubtful() const;
  std::vector<bool> worthRepeating() const;
  bool wants(const Group &group, const std::vector<bool> &wanted) const;

  llvm::Error build(Group &group);
  llvm::Error measure(Group &group, unsigned round,
                      const std::vector<bool> &wanted);

  std::vector<Task> tasks;
  const RoundOptions &options;
  const Board &board;
  SampleFile &file;
  std::vector<Sampled> samples;
  std::vector<Group> groups;
  BatchReport report;
  Progress progress;
  BatchSupply supply;
};
} // namespace

llvm::Error Rounds::start() {
  for (const Task &task : tasks) {
    const std::string key = task.key();
    Sampled &sample = samples.emplace_back();
    sample.passes = file.passesOf(key);
    sample.hasFailed = file.hasFailed(key);
  }
  for (size_t first = 0; first < tasks.size(); first += batchSize)
    groups.push_back(
        {first, std::min(batchSize, tasks.size() - first), std::nullopt});
  auto said = supply.askMachine();
  if (!said)
    return said.takeError();
  report = std::move(*said);
  if (!report.hasLargePages)
    printNote("the system grants no pages of 2 MB: samples will differ by more "
              "from run to run");
  return llvm::Error::success();
}

bool Rounds::wants(const Group &group, const std::vector<bool> &wanted) const {
  for (size_t i = group.first; i < group.first + group.count; ++i)
    if (wanted[i])
      return true;
  return false;
}

llvm::Error Rounds::build(Group &group) {
  auto start = std::chrono::steady_clock::now();
  auto batch = supply.get(tasksOf(group));
  progress.compiled(
      std::chrono::duration<double>(std::chrono::steady_clock::now() - start)
          .count());
  if (!batch)
    return batch.takeError();
  group.batch = std::move(*batch);
  for (size_t i = 0; i < group.count; ++i) {
    Sampled &sample = samples[group.first + i];
    const std::string &failure = group.batch->failures[i];
    if (failure.empty() || sample.hasFailed)
      continue;
    sample.hasFailed = true;
    file.addFailure(tasks[group.first + i], failure);
  }
  return file.written();
}

llvm::Error Rounds::measure(Group &group, unsigned round,
                            const std::vector<bool> &wanted) {
  std::vector<int> kernels;
  std::vector<size_t> places;
  for (size_t i : orderOfRound(group.count, round)) {
    size_t place = group.first + i;
    if (!wanted[place] || samples[place].hasFailed)
      continue;
    kernels.push_back(group.batch->kernels[i]);
    places.push_back(place);
  }
  if (kernels.empty())
    return llvm::Error::success();
  size_t firstReference = report.references.size();
  std::vector<size_t> measured;
  auto done = [&](size_t k, llvm::Expected<double> seconds) {
    size_t place = places[k];
    if (seconds) {
      samples[place].passes.push_back(*seconds);
      measured.push_back(place);
      file.addPass(tasks[place], *seconds);
    } else {
      samples[place].hasFailed = true;
      file.addFailure(tasks[place], llvm::toString(seconds.takeError()));
    }
    progress.step();
  };
  auto said =
      runBatch(board, group.batch->path, kernels, supply.runOptions(), done);
  // Rather than measure what cannot be kept.
  if (auto error = file.written()) {
    llvm::consumeError(said.takeError());
    return error;
  }
  if (!said)
    return said.takeError();
  report.hasLargePages &= said->hasLargePages;
  llvm::append_range(report.references, said->references);
  for (size_t place : measured)
    samples[place].references.push_back(
        {firstReference, report.references.size()});
  return llvm::Error::success();
}

llvm::Error Rounds::runRound(unsigned round, const std::vector<bool> &wanted) {
  std::vector<size_t> order;
  for (size_t g : orderOfRound(groups.size(), round))
    if (wants(groups[g], wanted))
      order.push_back(g);
  size_t count = llvm::count(wanted, true);
  if (order.empty())
    return llvm::Error::success();
  progress.begin(round, options.passes, count);
  for (size_t i = 0; i < order.size(); ++i) {
    Group &group = groups[order[i]];
    if (!group.batch)
      if (auto error = build(group))
        return error;
    if (i + 1 < order.size() && !groups[order[i + 1]].batch)
      if (auto error = supply.prepare(tasksOf(groups[order[i + 1]])))
        return error;
    if (auto error = measure(group, round, wanted))
      return error;
    progress.print();
  }
  return llvm::Error::success();
}

/// Those that have fewer than that many passes.
std::vector<bool> Rounds::lacking(unsigned passes) const {
  std::vector<bool> wanted;
  wanted.reserve(samples.size());
  for (const Sampled &sample : samples)
    wanted.push_back(!sample.hasFailed && sample.passes.size() < passes);
  return wanted;
}

/// Those with too few passes that the reference vouches for, or whose passes
/// differ.
std::vector<bool> Rounds::doubtful() const {
  std::vector<bool> drifts = findDrift(report.references);
  std::vector<bool> wanted;
  wanted.reserve(samples.size());
  for (const Sampled &sample : samples) {
    size_t good = sample.passes.size();
    for (auto [first, end] : sample.references)
      good -= std::find(drifts.begin() + first, drifts.begin() + end, true) !=
              drifts.begin() + end;
    wanted.push_back(!sample.hasFailed &&
                     (good < options.passes || isUnsettled(sample.passes)));
  }
  return wanted;
}

/// The same without those that were measured often enough.
std::vector<bool> Rounds::worthRepeating() const {
  std::vector<bool> wanted = doubtful();
  for (size_t i = 0; i < wanted.size(); ++i)
    if (samples[i].passes.size() >= options.passes + options.repeats)
      wanted[i] = false;
  return wanted;
}

llvm::Expected<BatchReport>
Rounds::run(llvm::function_ref<llvm::Error(const BatchReport &)> started) {
  if (auto error = start())
    return error;
  if (auto error = started(report))
    return error;
  unsigned round = 0;
  for (; round < options.passes; ++round)
    if (auto error = runRound(round, lacking(round + 1)))
      return error;
  for (; round < options.passes + options.repeats; ++round)
    if (auto error = runRound(round, worthRepeating()))
      return error;
  progress.end(
      llvm::count_if(samples, [](const Sampled &s) { return s.hasFailed; }),
      llvm::count(doubtful(), true));
  return std::move(report);
}

llvm::Expected<BatchReport> convopt::measureInRounds(
    std::vector<Task> tasks, const RoundOptions &options, const Board &board,
    SampleFile &file,
    llvm::function_ref<llvm::Error(const BatchReport &)> started) {
  return Rounds(std::move(tasks), options, board, file).run(started);
}
