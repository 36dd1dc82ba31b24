#ifndef CONVOPT_TOOLS_PROFILE_MEASURE_H
#define CONVOPT_TOOLS_PROFILE_MEASURE_H

#include "NetworkQuestions.h"
#include "llvm/Support/Error.h"
#include <functional>

namespace convopt {

/// Weights to read: in a network those of all the other layers have passed
/// through the caches since a layer's last run, so each run of a measurement
/// reads others. Larger than any last-level cache.
class WeightArena {
public:
  WeightArena();
  /// `count` floats, in whole cache lines, that were not used for as long as
  /// possible.
  float *next(size_t count);

private:
  struct alignas(64) Line {
    float floats[16];
  };
  std::vector<Line> lines;
  size_t at = 0;
};

/// Seconds of one run, on the clock of this thread: what a tenth of the runs
/// that fit into a tenth of a second (three at least) stay below, after one
/// that does not count. Activations are as warm as a run leaves them.
double secondsOf(const std::function<void()> &run);

/// Compiles `choice` for `layer` with a bias and a ReLU, as networks have them,
/// and runs it on this machine, which must have what `machine` says.
llvm::Expected<double> measureConvolution(const ConvLayer &layer,
                                          const Choice &choice,
                                          const MachineDescription &machine,
                                          WeightArena &arena);

/// Rewrites an image as a kernel of its own, as compiled networks do.
llvm::Expected<double> measureTransformation(const ImageTransformation &image,
                                             const MachineDescription &machine);

} // namespace convopt

#endif // CONVOPT_TOOLS_PROFILE_MEASURE_H
