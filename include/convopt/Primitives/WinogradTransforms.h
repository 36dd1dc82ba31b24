#ifndef CONVOPT_PRIMITIVES_WINOGRADTRANSFORMS_H
#define CONVOPT_PRIMITIVES_WINOGRADTRANSFORMS_H

#include "convopt/IR/ConvLayer.h"
#include "convopt/IR/ConvoptEnums.h"
#include "convopt/Primitives/CookToom.h"
#include "convopt/Primitives/Primitive.h"

namespace convopt {

/// A side of a convolution with a stride as one without: `count` phases of the
/// image (every stride-th row) are as many input channels, of which each meets
/// every count-th tap of the filter. The first `full` of them meet `taps`, the
/// others one less.
struct Phases {
  int64_t stride, count, taps, full;
};
Phases phasesOf(int64_t kernel, int64_t stride);

/// Winograd's minimal filtering nested over both sides of the image: F(1, 1),
/// which does nothing, along a side on which the filter has one tap.
/// A tile of outputs is A^T ((G g G'^T) * (B^T d B')) A' for its inputs d and
/// the filter g, the matrices of rows on the left, of columns on the right.
struct WinogradTransforms {
  const CookToom &rows, &columns;
  Phases rowPhases, columnPhases;
  int elements() const { return rows.elements() * columns.elements(); }
  /// Channels of the input by phase: row, column, channel.
  int64_t inChannels(const ConvLayer &layer) const {
    return rowPhases.count * columnPhases.count * layer.inChannels;
  }
  /// Multiplications that make a tile of one output channel from one input
  /// channel: phases with a tap less have nothing at infinity.
  int64_t products() const;
};

/// Those of a primitive for a layer that it supports.
WinogradTransforms winogradTransforms(PrimitiveKind kind,
                                      const ConvLayer &layer);

/// Whether `kind` is one of Winograd's and is made for this filter.
bool hasWinogradTransforms(PrimitiveKind kind, const ConvLayer &layer);

} // namespace convopt

#endif // CONVOPT_PRIMITIVES_WINOGRADTRANSFORMS_H
