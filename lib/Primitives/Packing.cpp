#include "convopt/Primitives/Packing.h"
#include "convopt/Primitives/Tiling.h"

namespace convopt {

int64_t packedTilesSize(const ConvLayer &l, int64_t tile) {
  return l.groups * roundUp(l.outChannels, tile) * l.kernelHeight *
         l.kernelWidth * l.inChannels;
}

std::vector<float> packTiles(const ConvLayer &l, int64_t tile,
                             llvm::ArrayRef<float> filter) {
  std::vector<float> packed(packedTilesSize(l, tile), 0.0f);
  const int64_t window = l.kernelHeight * l.kernelWidth;
  const int64_t tiles = divideUp(l.outChannels, tile);
  const float *from = filter.data();
  for (int64_t g = 0; g < l.groups; ++g)
    for (int64_t k = 0; k < l.outChannels; ++k) {
      float *block = packed.data() +
                     (g * tiles + k / tile) * window * l.inChannels * tile +
                     k % tile;
      for (int64_t c = 0; c < l.inChannels; ++c)
        for (int64_t rs = 0; rs < window; ++rs)
          block[(rs * l.inChannels + c) * tile] = *from++;
    }
  return packed;
}

} // namespace convopt
