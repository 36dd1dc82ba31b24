#ifndef CONVOPT_PRIMITIVES_WINOGRADTRANSFORMS_H
#define CONVOPT_PRIMITIVES_WINOGRADTRANSFORMS_H

#include "convopt/IR/ConvLayer.h"
#include "convopt/IR/ConvoptEnums.h"
#include "convopt/Primitives/CookToom.h"
#include "convopt/Primitives/Primitive.h"

namespace convopt {

/// Winograd's minimal filtering nested over both sides of the image: F(1, 1),
/// which does nothing, along a side on which the filter has one tap.
/// A tile of outputs is A^T ((G g G'^T) * (B^T d B')) A' for its inputs d and
/// the filter g, the matrices of rows on the left, of columns on the right.
struct WinogradTransforms {
  const CookToom &rows, &columns;
  int elements() const { return rows.tile() * columns.tile(); }
};

/// Those of a primitive for a layer that it supports.
WinogradTransforms winogradTransforms(PrimitiveKind kind,
                                      const ConvLayer &layer);

/// Whether `kind` is one of Winograd's and is made for this filter.
bool hasWinogradTransforms(PrimitiveKind kind, const ConvLayer &layer);

/// Tiles of the output, and of one cache block, which need not divide it.
struct WinogradBlocks {
  int64_t rows, columns;           ///< tiles of the image
  int64_t blockRows, blockColumns; ///< tiles of a block
  int64_t blockTiles() const { return blockRows * blockColumns; }
};
WinogradBlocks winogradBlocks(const ConvLayer &layer, const Choice &choice);

} // namespace convopt

#endif // CONVOPT_PRIMITIVES_WINOGRADTRANSFORMS_H
