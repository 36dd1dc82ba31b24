#include "Catalogue.h"
#include "convopt/Primitives/Tiling.h"
#include "convopt/Primitives/WinogradTransforms.h"
#include <algorithm>

namespace convopt {
namespace {

// 3x3 convolutions by Winograd's minimal filtering: for `strip` rows of tiles,
// the input transform, one matrix product for each of the tile's elements and
// the output transform. Variant as for a matrix product whose pixels are the
// tiles of a strip.
class Winograd : public Primitive {
public:
  explicit Winograd(PrimitiveKind kind) : which(kind) {}
  PrimitiveKind kind() const override { return which; }

  bool supports(const ConvLayer &l) const override {
    return l.groups == 1 && l.kernelHeight == 3 && l.kernelWidth == 3 &&
           l.strideHeight == 1 && l.strideWidth == 1 && l.dilationHeight == 1 &&
           l.dilationWidth == 1;
  }

  std::vector<Choice>
  choices(const ConvLayer &layer,
          const MachineDescription &machine) const override {
    std::vector<Choice> all;
    if (!supports(layer))
      return all;
    for (int64_t strip : strips(layer, machine)) {
      const std::string suffix = "s" + std::to_string(strip);
      for (Variant v : registerTiles(layer.outChannels, strip * tilesX(layer),
                                     1, machine)) {
        v.strip = strip;
        v.name += suffix;
        v.unroll = reductionUnroll(layer.inChannels);
        for (Layout input : {Layout::NHWC, Layout::NCHW})
          all.push_back({kind(), input, Layout::NHWC, v});
      }
    }
    return all;
  }

  // [tile element][K / channel tile][C][channel tile], in double, then rounded.
  std::vector<float> packFilter(const ConvLayer &l, const Choice &choice,
                                const MachineDescription &machine,
                                llvm::ArrayRef<float> filter) const override {
    const WinogradTransforms &w = winogradTransforms(which);
    const int n = w.tile();
    const int64_t tile = channelTile(choice.variant);
    const int64_t C = l.inChannels, element = roundUp(l.outChannels, tile) * C;
    std::vector<float> packed(packedFilterSize(l, choice, machine), 0.0f);
    for (int64_t k = 0; k < l.outChannels; ++k)
      for (int64_t c = 0; c < C; ++c) {
        const float *g = filter.data() + (k * C + c) * 9;
        float *to = packed.data() + (k / tile * C + c) * tile + k % tile;
        for (int i = 0; i < n; ++i)
          for (int j = 0; j < n; ++j) {
            double sum = 0;
            for (int r = 0; r < 3; ++r)
              for (int s = 0; s < 3; ++s)
                sum += w.filter[i][r] * w.filter[j][s] * g[r * 3 + s];
            to[(i * n + j) * element] = static_cast<float>(sum);
          }
      }
    return packed;
  }
  int64_t packedFilterSize(const ConvLayer &l, const Choice &choice,
                           const MachineDescription &) const override {
    const int n = winogradTransforms(which).tile();
    return n * n * roundUp(l.outChannels, channelTile(choice.variant)) *
           l.inChannels;
  }

  int64_t workspaceBytes(const ConvLayer &l, const Choice &choice,
                         const MachineDescription &machine) const override {
    const int64_t strip = choice.variant.strip;
    const int64_t m = winogradTransforms(which).m;
    const int64_t channels = roundUp(l.inChannels, machine.vectorFloats());
    return tileBytes(l, channelTile(choice.variant), machine) * tilesX(l) *
               strip +
           4 * channels * (strip * m + 2) * (tilesX(l) * m + 2);
  }

  OutputTile outputTile() const override {
    const int64_t m = winogradTransforms(which).m;
    return {m, m};
  }

  double errorBound() const override {
    return which == PrimitiveKind::WinogradF2x2_3x3 ? 2e-5 : 1e-4;
  }

private:
  int64_t tilesX(const ConvLayer &l) const {
    return divideUp(l.outWidth, winogradTransforms(which).m);
  }
  // Transformed input and products of one tile.
  int64_t tileBytes(const ConvLayer &l, int64_t channelTile,
                    const MachineDescription &machine) const {
    const int64_t n = winogradTransforms(which).tile();
    return 4 * n * n *
           (roundUp(l.inChannels, machine.vectorFloats()) +
            roundUp(l.outChannels, channelTile));
  }

  // Rows of tiles: the most that divide the image and stay in half of L2, and
  // all, which reads the filter once.
  std::vector<int64_t> strips(const ConvLayer &l,
                              const MachineDescription &machine) const {
    const int64_t rows = divideUp(l.outHeight, winogradTransforms(which).m);
    const int64_t row = tileBytes(l, 1, machine) * tilesX(l);
    const int64_t fit = std::max<int64_t>(1, machine.l2Bytes / 2 / row);
    std::vector<int64_t> strips;
    for (int64_t strip = std::min(fit, rows); strip >= 1; --strip)
      if (rows % strip == 0) {
        strips.push_back(strip);
        break;
      }
    if (strips.back() != rows && rows * row <= 4 * machine.l2Bytes)
      strips.push_back(rows);
    return strips;
  }

  PrimitiveKind which;
};

} // namespace

const Primitive &winogradF2Primitive() {
  static const Winograd winograd(PrimitiveKind::WinogradF2x2_3x3);
  return winograd;
}
const Primitive &winogradF4Primitive() {
  static const Winograd winograd(PrimitiveKind::WinogradF4x4_3x3);
  return winograd;
}

} // namespace convopt
