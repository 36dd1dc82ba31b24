// Instructions for whole tiles take so long, and so long after one another,
// that a time is counted from few numbers: what one waits for the one before,
// what a tile's sums take to be stored and to pass the epilogue, and what the
// patches take to be copied. Where a tile's weights and pixels exceed the
// first-level cache it waits for those, too, and weights that are read once
// come from memory. No tree has learnt from this primitive.
//
// Of 21 layers on a Sapphire Rapids the times so predicted are 0.7 to 1.5 of
// those measured (its clock is nominal here), which is enough to tell them from
// those of other primitives, that are mostly twice as long.

#include "MatrixTileTimes.h"
#include "convopt/CostModel/Roofline.h"
#include "convopt/Primitives/Tiling.h"
#include <algorithm>

namespace convopt {

double matrixTileSeconds(const ConvProblem &layer, const Choice &choice,
                         const MachineDescription &machine) {
  constexpr double latency = 52, issue = 16, rowsOfTile = 16, afterwards = 120,
                   load = 8, loadFromL2 = 21, copiedBytesACycle = 16,
                   stepBytes = 4;
  const Variant &v = choice.variant;
  const ConvProblem computed = computedProblem(layer, choice);
  const double patchBytes = double(bytesOf(computed.types.input)) *
                            double(layer.inChannels) *
                            double(layer.kernelHeight * layer.kernelWidth);
  const double pixels = double(layer.batch * layer.outHeight * layer.outWidth);
  const double blocks =
      double(layer.batch * divideUp(layer.outHeight, v.strip) *
             divideUp(v.strip * layer.outWidth, v.pixels)) *
      double(divideUp(layer.outChannels, channelTile(v)));
  const double rows = double(v.pixels) / rowsOfTile,
               columns = double(v.vectors);
  const double steps = patchBytes / (stepBytes * double(v.unroll));
  const double panels = patchBytes * double(v.pixels + channelTile(v));
  const double loads =
      (rows + columns) * (panels > double(machine.l1Bytes) ? loadFromL2 : load);
  const double step = std::max({latency, issue * rows * columns, loads});
  const double cycles = blocks * (steps * step + rows * columns * afterwards) +
                        pixels * patchBytes / copiedBytesACycle;
  const double weights =
      double(choice.primitive->packedFilter(layer, choice, machine).bytes());
  return std::max(cycles / (machine.gigahertz * 1e9),
                  weights / (machine.memoryGigabytesPerSecond * 1e9));
}

} // namespace convopt
