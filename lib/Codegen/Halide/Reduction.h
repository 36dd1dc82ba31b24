// A sum is a chain of additions, each of which waits for the one before. There
// are two ways to fill vectors: along a dimension of the result, so that every
// lane has a chain of its own, or along the summed dimension, so that each lane
// sums a part and the parts are added at the end, by halves. The second is
// taken where only that dimension lies in memory in order, or the result has
// too few elements for a vector; it reassociates the sum. How many partial sums
// is chosen by the cycles that they take: enough chains hide the latency of an
// addition, more only have to be added up. (Added up within a vector, which
// Halide can do, they took longer: a softmax of 1,024 rows of 128 0.058 ms
// instead of 0.041.)

#ifndef CONVOPT_LIB_CODEGEN_REDUCTION_H
#define CONVOPT_LIB_CODEGEN_REDUCTION_H

#include "BodyTranslator.h"
#include "convopt/Target/MachineDescription.h"
#include <memory>

namespace convopt {

struct WindowPlanes;

/// A linalg op with reduction loops as a Halide Func: one pure definition from
/// the initial value, and updates over `domain`.
struct Reduction {
  mlir::linalg::LinalgOp op;
  /// Several results are a Tuple. Arguments innermost first.
  Halide::Func func;
  std::vector<Halide::Var> vars;
  std::vector<int> extents;
  /// The loops of each update, innermost first.
  std::vector<std::vector<Halide::RVar>> loops;
  std::vector<std::vector<int>> loopExtents;
  /// If one reduction loop is computed as a vector: sums for each lane, then
  /// halves of them, to be computed where `func` is.
  std::vector<Halide::Func> lanes;
  std::vector<int> laneCounts;
  /// What remains when all lanes have got as many terms is added to the first
  /// of them, by an update of lanes[0] for each of these loops, in vectors.
  struct Tail {
    Halide::RVar loop;
    int vector;
  };
  std::vector<Tail> tails;
  /// If a window is reduced in two steps: the result of the first.
  std::shared_ptr<WindowPlanes> planes;
};

/// How many partial sums a reduction along a loop of `extent` iterations has,
/// if a vector holds `lanes`: a power of two.
int64_t laneCount(int64_t extent, int64_t lanes);

/// Along which of its loops `op` is best computed as a vector.
struct VectorLoop {
  bool isReduction = false;
  unsigned loop = 0;
};
VectorLoop chooseVectorLoop(mlir::linalg::LinalgOp op, int64_t vectorFloats);

/// Translates `op`. With `width` > 1, reduction loop `vectorLoop` is split
/// over that many lanes, which reassociates the sum; `lanes` fit in a vector of
/// the machine.
Reduction buildReduction(BodyTranslator &body, mlir::linalg::LinalgOp op,
                         const MachineDescription &machine,
                         unsigned vectorLoop = 0, int64_t width = 1,
                         int64_t lanes = 1);

} // namespace convopt

#endif // CONVOPT_LIB_CODEGEN_REDUCTION_H
