// Instructions for whole tiles take so long, and so long after one another,
// that a time is counted from few numbers: how often one begins, or waits for
// the one before, or for its operands, which come from the second-level cache
// where a block's weights and pixels exceed the first; what a tile's sums take
// to be stored and to pass the epilogue; and what the image takes to be copied,
// then its patches, which both go through the second level. Weights that are
// read once come from memory meanwhile. Models that have samples of this
// primitive learn by how much they take longer.
//
// Of 185 choices for 57 layers of bytes on a Sapphire Rapids, by which the
// numbers were fitted, the times so predicted are off by 17 % (root mean
// square; its clock is nominal here, by which these cycles are counted).

#include "MatrixTileTimes.h"
#include "convopt/CostModel/Roofline.h"
#include "convopt/Primitives/Tiling.h"
#include "convopt/Target/DotProducts.h"
#include <algorithm>

namespace convopt {

/// Cycles in which the image is copied as far as strips read it, with zeros
/// around it or as numbers of fewer bits, and its patches are, unless they
/// overlap there or lie in it; `tiled` is what is multiplied of the layer.
static double copyCycles(const ConvProblem &layer, const Choice &choice,
                         const ConvProblem &tiled) {
  constexpr double patchBytesACycle = 13, imageBytesACycle = 7.7,
                   convertedBytesACycle = 3.7;
  const bool converted = convertsInput(layer, choice);
  const double bytesACycle =
      converted ? convertedBytesACycle : imageBytesACycle;
  const Variant &v = choice.variant;
  const int64_t all = layer.groups * layer.inChannels,
                channels = tiled.groups * tiled.inChannels,
                strips = layer.batch * divideUp(layer.outHeight, v.strip);
  const double pixelBytes = double(bytesOf(tiled.types.input) * channels);
  if (v.pitch)
    return pixelBytes * double(strips * linePixels(layer, v, v.strip)) /
           bytesACycle;
  double cycles = 0;
  if (layer.isPadded() || converted || channels != all)
    cycles += pixelBytes *
              double(strips * inputRows(layer, v.strip) * inputColumns(layer)) /
              bytesACycle;
  // One copy is enough where each patch is a pixel.
  const bool once = layer.isPointwise() && !layer.isPadded() &&
                    layer.strideHeight == 1 && layer.strideWidth == 1;
  if (!once)
    cycles += pixelBytes *
              double(layer.batch * layer.outHeight * layer.outWidth *
                     layer.kernelHeight * layer.kernelWidth) /
              patchBytesACycle;
  return cycles;
}

double matrixTileSeconds(const ConvProblem &layer, const Choice &choice,
                         const MachineDescription &machine) {
  constexpr double latency = 52, issue = 30, load = 12.7, loadFromL2 = 33,
                   afterwards = 70, rowsOfTile = 16, stepBytes = 4;
  const Variant &v = choice.variant;
  const ConvProblem computed = computedProblem(layer, choice);
  const ConvProblem tiled =
      tiledProblem(computed, v, dotLength(computed.types, machine));
  const double patchBytes =
      double(bytesOf(tiled.types.input) * tiled.inChannels *
             layer.kernelHeight * layer.kernelWidth);
  const LoopNest nest = choice.primitive->loops(layer, choice);
  const double blocks = double(layer.batch * divideUp(nest.extent, nest.strip) *
                               divideUp(nest.strip, v.pixels) * tiled.groups *
                               divideUp(tiled.outChannels, channelTile(v)));
  const double rows = double(v.pixels) / rowsOfTile,
               columns = double(v.vectors), tiles = rows * columns;
  const double panels = patchBytes * double(v.pixels + channelTile(v));
  const double loads =
      (rows + columns) * (panels > double(machine.l1Bytes) ? loadFromL2 : load);
  const double steps = patchBytes / (stepBytes * double(v.unroll));
  const double step = std::max({latency, issue * tiles, loads});
  const double cycles = blocks * (steps * step + tiles * afterwards) +
                        copyCycles(layer, choice, tiled);
  const double weights =
      double(choice.primitive->packedFilter(layer, choice, machine).bytes());
  return std::max(cycles / (machine.gigahertz * 1e9),
                  weights / (machine.memoryGigabytesPerSecond * 1e9));
}

} // namespace convopt
