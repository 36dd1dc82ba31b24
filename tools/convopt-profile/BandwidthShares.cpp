#include "BandwidthShares.h"
#include "Measure.h"
#include "Worker.h"
#include "convopt/CostModel/Roofline.h"
#include "llvm/Support/Format.h"
#include "llvm/Support/raw_ostream.h"
#include <cmath>

using namespace convopt;

llvm::Error convopt::measureBandwidthShares(const MachineDescription &machine,
                                            double timeout) {
  struct Level {
    const char *name;
    std::vector<std::pair<int64_t, int64_t>> images; // channels, size
  } levels[] = {{"l1", {{16, 14}, {32, 7}, {64, 7}}},
                {"l2", {{64, 28}, {128, 14}, {256, 14}, {96, 28}}},
                {"l3", {{64, 112}, {256, 56}, {512, 28}, {144, 56}}},
                {"memory", {{60, 500}, {96, 300}, {500, 222}}}};
  for (Layout to : {Layout::NCHW, Layout::NHWC}) {
    Layout from = to == Layout::NCHW ? Layout::NHWC : Layout::NCHW;
    llvm::outs() << "\"to_" << stringifyLayout(to) << "\": {";
    for (const Level &level : levels) {
      double logarithms = 0;
      runInWorkers(
          level.images.size(), timeout,
          [&](size_t i) {
            auto [channels, size] = level.images[i];
            return measureTransformation({1, channels, size, size, from, to},
                                         machine);
          },
          [&](size_t i, llvm::Expected<double> measured) {
            auto [channels, size] = level.images[i];
            double seconds = measured ? *measured : timeout;
            if (!measured)
              llvm::consumeError(measured.takeError());
            double bytes =
                2.0 * bytesOf(ElementType::F32) * channels * size * size;
            llvm::errs() << level.name << " " << channels << "x" << size << "x"
                         << size << llvm::format(": %.2e s\n", seconds);
            logarithms +=
                std::log(bytes / bandwidthFor(bytes, machine) / seconds);
          });
      double share = std::exp(logarithms / level.images.size());
      llvm::outs() << (&level == levels ? "\"" : ", \"") << level.name
                   << llvm::format("\": %.3f", share);
    }
    llvm::outs() << "}\n";
  }
  return llvm::Error::success();
}
