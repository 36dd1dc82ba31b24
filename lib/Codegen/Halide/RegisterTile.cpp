// Neighbours that read the same are computed together: rows whose windows
// overlap, rows and columns of a product of matrices. Of these as many as the
// registers hold, so that the whole takes the fewest instructions.

#include "RegisterTile.h"

using namespace Halide;

namespace convopt {

/// The loop from one row of the result to the next, if it has rows.
static std::optional<unsigned> rowLoop(mlir::linalg::LinalgOp op) {
  mlir::AffineMap result = op.getMatchingIndexingMap(op.getDpsInitOperand(0));
  unsigned rank = result.getNumResults();
  if (rank < 2)
    return std::nullopt;
  return result.getDimPosition(rank - 2);
}

/// The innermost dimension of the result, counted from that of its vectors,
/// along which neighbours share what they read, as in a product of matrices.
static std::optional<size_t> sharingRow(mlir::linalg::LinalgOp op) {
  mlir::AffineMap result = op.getMatchingIndexingMap(op.getDpsInitOperand(0));
  const unsigned rank = result.getNumResults();
  for (unsigned row = 1; row < rank; ++row) {
    unsigned loop = result.getDimPosition(rank - 1 - row);
    for (mlir::OpOperand *operand : op.getDpsInputOperands())
      if (!op.getMatchingBlockArgument(operand).use_empty() &&
          !op.getMatchingIndexingMap(operand).isFunctionOfDim(loop))
        return row;
  }
  return std::nullopt;
}

/// Whether neighbouring rows of the result, such as pixels, have windows that
/// overlap.
static bool overlapsBetweenRows(mlir::linalg::LinalgOp op) {
  std::optional<unsigned> row = rowLoop(op);
  if (!row)
    return false;
  for (mlir::OpOperand *operand : op.getDpsInputOperands())
    for (mlir::AffineExpr expr :
         op.getMatchingIndexingMap(operand).getResults())
      if (expr.isFunctionOfDim(*row) && !llvm::isa<mlir::AffineDimExpr>(expr))
        return true;
  return false;
}

/// Whether there are tiles enough for all threads.
static bool keepsBusy(const StoredFunc &stage, const RegisterTile &tile,
                      const KernelOptions &options) {
  int64_t tiles = llvm::divideCeil(stage.extents[0], tile.width * tile.vectors);
  for (size_t d = 1; d < stage.extents.size(); ++d)
    tiles *= stage.extents[d];
  return tiles % options.threads == 0 || tiles >= 4 * options.threads;
}

RegisterTile chooseTile(const StoredFunc &stage, const KernelOptions &options) {
  RegisterTile tile;
  Type type = stage.func.types()[0];
  int innermost = stage.extents[0];
  tile.width = fittingWidth(innermost, vectorLanes(type, options));
  auto fitting = [&](int limit) {
    return fittingWidth(innermost / tile.width, limit);
  };
  if (!stage.reduction) {
    tile.vectors = fitting(4);
    return tile;
  }
  // Half the registers hold sums.
  int sums = static_cast<int>(options.machine.vectorRegisters) / 2;
  if (overlapsBetweenRows(stage.reduction->op)) {
    // Two pixels load what they share once. More would divide the few tiles
    // of small planes at whose sides padding is tested.
    tile.vectors = fitting(4);
    tile.rows = std::min(stage.extents[1], 2);
    return tile;
  }
  std::optional<size_t> row = sharingRow(stage.reduction->op);
  if (!row) {
    tile.vectors = fitting(std::min(sums, 4));
    while (tile.vectors > 1 && !keepsBusy(stage, tile, options))
      tile.vectors /= 2;
    return tile;
  }
  tile.row = *row;
  const int rowsOfAll = stage.extents[*row];
  // A tile that overlaps the one before computes again: the one with which the
  // whole takes the fewest products, or loads where these are more.
  const int mostVectors = options.machine.vectorRegisters >= 32 ? 4 : 2;
  int64_t least = INT64_MAX;
  for (int vectors = 1; vectors <= mostVectors; ++vectors)
    for (int rows = 1; rows <= sums * 3 / 2 / vectors; ++rows) {
      if (vectors * tile.width > innermost || rows > rowsOfAll)
        continue;
      int64_t tiles = llvm::divideCeil(innermost, vectors * tile.width) *
                      llvm::divideCeil(rowsOfAll, rows);
      int64_t cost =
          tiles * (1 + std::max({8, vectors * rows, vectors + rows}));
      if (cost <= least) {
        least = cost;
        tile.vectors = vectors;
        tile.rows = rows;
      }
    }
  return tile;
}

} // namespace convopt
