// Filters are stored as the innermost loops read them: tile by tile of output
// channels, and in a tile tap by tap, channel by channel, a run of the tile's
// lanes each time. A loop that multiplies then reads one stream, which
// processors prefetch, and needs one pointer. Packing is a transposition of all
// weights of a network, at compile time: it is done a cache line of each row at
// a time and on all cores.

#include "convopt/Primitives/Packing.h"
#include "convopt/Primitives/Tiling.h"
#include "llvm/Support/Parallel.h"
#include <algorithm>

namespace convopt {

PackedFilter tiledFilter(const ConvProblem &l, int64_t tile) {
  const ChannelBlocks blocks = channelBlocks(l, tile);
  return PackedFilter({{FilterDim::Block, l.groups * blocks.perGroup},
                       {FilterDim::Row, l.kernelHeight},
                       {FilterDim::Column, l.kernelWidth},
                       {FilterDim::Channel, l.inChannels},
                       {FilterDim::Lane, tile}},
                      l.types.filter, blocks.size, blocks.perGroup);
}

/// Packs the output channels of `group` from `first` on that lie in one tile. A
/// cache line of each channel at a time: the channels are often a power of two
/// apart and would evict each other.
static void packTile(const ConvLayer &l, const PackedFilter &order,
                     llvm::ArrayRef<float> filter, int64_t group, int64_t first,
                     float *packed) {
  const int64_t window = l.kernelHeight * l.kernelWidth;
  const int64_t size = l.inChannels * window;
  const int64_t channels =
      std::min(order.channelsOfTile(), l.outChannels - first);
  const float *from = filter.data() + (group * l.outChannels + first) * size;
  auto place = [&](int64_t k, int64_t i) {
    const int64_t rs = i % window;
    return packed + order.positionOf(group, k, i / window, rs / l.kernelWidth,
                                     rs % l.kernelWidth);
  };
  if (order.extent(FilterDim::Turn) > 1) {
    for (int64_t k = 0; k < channels; ++k)
      for (int64_t i = 0; i < size; ++i)
        *place(first + k, i) = *from++;
    return;
  }
  constexpr int64_t line = 16;
  const int64_t lane = order.stride(FilterDim::Lane);
  for (int64_t start = 0; start < size; start += line) {
    const int64_t count = std::min(line, size - start);
    float *rows[line];
    for (int64_t i = 0; i < count; ++i)
      rows[i] = place(first, start + i);
    for (int64_t k = 0; k < channels; ++k)
      for (int64_t i = 0; i < count; ++i)
        rows[i][k * lane] = from[k * size + start + i];
  }
}

std::vector<float> packWeights(const ConvLayer &l, const PackedFilter &order,
                               llvm::ArrayRef<float> filter) {
  std::vector<float> packed(order.size(), 0.0f);
  const int64_t tiles = order.tilesOfGroup();
  llvm::parallelFor(0, l.groups * tiles, [&](size_t number) {
    packTile(l, order, filter, number / tiles,
             number % tiles * order.channelsOfTile(), packed.data());
  });
  return packed;
}

std::vector<float> Primitive::packFilter(const ConvLayer &layer,
                                         const Choice &choice,
                                         const MachineDescription &machine,
                                         llvm::ArrayRef<float> filter) const {
  return packWeights(layer, packedFilter(layer, choice, machine), filter);
}

} // namespace convopt
