// The patches of `strip` rows (or, of 1x1 convolutions, pixels) of the output
// as rows of a matrix, as im2row has them, but multiplied by instructions for
// whole tiles (AMX): 16 pixels x up to 64 bytes of a patch with 64 bytes x 16
// channels, added to 16 x 16 sums that lie in a register of their own. One such
// instruction has the products of 64 of vpdpbusd or of vdpbf16ps. It waits 52
// cycles for the one before if it adds to the same sums, else 16, so a block
// has several tiles of sums. Variant: the block's `pixels`, tiles of 16, and
// its `vectors` of 16 channels; `unroll` counts the instructions' steps of 4
// bytes.
//
// Patches need not be copied. In an image with its border around it a row of
// each patch is one run, and that of the next pixel begins a pixel later; so
// the rows of a tile overlap there. They do so beyond the end of a row, too:
// the image is one line of pixels, in which `pitch` lie from one row to the
// next, and what is computed between two rows is not stored.
//
// Of several groups each tile of channels has its own part of the pixel. Groups
// of fewer than 16 channels share a tile, as one whose other weights are zeros:
// a quarter of the products counts, of which there are more than enough.

#include "Catalogue.h"
#include "CommonLoops.h"
#include "TiledPrimitive.h"
#include "llvm/ADT/STLExtras.h"
#include <algorithm>

namespace convopt {
namespace {

class MatrixTiles : public TiledPrimitive {
public:
  PrimitiveKind kind() const override { return PrimitiveKind::MatrixTiles; }

  bool supportsTypes(const ConvTypes &types) const override {
    return types == computedTypes(types, Precision::BF16) ||
           (isQuantised(types) && types.input == ElementType::U8);
  }
  bool supportsLayer(const ConvLayer &layer) const override {
    const int64_t joined = groupsInTile(layer, lanes);
    return joined > 0 && joined <= mostJoined &&
           layer.outHeight * layer.outWidth >= rows;
  }

  std::vector<Choice>
  choices(const ConvProblem &layer,
          const MachineDescription &machine) const override {
    std::vector<Choice> all;
    if (!supports(layer) || !multipliesTiles(layer.types, machine))
      return all;
    const ConvProblem joined = joinGroups(layer, groupsInTile(layer, lanes));
    const Patches patches = patchesOf(joined, machine);
    if (patches.depth < leastSteps)
      return all;
    Variant v;
    v.lanes = lanes;
    v.unroll = patches.depth;
    v.pitch = patches.pitch;
    const int64_t pixelBytes =
        bytesOf(layer.types.input) * pixelChannels(layer, v, machine);
    // Patches stay in half of L1 while all channels meet them, or of L2 where
    // tiles would be few. That is enough for those that overlap: the rows that
    // strips share take longer than to load from there.
    for (int64_t cache : {machine.l1Bytes / 2, machine.l2Bytes / 2}) {
      if (patches.pitch && cache < machine.l2Bytes / 2)
        continue;
      const int64_t strip =
          evenBlock(layer.outHeight,
                    rowsThatFit(layer, patches.pitch, cache / pixelBytes));
      const int64_t pixels = pixelsOfRows(layer, v, strip);
      if (rows > pixels || (!all.empty() && all.back().variant.strip == strip))
        continue;
      v.strip = v.named.strip = strip;
      for (const Block &block : blocksFor(joined, pixels, machine)) {
        v.pixels = rows * block.pixels;
        v.vectors = block.vectors;
        all.push_back({this, Layout::NHWC, Layout::NHWC, v});
      }
    }
    return all;
  }
  PackedFilter filterOrder(const ConvProblem &layer, const Choice &choice,
                           const MachineDescription &machine) const override {
    const int64_t groups = groupsInTile(layer, lanes),
                  dot = dotLength(layer.types, machine);
    PackedFilter order = tiledFilter(tiledProblem(layer, choice.variant, dot),
                                     channelTile(choice.variant), dot);
    return groups == 1
               ? order
               : order.joining(groups, layer.outChannels, layer.inChannels);
  }
  LoopNest loops(const ConvLayer &layer, const Choice &choice) const override {
    return planeOfRowsLoops(layer, choice);
  }

protected:
  int64_t intermediateBytes(const ConvProblem &layer, const Choice &choice,
                            const MachineDescription &machine) const override {
    const int64_t channels = pixelChannels(layer, choice.variant, machine);
    if (!choice.variant.pitch) {
      ConvProblem copied = layer;
      copied.inChannels = channels;
      return patchBytes(copied, choice.variant.strip,
                        layer.isPadded() || convertsInput(choice) ||
                            channels != layer.inChannels);
    }
    // The last strip begins within a row, and lines are made of whole ones.
    const int64_t rows = std::min(choice.variant.strip + 1, layer.outHeight);
    const int64_t copies = channels < wholePixel ? 2 : 1;
    return copies * bytesOf(layer.types.input) * channels *
           linePixels(layer, choice.variant, rows);
  }

private:
  static constexpr int64_t rows = 16, lanes = 16, leastSteps = 4,
                           mostSteps = 16, mostJoined = 4;

  /// Channels of all groups of a pixel where it is copied.
  static int64_t pixelChannels(const ConvProblem &layer, const Variant &v,
                               const MachineDescription &machine) {
    const ConvProblem tiled =
        tiledProblem(layer, v, dotLength(layer.types, machine));
    return tiled.groups * tiled.inChannels;
  }

  /// How many steps of a patch an instruction takes, and the pitch of a line
  /// of pixels in which patches overlap; 0 if they are copied.
  struct Patches {
    int64_t depth = 0, pitch = 0;
  };

  /// Instructions for a patch, or a row of one, of `pixels` of so many steps,
  /// and the steps of each. Where many numbers of steps divide badly, zeros
  /// behind a pixel's channels make it one that does not.
  struct Depth {
    int64_t steps, instructions;
  };
  static Depth depthOf(int64_t pixels, int64_t pixelSteps, bool mayPad) {
    auto depth = [&](int64_t steps) {
      const int64_t each = largestDivisor(pixels * steps, mostSteps);
      return Depth{each, pixels * steps / each};
    };
    Depth best = depth(pixelSteps);
    constexpr double worthACopy = 0.7;
    const double least = worthACopy * double(best.instructions);
    for (int64_t steps = pixelSteps + 1;
         mayPad && steps <= pixelSteps + pixelSteps / 8 + 1; ++steps)
      if (const Depth padded = depth(steps);
          double(padded.instructions) < least &&
          padded.instructions < best.instructions)
        best = padded;
    return best;
  }

  static Patches patchesOf(const ConvProblem &l,
                           const MachineDescription &machine) {
    const int64_t pixelSteps = channelSteps(l, machine);
    const bool one = l.groups == 1;
    const Depth copied =
        depthOf(l.kernelHeight * l.kernelWidth, pixelSteps, one);
    const Depth overlapping = depthOf(columnsTogether(l), pixelSteps, one);
    const int64_t pitch = divideUp(inputColumns(l), l.strideWidth);
    if (!one)
      return l.inChannels % dotLength(l.types, machine) == 0
                 ? Patches{overlapping.steps, pitch}
                 : Patches();
    // Pixels between rows and steps left over take time, as copying does.
    constexpr double most = 1.4;
    const double instructions =
        double(pitch * overlapping.instructions * l.kernelHeight *
               (l.kernelWidth / columnsTogether(l))) /
        double(l.outWidth * copied.instructions);
    if (l.isPointwise() || overlapping.steps < leastSteps ||
        instructions > most)
      return {copied.steps, 0};
    return {overlapping.steps, pitch};
  }

  /// Rows of the output whose patches are in a cache of `pixels` of the image.
  static int64_t rowsThatFit(const ConvLayer &l, int64_t pitch,
                             int64_t pixels) {
    if (pitch)
      return std::max<int64_t>(
          pixels / pitch / (l.strideHeight * l.strideWidth) - phaseRows(l, 0),
          1);
    return pixels / (l.kernelHeight * l.kernelWidth * l.outWidth);
  }

  /// Tiles of sums that are added to in turn.
  struct Block {
    int64_t pixels, vectors;
  };
  /// The blocks that take least time, without those that compute much too much;
  /// of two that take the same, first the one that loads less for a product.
  /// Where the weights of 16 channels stay in L1 and those of 32 do not, also
  /// the best block of 16.
  static std::vector<Block> blocksFor(const ConvProblem &l, int64_t pixels,
                                      const MachineDescription &machine) {
    constexpr Block shapes[] = {{2, 2}, {1, 4}, {4, 1}, {1, 3},
                                {3, 1}, {1, 2}, {2, 1}, {1, 1}};
    constexpr double latency = 52, issue = 16, tolerance = 1.1;
    constexpr size_t most = 2;
    std::vector<std::pair<double, size_t>> fit;
    for (auto [i, block] : llvm::enumerate(shapes)) {
      const int64_t channels = lanes * block.vectors;
      if (rows * block.pixels > pixels ||
          channels > roundUp(l.outChannels, lanes) ||
          (l.groups > 1 && l.outChannels % channels))
        continue;
      const int64_t blocks = divideUp(pixels, rows * block.pixels) *
                             divideUp(l.outChannels, channels);
      const double sums = double(block.pixels * block.vectors);
      fit.emplace_back(double(blocks) * std::max(latency, issue * sums), i);
    }
    llvm::sort(fit);
    const int64_t weights = lanes * bytesOf(l.types.filter) * l.inChannels *
                            l.kernelHeight * l.kernelWidth;
    bool narrow = weights < machine.l1Bytes && 2 * weights > machine.l1Bytes;
    std::vector<Block> best;
    for (auto [cycles, i] : fit) {
      const bool one = shapes[i].vectors == 1;
      if (cycles > tolerance * fit.front().first && !(narrow && one))
        continue;
      if (best.size() < most || (narrow && one))
        best.push_back(shapes[i]);
      narrow = narrow && !one;
    }
    return best;
  }

  static int64_t largestDivisor(int64_t extent, int64_t limit) {
    int64_t divisor = std::clamp<int64_t>(limit, 1, extent);
    while (extent % divisor)
      --divisor;
    return divisor;
  }
};

} // namespace

const Primitive &matrixTilesPrimitive() {
  static const MatrixTiles matrixTiles;
  return matrixTiles;
}

} // namespace convopt
