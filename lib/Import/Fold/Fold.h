#ifndef CONVOPT_IMPORT_FOLD_FOLD_H
#define CONVOPT_IMPORT_FOLD_FOLD_H

#include "../Node.h"

namespace convopt {

// What operators do with shapes is computed while importing, so that Reshape,
// Slice, Resize and the like see constants. One function for each file.
void registerElementwiseFolds(FoldTable &table);
void registerMovementFolds(FoldTable &table);

/// Whether all inputs are known, and they and the outputs are small. Above,
/// computing is the business of the passes (weights) or of the object.
bool isSmall(const Node &node);

/// After setOutput.
llvm::Expected<bool> done(llvm::Error error);

/// What ConstantOfShape fills with: the one element of its value, or f32 0.
llvm::Expected<Constant> fillElement(const Node &node);

/// For each element of `to`, which element of a tensor of shape `from` is
/// broadcast there.
std::vector<int64_t> broadcastIndices(llvm::ArrayRef<int64_t> from,
                                      llvm::ArrayRef<int64_t> to);

// Signed overflow wraps, as on every machine.
inline int64_t wrapAdd(int64_t a, int64_t b) {
  return static_cast<int64_t>(static_cast<uint64_t>(a) +
                              static_cast<uint64_t>(b));
}
inline int64_t wrapMul(int64_t a, int64_t b) {
  return static_cast<int64_t>(static_cast<uint64_t>(a) *
                              static_cast<uint64_t>(b));
}

} // namespace convopt

#endif // CONVOPT_IMPORT_FOLD_FOLD_H
