#ifndef CONVOPT_TRANSFORMS_PACKINTERVALS_H
#define CONVOPT_TRANSFORMS_PACKINTERVALS_H

#include "llvm/ADT/ArrayRef.h"
#include <cstdint>

namespace convopt {

/// A buffer and when it is needed: from time `first` to `last`, both included.
struct LiveBuffer {
  int64_t bytes = 0;
  int64_t first = 0, last = 0;
  int64_t offset = 0; ///< the answer
};

/// Chooses offsets, multiples of `alignment`, so that buffers that are live at
/// the same time do not overlap; returns the bytes needed. Greedy by size, as
/// in Pisarchyk and Lee, "Efficient Memory Management for Deep Neural Net
/// Inference" (2020): from large to small (ties in the given order), each into
/// the smallest gap that holds it between those placed before and live with it;
/// then, while more is needed than is live at one time, a bounded number of
/// changes to that order, of which none that needs more is kept.
int64_t packIntervals(llvm::MutableArrayRef<LiveBuffer> buffers,
                      int64_t alignment);

/// The most bytes live at one time: no placement needs fewer.
int64_t peakBytes(llvm::ArrayRef<LiveBuffer> buffers, int64_t alignment);

} // namespace convopt

#endif // CONVOPT_TRANSFORMS_PACKINTERVALS_H
