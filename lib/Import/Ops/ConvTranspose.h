#ifndef CONVOPT_IMPORT_OPS_CONVTRANSPOSE_H
#define CONVOPT_IMPORT_OPS_CONVTRANSPOSE_H

#include "../Node.h"

namespace convopt {

/// One axis of a transposed convolution. `output` elements are wanted from
/// `padBegin` on, which may be negative.
struct TransposedAxis {
  int64_t input = 1, kernel = 1, stride = 1, dilation = 1;
  int64_t padBegin = 0, output = 1;

  /// Input elements that one output element may read.
  int64_t taps() const;
  /// For each remainder of the output's position by the stride, and for each
  /// tap, the element of the kernel, or -1 where a zero stands; the taps are
  /// those of a correlation that begins `taps() - 1` before the output's block.
  llvm::SmallVector<int64_t> tapTable() const;
  /// The blocks of `stride` outputs that are wanted.
  int64_t firstBlock() const;
  int64_t endBlock() const;
};

/// The node's filter (C, M / groups, kernel...) as that of a convolution of
/// unit stride: groups, channels of a group with all phases, C / groups,
/// taps....
llvm::Expected<mlir::Value> rearrangeFilter(Node &node,
                                            llvm::ArrayRef<TransposedAxis> axes,
                                            int64_t groups);

/// The summand of each channel of that convolution: the node's bias, once a
/// phase.
mlir::Value repeatBias(Node &node, int64_t phases);

} // namespace convopt

#endif // CONVOPT_IMPORT_OPS_CONVTRANSPOSE_H
