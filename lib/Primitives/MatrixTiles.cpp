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
        bytesOf(layer.types.input) * copiedChannels(layer, machine);
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
    const int64_t groups = groupsInTile(layer, lanes);
    PackedFilter order =
        tiledFilter(joinGroups(layer, groups), channelTile(choice.variant),
                    dotLength(layer.types, machine));
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
    if (!choice.variant.pitch)
      return patchBytes(layer, choice, machine);
    // The last strip begins within a row, and lines are made of whole ones.
    const int64_t rows = std::min(choice.variant.strip + 1, layer.outHeight);
    const int64_t channels = copiedChannels(layer, machine),
                  copies = channels < wholePixel ? 2 : 1;
    return copies * bytesOf(layer.types.input) * channels *
           linePixels(layer, choice.variant, rows);
  }

private:
  static constexpr int64_t rows = 16, lanes = 16, leastSteps = 4,
                           mostSteps = 16, mostJoined = 4;

  /// How many steps of a patch an instruction takes, and the pitch of a line
  /// of pixels in which patches overlap; 0 if they are copied.
  struct Patches {
    int64_t depth = 0, pitch = 0;
  };
  static Patches patchesOf(const ConvProblem &l,
                           const MachineDescription &machine) {
    const int64_t pixelSteps = channelSteps(l, machine);
    const Patches copied{
        largestDivisor(l.kernelHeight * l.kernelWidth * pixelSteps, mostSteps),
        0};
    const Patches overlapping{
        largestDivisor(columnsTogether(l) * pixelSteps, mostSteps),
        divideUp(inputColumns(l), l.strideWidth)};
    if (l.groups > 1)
      return l.inChannels % dotLength(l.types, machine) == 0 ? overlapping
                                                             : Patches();
    if (l.isPointwise())
      return copied;
    // Pixels between rows and steps left over take time, as copying does.
    constexpr double most = 1.4;
    const double instructions = double(overlapping.pitch * copied.depth) /
                                double(l.outWidth * overlapping.depth);
    return overlapping.depth >= leastSteps && instructions <= most ? overlapping
                                                                   : copied;
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
