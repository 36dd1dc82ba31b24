#ifndef CONVOPT_LIB_SCHEDULES_WINOGRADTIMES_H
#define CONVOPT_LIB_SCHEDULES_WINOGRADTIMES_H

#include "Outputs.h"
#include "convopt/Primitives/CookToom.h"
#include "convopt/Primitives/WinogradTransforms.h"

namespace convopt {

/// Row `i` of `matrix` times a vector of elements, where `i` becomes a constant
/// once its loop is unrolled. Rows of opposite points are sum and difference of
/// the same two parts, and columns of opposite points take sums and differences
/// of the same two elements: written so that they are computed once.
Halide::Expr timesRow(const CookToom::Matrix &matrix, Halide::Expr i,
                      const std::function<Halide::Expr(int)> &element);

/// Runs `loops` of a stage, innermost first, as `tasks` tasks of all threads;
/// the result runs within a task.
Halide::Var shareTasks(Halide::Stage stage,
                       std::vector<std::pair<Halide::Var, int64_t>> loops,
                       int64_t tasks);

/// Channels that the output transform computes at a time: a vector or, on
/// aarch64, two of a register tile. Elements of a tile lie far apart, so that
/// each has an address to be computed; two vectors of one lie next to each
/// other and are loaded and stored by one instruction.
int outputWidth(const ConvRequest &request);

/// The output transform, tile by tile, and the kernel's output that it is for.
struct WinogradOutput {
  /// `t` is the channel in vector `b`; `i` and `j` are row and column in tile
  /// (`tx`, `ty`).
  Halide::Var t{"t"}, i{"i"}, j{"j"}, b{"b"}, tx{"tx"}, ty{"ty"};
  Halide::Var k{"k"}, vector{"vector"}, xi{"xi"}, yi{"yi"}, blockX{"blockX"},
      blockY{"blockY"};
  Halide::Func rowsOut{"rowsOut"}, tileOut{"tileOut"}, out;

  /// Of vectors of `width` channels; `product` gives that of row `k` and column
  /// `j` of a tile.
  WinogradOutput(
      const ConvRequest &given, const ImageVars &v, const WinogradTransforms &w,
      int width,
      llvm::function_ref<Halide::Expr(const WinogradOutput &, int k)> product);
  /// Splits the output's loops: a vector of channels of a tile is unrolled
  /// within those over vectors, tiles in a block, which has `tilesY` rows of
  /// them, and blocks.
  void split(const ConvRequest &request, const ImageVars &v,
             const WinogradTransforms &w, const LoopNest &nest, int tilesY,
             int width);
  /// Computes a vector of a tile at a time.
  void computeAt(Halide::Var at, int width);
};

/// Copies the rows of `image` that a block reads on all threads, if there are
/// enough to be worth it.
void shareRows(const ConvRequest &request, Halide::Func image, int64_t rows);

} // namespace convopt

#endif // CONVOPT_LIB_SCHEDULES_WINOGRADTIMES_H
