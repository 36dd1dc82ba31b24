#include "BandwidthShares.h"
#include "BackgroundBuild.h"
#include "convopt/CostModel/Roofline.h"
#include "llvm/Support/Format.h"
#include "llvm/Support/raw_ostream.h"
#include <cmath>

using namespace convopt;
using llvm::createStringError;

/// The least seconds of several runs of each task.
static llvm::Expected<std::vector<double>>
leastSeconds(llvm::ArrayRef<Task> tasks, const RoundOptions &options,
             const Board &board) {
  auto batch =
      buildWithoutBad(tasks, options.batch, {}, options.run.timeoutSeconds, {});
  if (!batch)
    return batch.takeError();
  for (const std::string &failure : batch->failures)
    if (!failure.empty())
      return createStringError(failure);
  std::vector<double> least(tasks.size(), HUGE_VAL);
  std::string failure;
  for (unsigned pass = 0; pass < options.passes; ++pass) {
    auto done = [&](size_t i, llvm::Expected<double> seconds) {
      if (seconds)
        least[i] = std::min(least[i], *seconds);
      else
        failure = llvm::toString(seconds.takeError());
    };
    auto said = runBatch(board, batch->path, batch->kernels, options.run, done);
    if (!said)
      return said.takeError();
    if (!failure.empty())
      return createStringError(failure);
  }
  return least;
}

llvm::Error convopt::measureBandwidthShares(const RoundOptions &options,
                                            const Board &board) {
  struct Level {
    const char *name;
    std::vector<std::pair<int64_t, int64_t>> images; // channels, size
  } levels[] = {{"l1", {{16, 14}, {32, 7}, {64, 7}}},
                {"l2", {{64, 28}, {128, 14}, {256, 14}, {96, 28}}},
                {"l3", {{64, 112}, {256, 56}, {512, 28}, {144, 56}}},
                {"memory", {{60, 500}, {96, 300}, {500, 222}}}};
  std::vector<Task> tasks;
  for (Layout to : {Layout::NCHW, Layout::NHWC})
    for (const Level &level : levels)
      for (auto [channels, size] : level.images)
        tasks.push_back({ImageTransformation{
            1, channels, size, size,
            to == Layout::NCHW ? Layout::NHWC : Layout::NCHW, to}});
  auto seconds = leastSeconds(tasks, options, board);
  if (!seconds)
    return seconds.takeError();
  size_t next = 0;
  for (Layout to : {Layout::NCHW, Layout::NHWC}) {
    llvm::outs() << "\"to_" << stringifyLayout(to) << "\": {";
    for (const Level &level : levels) {
      double logarithms = 0;
      for (auto [channels, size] : level.images) {
        double bytes = 2.0 * bytesOf(ElementType::F32) * channels * size * size;
        llvm::errs() << level.name << " " << channels << "x" << size << "x"
                     << size << llvm::format(": %.2e s\n", (*seconds)[next]);
        logarithms +=
            std::log(bytes / bandwidthFor(bytes, options.batch.machine) /
                     (*seconds)[next++]);
      }
      double share = std::exp(logarithms / level.images.size());
      llvm::outs() << (&level == levels ? "\"" : ", \"") << level.name
                   << llvm::format("\": %.3f", share);
    }
    llvm::outs() << "}\n";
  }
  return llvm::Error::success();
}
