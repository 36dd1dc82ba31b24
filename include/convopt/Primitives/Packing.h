#ifndef CONVOPT_PRIMITIVES_PACKING_H
#define CONVOPT_PRIMITIVES_PACKING_H

#include "convopt/Primitives/PackedFilter.h"
#include <vector>

namespace convopt {

/// [groups * K / tile][R][S][C][tile], the last tile of each group not full: a
/// register tile of channels reads its weights from one stream. With `dot`
/// channels that meet in a lane [...][C / dot][tile][dot], zeros after the
/// last.
PackedFilter tiledFilter(const ConvProblem &layer, int64_t tile,
                         int64_t dot = 1);

/// Moves the weights (groups, K, C, R, S) to their places in `order`, which
/// holds weights. Elements of both are of its type; the rest of `packed` stays
/// as it is.
void packWeights(const ConvLayer &layer, const PackedFilter &order,
                 llvm::ArrayRef<char> filter,
                 llvm::MutableArrayRef<char> packed);

/// Elements as the bytes that they lie in, and back.
template <typename T> llvm::ArrayRef<char> toBytes(llvm::ArrayRef<T> elements) {
  return {reinterpret_cast<const char *>(elements.data()),
          elements.size() * sizeof(T)};
}
template <typename T>
llvm::MutableArrayRef<char> toBytes(std::vector<T> &elements) {
  return {reinterpret_cast<char *>(elements.data()),
          elements.size() * sizeof(T)};
}
template <typename T> llvm::ArrayRef<T> fromBytes(llvm::ArrayRef<char> bytes) {
  return {reinterpret_cast<const T *>(bytes.data()), bytes.size() / sizeof(T)};
}
template <typename T>
llvm::MutableArrayRef<T> fromBytes(llvm::MutableArrayRef<char> bytes) {
  return {reinterpret_cast<T *>(bytes.data()), bytes.size() / sizeof(T)};
}

} // namespace convopt

#endif // CONVOPT_PRIMITIVES_PACKING_H
