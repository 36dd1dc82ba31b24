#ifndef CONVOPT_IMPORT_OPS_CONVTRANSPOSE_H
#define CONVOPT_IMPORT_OPS_CONVTRANSPOSE_H

#include "llvm/ADT/SmallVector.h"
#include <cstdint>

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

} // namespace convopt

#endif // CONVOPT_IMPORT_OPS_CONVTRANSPOSE_H
