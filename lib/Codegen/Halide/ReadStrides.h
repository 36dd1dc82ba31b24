#ifndef CONVOPT_LIB_CODEGEN_READSTRIDES_H
#define CONVOPT_LIB_CODEGEN_READSTRIDES_H

#include "Halide.h"
#include <optional>
#include <vector>

namespace convopt {

/// How an expression walks through the memory that it reads.
struct ReadStrides {
  /// One entry a read of a one-dimensional Func or buffer: how far the position
  /// moves with each variable.
  std::vector<std::vector<int64_t>> reads;
  /// Whether a variable stands anywhere else, or moves a position unevenly.
  std::vector<bool> irregular;
};

ReadStrides readStrides(const Halide::Expr &value,
                        const std::vector<Halide::Var> &vars);

/// Loops over a tensor's elements, innermost first.
struct ElementLoops {
  std::vector<Halide::Var> vars;
  std::vector<int> extents;
};

/// Neighbouring loops as one where `value` reads and the result is written as
/// if they were; loops of one iteration are dropped. Rewrites `value`. Gives
/// for each old loop which new one runs over it, and in which steps.
struct MergedLoops {
  ElementLoops loops;
  std::vector<std::pair<size_t, int>> from;
};
MergedLoops mergeLoops(Halide::Expr &value, const ElementLoops &old);

/// A loop other than the innermost along which memory is read in order, while
/// the innermost jumps: a transposition.
struct Transposed {
  size_t loop;
  /// Every read that moves at all is such a one.
  bool everyRead;
  /// The largest jump of the innermost loop, in elements.
  int64_t jump;
};
std::optional<Transposed> findTransposed(const Halide::Expr &value,
                                         const std::vector<Halide::Var> &vars);

} // namespace convopt

#endif // CONVOPT_LIB_CODEGEN_READSTRIDES_H
