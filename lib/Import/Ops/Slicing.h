#ifndef CONVOPT_IMPORT_OPS_SLICING_H
#define CONVOPT_IMPORT_OPS_SLICING_H

#include "../Node.h"

namespace convopt {

/// What Slice takes of each dimension; a step may be negative.
struct SliceRange {
  Shape offsets, sizes, steps;
};

/// Starts, ends, axes and steps, from attributes (up to opset 9) or constant
/// inputs, clamped as ONNX says.
llvm::Expected<SliceRange> readSlice(const Node &node);

} // namespace convopt

#endif // CONVOPT_IMPORT_OPS_SLICING_H
