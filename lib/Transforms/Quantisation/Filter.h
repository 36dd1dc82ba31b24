#ifndef CONVOPT_LIB_TRANSFORMS_FILTER_H
#define CONVOPT_LIB_TRANSFORMS_FILTER_H

#include "Decoding.h"

namespace convopt {

/// The constant operand of a product: integers less their zero points, and what
/// one of them stands for.
struct Filter {
  std::vector<int16_t> values; ///< row-major
  llvm::SmallVector<int64_t> shape;
  Numbers scale = {{1}, {}}; ///< along dimensions of the filter

  /// Takes off the least with which 8 bits with a sign hold all values, the
  /// same number of all or, where there is none, of each place along `dims`.
  /// That number; nothing if there is none for some place.
  std::optional<Numbers> takeOffExcess(llvm::ArrayRef<int64_t> dims);
};

/// Reads a tensor of f32 or i32 that is decoded from constant 8-bit integers,
/// transposed and reshaped, or a constant one of i32; nothing if `value` is
/// something else.
std::optional<Filter> readFilter(mlir::Value value);

/// The constant tensor of 8-bit integers `value`, extended with its sign or
/// without, less `zero`.
std::optional<Filter> readBytes(mlir::Value value, bool isSigned,
                                const Numbers &zero);

/// For each element of `shape`, row-major, its number and its place among the
/// numbers that lie along `dims` alone, row-major too.
void forEachPlace(llvm::ArrayRef<int64_t> shape, llvm::ArrayRef<int64_t> dims,
                  llvm::function_ref<void(int64_t, int64_t)> body);

} // namespace convopt

#endif // CONVOPT_LIB_TRANSFORMS_FILTER_H
