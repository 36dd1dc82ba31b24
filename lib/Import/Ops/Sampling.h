#ifndef CONVOPT_IMPORT_OPS_SAMPLING_H
#define CONVOPT_IMPORT_OPS_SAMPLING_H

#include "Generic.h"

namespace convopt {

/// How a tensor is read between its elements and outside of them.
struct SamplingRule {
  enum class Mode { Nearest, Linear, Cubic } mode = Mode::Linear;
  enum class Padding { Zeros, Border, Reflection } padding = Padding::Zeros;
  /// The corners of the image are the centers of its outermost elements, not
  /// their outer edges: what reflection turns at.
  bool alignCorners = false;

  int64_t taps() const {
    return mode == Mode::Nearest ? 1 : mode == Mode::Linear ? 2 : 4;
  }
};

/// Which elements of one dimension a point reads, and with what weights: two
/// tensors of the points' shape and, last, the rule's taps. An index is i32,
/// -1 for an element that is not there and counts as zero.
struct SampleTable {
  mlir::Value indices, weights;
};

/// The table of a dimension of `extent` elements. `coordinate` gives the
/// coordinate, in elements, of the point at a place of `points`. `kind`: f32 or
/// f64, of coordinates and weights.
SampleTable makeSampleTable(
    Node &node, llvm::ArrayRef<int64_t> points, int64_t extent,
    const SamplingRule &rule, ElementKind kind,
    llvm::function_ref<mlir::Value(Scalar &, llvm::ArrayRef<mlir::Value>)>
        coordinate);

/// In the body of an operation: the value of `image` at the point `at`. `image`
/// has the dimensions `leading`, then one for each table. Elements are of the
/// kind of `s`.
mlir::Value sample(Scalar &s, mlir::Value image,
                   llvm::ArrayRef<mlir::Value> leading,
                   llvm::ArrayRef<SampleTable> tables,
                   llvm::ArrayRef<mlir::Value> at, const SamplingRule &rule);

} // namespace convopt

#endif // CONVOPT_IMPORT_OPS_SAMPLING_H
