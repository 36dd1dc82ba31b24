// A time that was taken once says as much of the machine's mood as of the code.
// So each sample is measured in several rounds, minutes or hours apart and
// between other neighbours, and the least counts: disturbances only add.
// Kernels are compiled in the first round, a batch of them in one go, and kept.

#include "Rounds.h"
#include "BackgroundBuild.h"
#include "Progress.h"
#include <chrono>
#include <sched.h>

using namespace convopt;
using llvm::createStringError;

/// Kernels of one program: enough that its start does not count.
static constexpr size_t batchSize = 30;

namespace {
struct Sampled {
  std::string key;
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
        progress(this->tasks.size()) {}

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
  bool wants(const Group &group, const std::vector<bool> &wanted) const;

  llvm::Error prepare(Group &group);
  llvm::Error build(Group &group);
  llvm::Error judgeAhead(Group &group);
  llvm::Error startAhead(const Group &group);
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

  std::string referencePath; ///< a program without kernels
  std::vector<int> compileCores;
  RunOptions runOptions;
  /// Whether to compile while measuring; nothing until it was judged.
  std::optional<bool> isAhead;
  std::optional<std::pair<size_t, BackgroundBuild>> ahead; ///< of that group
};
} // namespace

static std::vector<int> allowedCores() {
  std::vector<int> cores;
  cpu_set_t set;
  CPU_ZERO(&set);
  sched_getaffinity(0, sizeof set, &set);
  for (int core = 0; core < CPU_SETSIZE; ++core)
    if (CPU_ISSET(core, &set))
      cores.push_back(core);
  return cores;
}

/// Decides who works where, and asks the machine what it is.
llvm::Error Rounds::start() {
  for (const Task &task : tasks) {
    Sampled &sample = samples.emplace_back();
    sample.key = task.key();
    sample.passes = file.passesOf(sample.key);
    sample.hasFailed = file.hasFailed(sample.key);
  }
  for (size_t first = 0; first < tasks.size(); first += batchSize)
    groups.push_back(
        {first, std::min(batchSize, tasks.size() - first), std::nullopt});

  auto reference =
      buildWithoutBad({}, options.batch, {}, options.run.timeoutSeconds, {});
  if (!reference)
    return reference.takeError();
  referencePath = reference->path;
  auto said = runReference(board, referencePath, options.run);
  if (!said)
    return said.takeError();
  report = std::move(*said);
  if (!report.hasLargePages)
    progress.note("the system grants no pages of 2 MB: samples will differ by "
                  "more from run to run");
  return llvm::Error::success();
}

bool Rounds::wants(const Group &group, const std::vector<bool> &wanted) const {
  for (size_t i = group.first; i < group.first + group.count; ++i)
    if (wanted[i])
      return true;
  return false;
}

llvm::Error Rounds::build(Group &group) {
  std::optional<BackgroundBuild> started;
  if (ahead && ahead->first == group.first)
    started.emplace(std::move(ahead->second));
  ahead.reset();
  auto batch = buildWithoutBad(tasksOf(group), options.batch, compileCores,
                               options.run.timeoutSeconds, std::move(started));
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
  return llvm::Error::success();
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
  auto said = runBatch(board, group.batch->path, kernels, runOptions, done);
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
      if (auto error = prepare(group))
        return error;
    if (isAhead.value_or(false) && i + 1 < order.size() &&
        !groups[order[i + 1]].batch)
      if (auto error = startAhead(groups[order[i + 1]]))
        return error;
    if (auto error = measure(group, round, wanted))
      return error;
    progress.print();
  }
  return llvm::Error::success();
}

/// Where to compile and where to measure, as far as that is clear from the
/// start.
static std::optional<bool> decideAhead(const RoundOptions &options,
                                       const Board &board, size_t cores) {
  if (options.compileAhead)
    return options.compileAhead;
  if (!board.isHere())
    return true;
  // With one core beside those that measure, it takes longer to compile there
  // than to compile on all and to measure afterwards.
  if (cores < size_t(options.batch.threads) + 2)
    return false;
  return std::nullopt;
}

/// Compiles `group` and finds out whether that can be seen in the reference.
llvm::Error Rounds::judgeAhead(Group &group) {
  auto add = [&](std::vector<Reference> &references) -> llvm::Error {
    auto said = runReference(board, referencePath, runOptions);
    if (!said)
      return said.takeError();
    llvm::append_range(references, said->references);
    return llvm::Error::success();
  };
  std::vector<Reference> idle, busy;
  for (int i = 0; i < 5; ++i)
    if (auto error = add(idle))
      return error;
  if (auto error = startAhead(group))
    return error;
  while (!ahead->second.isDone() && busy.size() < 10)
    if (auto error = add(busy))
      return error;
  if (auto error = build(group))
    return error;
  if (busy.size() < 3)
    return llvm::Error::success(); // Too quick to tell: the next will do.
  isAhead = !isDisturbed(idle, busy);
  progress.note(*isAhead ? "the reference does not notice a compiler on other "
                           "cores: compiles while it measures"
                         : "the reference is disturbed by a compiler on other "
                           "cores: compiles and measures in turn");
  return llvm::Error::success();
}

llvm::Error Rounds::startAhead(const Group &group) {
  auto started =
      BackgroundBuild::start(tasksOf(group), options.batch, compileCores);
  if (!started)
    return started.takeError();
  ahead.emplace(group.first, std::move(*started));
  return llvm::Error::success();
}

llvm::Error Rounds::prepare(Group &group) {
  auto start = std::chrono::steady_clock::now();
  llvm::Error error = isAhead ? build(group) : judgeAhead(group);
  progress.compiled(
      std::chrono::duration<double>(std::chrono::steady_clock::now() - start)
          .count());
  return error;
}

/// Those that have fewer than that many passes.
std::vector<bool> Rounds::lacking(unsigned passes) const {
  std::vector<bool> wanted;
  for (const Sampled &sample : samples)
    wanted.push_back(!sample.hasFailed && sample.passes.size() < passes);
  return wanted;
}

std::vector<bool> Rounds::doubtful() const {
  std::vector<bool> drifts = findDrift(report.references);
  std::vector<bool> wanted;
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

llvm::Expected<BatchReport>
Rounds::run(llvm::function_ref<llvm::Error(const BatchReport &)> started) {
  runOptions = options.run;
  std::vector<int> cores = allowedCores();
  isAhead = decideAhead(options, board, cores.size());
  if (options.compileCore >= 0)
    compileCores = {options.compileCore};
  else if (board.isHere() && isAhead.value_or(true)) {
    // The last ones measure, unless others are named.
    size_t threads = options.batch.threads;
    if (runOptions.core < 0 && cores.size() > threads)
      runOptions.core = cores[cores.size() - threads];
    for (int core : cores)
      if (core < runOptions.core || core >= runOptions.core + int(threads))
        compileCores.push_back(core);
  }
  if (auto error = start())
    return error;
  if (auto error = started(report))
    return error;
  unsigned round = 0;
  for (; round < options.passes; ++round)
    if (auto error = runRound(round, lacking(round + 1)))
      return error;
  for (; round < options.passes + options.repeats; ++round)
    if (auto error = runRound(round, doubtful()))
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
