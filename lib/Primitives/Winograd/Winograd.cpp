// Convolutions by Winograd's minimal filtering, those with strides as sums over
// the phases of the image, as Huang et al. decompose them (DWM: A Decomposable
// Winograd Method for Convolution Acceleration, 2020); for large filters at
// complex points, where an FFT has all of its own. For a block of tiles, the
// input transform, one matrix product for each of the tile's elements and the
// output transform. Larger tiles save more products, transform less often, lose
// accuracy, and grow the weights: which is best depends on all of the layer, so
// each is a primitive of its own. Variant as for a matrix product whose pixels
// are the tiles of a block of `strip` x `columns` tiles.

#include "Catalogue.h"
#include "CommonLoops.h"
#include "WinogradFilter.h"
#include "convopt/Primitives/ChoiceError.h"
#include "convopt/Primitives/Packing.h"
#include "convopt/Primitives/PairedProducts.h"
#include "convopt/Primitives/Tiling.h"
#include "convopt/Primitives/WinogradTransforms.h"
#include "convopt/Target/DotProducts.h"
#include <algorithm>
#include <cmath>

namespace convopt {
namespace {

class Winograd : public WinogradPrimitive {
public:
  using WinogradPrimitive::WinogradPrimitive;

  // Transformed weights are no whole numbers: bytes of them have no scale. What
  // large tiles make of rounded inputs and weights nobody would want.
  bool supportsTypes(const ConvTypes &types) const override {
    const RoundingError bf16 = roundingError(Precision::BF16);
    if (types == computedTypes({}, Precision::BF16))
      return tile.roundingGrowth * std::hypot(bf16.inputs, bf16.weights) < 0.04;
    return Primitive::supportsTypes(types) ||
           (narrowsWeightsAlone(types) && types.filter != ElementType::I8);
  }
  bool supportsLayer(const ConvLayer &l) const override {
    if (l.groups > 1 || l.dilationHeight > 1 || l.dilationWidth > 1)
      return false;
    const std::optional<WinogradTransforms> w = findWinogradTransforms(tile, l);
    // Some filters with strides take as many products as they have taps.
    return w && 5 * w->products() < 4 * w->rows.outputs * w->columns.outputs *
                                        l.kernelHeight * l.kernelWidth;
  }

  std::vector<Choice>
  choices(const ConvProblem &layer,
          const MachineDescription &machine) const override {
    std::vector<Choice> all;
    const int64_t dot = dotLength(layer.types, machine);
    // Channels that meet in a lane are of one phase.
    if (!supports(layer) || layer.inChannels % dot)
      return all;
    const int64_t unroll = reductionUnroll(layer.inChannels / dot);
    for (const Block &block : blocks(layer, machine)) {
      auto setBlock = [&](Variant &v) {
        v.strip = v.named.strip = block.rows;
        v.columns = v.named.columns = block.columns;
      };
      const int64_t tiles =
          block.rows * (block.columns ? block.columns : tilesX(layer));
      for (Variant v :
           registerTiles(layer.outChannels, tiles, 1,
                         machine.lanes(layer.types.accumulator), machine,
                         pixelRun(unroll, layer.types, machine))) {
        if (v.vectors > tile.mostVectors)
          continue;
        setBlock(v);
        v.unroll = unroll;
        for (Layout input : {Layout::NHWC, Layout::NCHW})
          all.push_back({this, input, Layout::NHWC, v});
      }
      if (fresh(layer) && block.rows == tilesY(layer) && !block.columns)
        for (Variant v :
             registerTiles(layer.outChannels, tiles, 1,
                           machine.lanes(layer.types.accumulator), machine,
                           pixelRun(freshUnroll, layer.types, machine))) {
          if (v.vectors > tile.mostFreshVectors)
            continue;
          setBlock(v);
          v.unroll = freshChunk;
          v.fresh = true;
          all.push_back({this, Layout::NHWC, Layout::NHWC, v});
        }
      if (pairs(layer, machine)) {
        Variant v;
        v.pixels = evenBlock(tiles, 20);
        v.vectors = 1;
        v.lanes = machine.lanes(layer.types.accumulator);
        v.unroll = 3;
        setBlock(v);
        v.paired = true;
        for (Layout input : {Layout::NHWC, Layout::NCHW})
          all.push_back({this, input, Layout::NHWC, v});
      }
    }
    return all;
  }

  // [tile element][K / channel tile][C by phase][channel tile], of bfloat16
  // with pairs of channels inside; paired: the rows of HalvedChannels; fresh:
  // [K / channel tile][C][R][S][channel tile].
  PackedFilter filterOrder(const ConvProblem &l, const Choice &choice,
                           const MachineDescription &machine) const override {
    const int64_t tile = channelTile(choice.variant);
    const int64_t tiles = divideUp(l.outChannels, tile);
    if (choice.variant.fresh)
      return PackedFilter(
          {{FilterDim::Block, tiles},
           {FilterDim::Channel, freshChannels(l, choice.variant)},
           {FilterDim::Row, l.kernelHeight},
           {FilterDim::Column, l.kernelWidth},
           {FilterDim::Lane, tile}},
          l.types.filter, tile, tiles);
    if (!choice.variant.paired)
      return transformedOrder(l, tile, dotLength(l.types, machine));
    return PackedFilter(
        {{FilterDim::Element, transforms(l).elements()},
         {FilterDim::Block, tiles},
         {FilterDim::Pair, HalvedChannels(l.inChannels).packedRows()},
         {FilterDim::Lane, tile}},
        l.types.filter, tile, tiles);
  }
  // In double, then rounded; fresh: as they are.
  void packFilter(const ConvProblem &l, const Choice &choice,
                  const MachineDescription &machine,
                  llvm::ArrayRef<char> filter,
                  llvm::MutableArrayRef<char> packed) const override {
    if (choice.variant.fresh)
      return Primitive::packFilter(l, choice, machine, filter, packed);
    assert(l.types.filter == ElementType::F32 && "rounded afterwards");
    const WinogradTransforms w = winogradTransforms(choice, l);
    const llvm::ArrayRef<float> weights = fromBytes<float>(filter);
    if (!choice.variant.paired)
      return transformFilters(w, l, packedFilter(l, choice, machine), weights,
                              fromBytes<float>(packed));
    const PackedFilter order = transformedOrder(l, channelTile(choice.variant));
    std::vector<float> transformed(order.size());
    transformFilters(w, l, order, weights, transformed);
    std::vector<double> factors;
    for (const std::vector<double> &row : w.rows.inputT)
      for (const std::vector<double> &column : w.columns.inputT)
        factors.push_back(1 / (balancingFactor(row) * balancingFactor(column)));
    packPairs(transformed, order, packedFilter(l, choice, machine), factors,
              fromBytes<float>(packed));
  }

  LoopNest loops(const ConvLayer &l, const Choice &choice) const override {
    const Variant &v = choice.variant;
    LoopNest nest = stripLoops(l, choice);
    nest.extent = tilesY(l);
    nest.unitRows = transforms(l).rows.outputs;
    nest.wholeStrips = true;
    nest.width = tilesX(l);
    nest.columns = v.columns ? v.columns : nest.width;
    // A register tile of tiles has that many at least; each strip would
    // transform all fresh filters.
    nest.granule = v.fresh ? v.strip : divideUp(v.pixels, nest.columns);
    nest.blocks = divideUp(nest.width, nest.columns);
    nest.stages = 3;
    nest.channels = nest.tile.channels;
    nest.pixels.columns = nest.tile.pixels;
    nest.filter = l.inChannels * l.outChannels;
    nest.image = nest.extent * nest.width * (l.inChannels + l.outChannels);
    nest.work = 0.5;
    return nest;
  }

  int64_t intermediateBytes(const ConvProblem &l, const Choice &choice,
                            const MachineDescription &machine) const override {
    const WinogradTransforms w = transforms(l);
    const LoopNest nest = loops(l, choice);
    const int64_t blockTiles = nest.strip * nest.columns;
    const int64_t tile = channelTile(choice.variant);
    const bool isFresh = choice.variant.fresh;
    const int64_t channels =
        isFresh ? freshChannels(l, choice.variant)
                : roundUp(w.inChannels(l), machine.lanes(l.types.accumulator));
    const int64_t image =
        bytesOf(l.types.accumulator) * channels *
        (nest.strip * w.rows.outputs + w.rows.taps - 1) *
        (nest.columns * w.columns.outputs + w.columns.taps - 1);
    // The products of one tile of channels and its filters of a chunk.
    if (isFresh)
      return image + bytesOf(l.types.accumulator) * w.elements() *
                         (blockTiles * (channels + tile) +
                          choice.variant.unroll * tile);
    // Beside them the sums of a a' of an element, and rows an odd number of
    // vectors long.
    const int64_t paired =
        choice.variant.paired
            ? bytesOf(l.types.accumulator) * blockTiles *
                  (w.elements() * machine.lanes(l.types.accumulator) + 1)
            : 0;
    return paired + tileBytes(l, tile, machine) * blockTiles + image;
  }

  OutputTile outputTile(const ConvLayer &l) const override {
    const WinogradTransforms w = transforms(l);
    return {w.rows.outputs, w.columns.outputs, w.products()};
  }

  bool spreadsNonFinite() const override { return true; } // Over a tile.

  double errorBound() const override { return tile.errorBound; }
  double typicalError() const override { return tile.typicalError; }

private:
  PackedFilter transformedOrder(const ConvProblem &l, int64_t tile,
                                int64_t dot = 1) const {
    const WinogradTransforms w = transforms(l);
    const int64_t tiles = divideUp(l.outChannels, tile);
    llvm::SmallVector<PackedFilter::Dim, 5> dims{
        {FilterDim::Element, w.elements()},
        {FilterDim::Block, tiles},
        {FilterDim::Channel, w.inChannels(l) / dot},
        {FilterDim::Lane, tile}};
    if (dot > 1)
      dims.push_back({FilterDim::Dot, dot});
    return PackedFilter(dims, l.types.filter, tile, tiles);
  }

  struct Block {
    int64_t rows, columns; ///< of tiles; 0 columns: all
  };

  // Worth their sums where the products are most of the work and filters are
  // not read from memory.
  bool pairs(const ConvProblem &l, const MachineDescription &machine) const {
    return tile.pairs && l.types == ConvTypes() &&
           machine.addBitsPerCycle > 0 && machine.has("avx512f") &&
           l.strideHeight == 1 && l.strideWidth == 1 && l.inChannels >= 32 &&
           l.inChannels <= 192 && l.outChannels >= 64;
  }

  // Input channels whose filters are transformed at a time.
  static constexpr int64_t freshChunk = 16;

  // Worth it where transformed filters would come from memory, many times what
  // the plain ones are, and enough tiles meet each.
  bool fresh(const ConvProblem &l) const {
    const WinogradTransforms w = transforms(l);
    const int64_t elements = w.elements();
    return l.types.input == ElementType::F32 && l.strideHeight == 1 &&
           l.strideWidth == 1 && l.inChannels >= 128 && l.outChannels >= 64 &&
           tilesX(l) * tilesY(l) >= 4 &&
           elements >= 2 * l.kernelHeight * l.kernelWidth && elements <= 100;
  }

  int64_t tilesY(const ConvLayer &l) const {
    return divideUp(l.outHeight, transforms(l).rows.outputs);
  }
  int64_t tilesX(const ConvLayer &l) const {
    return divideUp(l.outWidth, transforms(l).columns.outputs);
  }
  // Transformed input and products of one tile.
  int64_t tileBytes(const ConvProblem &l, int64_t channelTile,
                    const MachineDescription &machine) const {
    const WinogradTransforms w = transforms(l);
    const int64_t lanes = machine.lanes(l.types.accumulator);
    return w.elements() *
           (bytesOf(l.types.input) * roundUp(w.inChannels(l), lanes) +
            bytesOf(l.types.accumulator) * roundUp(l.outChannels, channelTile));
  }

  // Rows of tiles: the most that divide the image and stay in half of L2, and
  // all, which reads the filter once. Where less than a row would stay there,
  // parts of rows that divide them. (Of blocks that do not divide the image
  // Halide does not always find the size, which it must have.)
  std::vector<Block> blocks(const ConvProblem &l,
                            const MachineDescription &machine) const {
    const int64_t rows = tilesY(l), columns = tilesX(l);
    const int64_t tile = tileBytes(l, 1, machine);
    const int64_t row = tile * columns, cache = machine.l2Bytes / 2;
    std::vector<Block> blocks;
    blocks.push_back({largestDivisor(rows, cache / row), 0});
    const int64_t part = largestDivisor(columns, cache / tile);
    if (part < columns && part >= 6)
      blocks.push_back({1, part});
    if (blocks.front().rows != rows &&
        rows * row <= std::max(4 * machine.l2Bytes, machine.l3Bytes))
      blocks.push_back({rows, 0});
    return blocks;
  }
  // The largest divisor of `extent` up to `limit`; at least 1.
  static int64_t largestDivisor(int64_t extent, int64_t limit) {
    int64_t divisor = std::clamp<int64_t>(limit, 1, extent);
    while (extent % divisor)
      --divisor;
    return divisor;
  }

  WinogradTransforms transforms(const ConvLayer &l) const {
    return *findWinogradTransforms(tile, l);
  }
};

} // namespace

void addWinogradPrimitives(std::vector<const Primitive *> &catalogue) {
  static const std::vector<Winograd> all(winogradTiles().begin(),
                                         winogradTiles().end());
  for (const Winograd &primitive : all)
    catalogue.push_back(&primitive);
}

} // namespace convopt
