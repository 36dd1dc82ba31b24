#include "convopt/Primitives/Packing.h"
#include "convopt/Primitives/Tiling.h"
#include "llvm/Support/Parallel.h"
#include <algorithm>

namespace convopt {

int64_t packedTilesSize(const ConvLayer &l, int64_t tile) {
  return l.groups * roundUp(l.outChannels, tile) * l.kernelHeight *
         l.kernelWidth * l.inChannels;
}

/// Packs the `channels` channels of one tile; `from` is what follows the first
/// channel, `to` is the tile. A cache line of each channel at a time: the
/// channels are often a power of two apart and would evict each other.
static void packTile(const ConvLayer &l, int64_t tile, int64_t channels,
                     const float *from, float *to) {
  const int64_t C = l.inChannels, window = l.kernelHeight * l.kernelWidth;
  const int64_t size = C * window;
  constexpr int64_t line = 16;
  for (int64_t start = 0; start < size; start += line) {
    const int64_t count = std::min(line, size - start);
    float *rows[line];
    for (int64_t i = 0; i < count; ++i) {
      const int64_t c = (start + i) / window, rs = (start + i) % window;
      rows[i] = to + (rs * C + c) * tile;
    }
    for (int64_t k = 0; k < channels; ++k)
      for (int64_t i = 0; i < count; ++i)
        rows[i][k] = from[k * size + start + i];
  }
}

std::vector<float> packTiles(const ConvLayer &l, int64_t tile,
                             llvm::ArrayRef<float> filter) {
  std::vector<float> packed(packedTilesSize(l, tile), 0.0f);
  const ChannelBlocks blocks = channelBlocks(l, tile);
  const int64_t size = l.inChannels * l.kernelHeight * l.kernelWidth;
  llvm::parallelFor(0, l.groups * blocks.perGroup, [&](size_t number) {
    const int64_t g = number / blocks.perGroup;
    const int64_t k = number % blocks.perGroup * blocks.size;
    packTile(l, tile, std::min(blocks.size, l.outChannels - k),
             filter.data() + (g * l.outChannels + k) * size,
             packed.data() + number * tile * size);
  });
  return packed;
}

} // namespace convopt
