// To compile takes longer than to measure, and on a machine of many cores both
// can be done at a time: if what is measured does not notice. Whether it does,
// the reference says.

#include "BatchSupply.h"
#include "Progress.h"
#include <sched.h>

using namespace convopt;

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

/// Whether to compile while measuring, if that is clear from the start.
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

BatchSupply::BatchSupply(const RoundOptions &options, const Board &board)
    : options(options), board(board), measuring(options.run) {
  std::vector<int> cores = allowedCores();
  int threads = options.batch.threads;
  isAhead = decideAhead(options, board, cores.size());
  bool isApart = board.isHere() && isAhead.value_or(true);
  // The last ones measure, unless others are named.
  if (isApart && measuring.core < 0 && cores.size() > size_t(threads))
    measuring.core = cores[cores.size() - threads];
  if (options.compileCore >= 0)
    compileCores = {options.compileCore};
  else if (isApart)
    for (int core : cores)
      if (core < measuring.core || core >= measuring.core + threads)
        compileCores.push_back(core);
}

llvm::Expected<BatchReport> BatchSupply::askMachine() {
  auto reference =
      buildWithoutBad({}, options.batch, {}, options.run.timeoutSeconds, {});
  if (!reference)
    return reference.takeError();
  referencePath = reference->path;
  return runReference(board, referencePath, measuring);
}

llvm::Error BatchSupply::start(llvm::ArrayRef<Task> tasks) {
  auto started = BackgroundBuild::start(tasks, options.batch, compileCores);
  if (!started)
    return started.takeError();
  next.emplace(tasks.data(), std::move(*started));
  return llvm::Error::success();
}

llvm::Expected<Batch> BatchSupply::finish(llvm::ArrayRef<Task> tasks) {
  std::optional<BackgroundBuild> started;
  if (next && next->first == tasks.data())
    started.emplace(std::move(next->second));
  next.reset();
  return buildWithoutBad(tasks, options.batch, compileCores,
                         options.run.timeoutSeconds, std::move(started));
}

llvm::Expected<Batch> BatchSupply::judge(llvm::ArrayRef<Task> tasks) {
  auto add = [&](std::vector<Reference> &references) -> llvm::Error {
    auto said = runReference(board, referencePath, measuring);
    if (!said)
      return said.takeError();
    llvm::append_range(references, said->references);
    return llvm::Error::success();
  };
  std::vector<Reference> idle, busy;
  for (int i = 0; i < 5; ++i)
    if (auto error = add(idle))
      return error;
  if (auto error = start(tasks))
    return error;
  while (!next->second.isDone() && busy.size() < 10)
    if (auto error = add(busy))
      return error;
  auto batch = finish(tasks);
  if (!batch || busy.size() < 3)
    return batch; // Too quick to tell: another will do.
  isAhead = !isDisturbed(idle, busy);
  printNote(*isAhead ? "the reference does not notice a compiler on other "
                       "cores: compiles while it measures"
                     : "the reference is disturbed by a compiler on other "
                       "cores: compiles and measures in turn");
  // In turn, there are more cores for it.
  if (!*isAhead && options.compileCore < 0)
    compileCores.clear();
  return batch;
}

llvm::Expected<Batch> BatchSupply::get(llvm::ArrayRef<Task> tasks) {
  return isAhead ? finish(tasks) : judge(tasks);
}

llvm::Error BatchSupply::prepare(llvm::ArrayRef<Task> tasks) {
  return isAhead.value_or(false) ? start(tasks) : llvm::Error::success();
}
