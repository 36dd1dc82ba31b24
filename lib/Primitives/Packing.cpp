// Filters are stored as the innermost loops read them: tile by tile of output
// channels, and in a tile tap by tap, channel by channel, a run of the tile's
// lanes each time. A loop that multiplies then reads one stream, which
// processors prefetch, and needs one pointer. Packing is a transposition of all
// weights of a network, at compile time: it is done a cache line of each row at
// a time and on all cores.

#include "convopt/Primitives/Packing.h"
#include "NarrowElements.h"
#include "convopt/Primitives/Primitive.h"
#include "convopt/Primitives/Tiling.h"
#include "llvm/Support/ErrorHandling.h"
#include "llvm/Support/Parallel.h"
#include <algorithm>

namespace convopt {

PackedFilter tiledFilter(const ConvProblem &l, int64_t tile, int64_t dot) {
  const ChannelBlocks blocks = channelBlocks(l, tile);
  llvm::SmallVector<PackedFilter::Dim, 6> dims{
      {FilterDim::Block, l.groups * blocks.perGroup},
      {FilterDim::Row, l.kernelHeight},
      {FilterDim::Column, l.kernelWidth},
      {FilterDim::Channel, divideUp(l.inChannels, dot)},
      {FilterDim::Lane, tile}};
  if (dot > 1)
    dims.push_back({FilterDim::Dot, dot});
  return PackedFilter(dims, l.types.filter, blocks.size, blocks.perGroup);
}

/// Packs the output channels of `group` from `first` on that lie in one tile. A
/// cache line of each channel at a time: the channels are often a power of two
/// apart and would evict each other. `T` is as large as an element, whatever
/// that means.
template <typename T>
static void packTile(const ConvLayer &l, const PackedFilter &order,
                     llvm::ArrayRef<T> filter, int64_t group, int64_t first,
                     T *packed) {
  const int64_t window = l.kernelHeight * l.kernelWidth;
  const int64_t size = l.inChannels * window;
  const int64_t channels =
      std::min(order.channelsOfTile(), l.outChannels - first);
  const T *from = filter.data() + (group * l.outChannels + first) * size;
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
  constexpr int64_t line = 64 / sizeof(T);
  const int64_t lane = order.stride(FilterDim::Lane);
  for (int64_t start = 0; start < size; start += line) {
    const int64_t count = std::min(line, size - start);
    T *rows[line];
    for (int64_t i = 0; i < count; ++i)
      rows[i] = place(first, start + i);
    for (int64_t k = 0; k < channels; ++k)
      for (int64_t i = 0; i < count; ++i)
        rows[i][k * lane] = from[k * size + start + i];
  }
}

template <typename T>
static void packAs(const ConvLayer &l, const PackedFilter &order,
                   llvm::ArrayRef<char> filter,
                   llvm::MutableArrayRef<char> packed) {
  const int64_t tiles = order.tilesOfGroup();
  llvm::parallelFor(0, l.groups * tiles, [&](size_t number) {
    packTile(l, order, fromBytes<T>(filter), number / tiles,
             number % tiles * order.channelsOfTile(),
             fromBytes<T>(packed).data());
  });
}

void packWeights(const ConvLayer &l, const PackedFilter &order,
                 llvm::ArrayRef<char> filter,
                 llvm::MutableArrayRef<char> packed) {
  assert(int64_t(filter.size()) == l.filterElements() * bytesOf(order.type()) &&
         int64_t(packed.size()) == order.bytes() && "elements of another type");
  switch (bytesOf(order.type())) {
  case 1:
    return packAs<uint8_t>(l, order, filter, packed);
  case 2:
    return packAs<uint16_t>(l, order, filter, packed);
  case 4:
    return packAs<uint32_t>(l, order, filter, packed);
  case 8:
    return packAs<uint64_t>(l, order, filter, packed);
  }
  llvm_unreachable("no element has that size");
}

void Primitive::packFilter(const ConvProblem &layer, const Choice &choice,
                           const MachineDescription &machine,
                           llvm::ArrayRef<char> filter,
                           llvm::MutableArrayRef<char> packed) const {
  packWeights(layer,
              packedFilter(layer, choice, machine).withType(layer.types.filter),
              filter, packed);
}

template <typename T>
static std::vector<T> pack(const ConvProblem &layer, const Choice &choice,
                           const MachineDescription &machine,
                           llvm::ArrayRef<char> filter) {
  const Primitive &primitive = *choice.primitive;
  const int64_t elements =
      primitive.packedFilter(layer, choice, machine).size();
  std::vector<T> packed(elements * bytesOf(layer.types.filter) / sizeof(T));
  primitive.packFilter(layer, choice, machine, filter, toBytes(packed));
  return packed;
}

std::vector<char> packBytes(const ConvProblem &layer, const Choice &choice,
                            const MachineDescription &machine,
                            llvm::ArrayRef<char> filter) {
  const ElementType type =
      choice.primitive->packedFilter(layer, choice, machine).type();
  if (type == layer.types.filter)
    return pack<char>(layer, choice, machine, filter);
  // What is rounded is what the primitive makes of the weights.
  assert(layer.types.filter == ElementType::F32 && "reduced already");
  const std::vector<float> floats = pack<float>(layer, choice, machine, filter);
  return narrowElements(floats, type);
}

std::vector<float> packFloats(const ConvLayer &layer, const Choice &choice,
                              const MachineDescription &machine,
                              llvm::ArrayRef<float> filter) {
  return pack<float>(layer, choice, machine, toBytes(filter));
}

} // namespace convopt
