#ifndef CONVOPT_LIB_PRIMITIVES_TILEDPRIMITIVE_H
#define CONVOPT_LIB_PRIMITIVES_TILEDPRIMITIVE_H

#include "convopt/Primitives/Packing.h"
#include "convopt/Primitives/Tiling.h"
#include "convopt/Target/DotProducts.h"

namespace convopt {

/// A primitive whose filter lies in the tiles of channels that its register
/// tiles compute, and that sums the products as they are.
class TiledPrimitive : public Primitive {
public:
  PackedFilter filterOrder(const ConvProblem &layer, const Choice &choice,
                           const MachineDescription &machine) const override {
    return tiledFilter(layer,
                       choice.output == Layout::NHWC
                           ? channelTile(choice.variant)
                           : choice.variant.pixels,
                       dotLength(layer.types, machine));
  }
  bool spreadsNonFinite() const override { return false; }

  double errorBound() const override { return 1e-5; }

protected:
  /// Single precision, or what ChannelSum multiplies: bytes, bfloat16 in pairs,
  /// half precision, narrower weights.
  static bool sumsProductsOf(const ConvTypes &types) {
    return types == ConvTypes() || isQuantised(types) ||
           narrowsWeightsAlone(types) ||
           types == computedTypes(types, Precision::BF16) ||
           types == computedTypes(types, Precision::F16);
  }
  /// Input channels that an iteration of the sum takes together.
  static int64_t channelSteps(const ConvProblem &layer,
                              const MachineDescription &machine) {
    return divideUp(layer.inChannels, dotLength(layer.types, machine));
  }
  /// Channels of all groups in a copy of the image, whole steps of them.
  static int64_t copiedChannels(const ConvProblem &layer,
                                const MachineDescription &machine) {
    return roundUp(layer.groups * layer.inChannels,
                   dotLength(layer.types, machine));
  }
  /// Bytes of the window of every pixel of `rows` rows of the output, and of
  /// the input that they read if it is copied.
  static int64_t patchBytes(const ConvProblem &l, int64_t rows, bool copied) {
    int64_t elements =
        l.inChannels * l.kernelHeight * l.kernelWidth * l.outWidth * rows;
    if (copied)
      elements += l.inChannels * inputColumns(l) * inputRows(l, rows);
    return bytesOf(l.types.input) * elements;
  }
  /// The same where a pixel's channels lie together in whole steps, copied if
  /// they do not lie so in the image.
  static int64_t patchBytes(const ConvProblem &layer, const Choice &choice,
                            const MachineDescription &machine) {
    const int64_t channels = copiedChannels(layer, machine);
    ConvProblem copied = layer;
    copied.inChannels = channels;
    return patchBytes(copied, choice.variant.strip,
                      layer.isPadded() || choice.input == Layout::NCHW ||
                          convertsInput(choice) ||
                          channels != layer.inChannels);
  }
};

} // namespace convopt

#endif // CONVOPT_LIB_PRIMITIVES_TILEDPRIMITIVE_H
