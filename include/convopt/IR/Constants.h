#ifndef CONVOPT_IR_CONSTANTS_H
#define CONVOPT_IR_CONSTANTS_H

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/IR/Builders.h"
#include <optional>
#include <vector>

namespace convopt {

/// The elements of a constant f32 tensor, row-major, or nothing if `value` is
/// not an arith.constant of f32. A splat is expanded.
std::optional<std::vector<float>> getConstantFloats(mlir::Value value);

/// The elements of a constant tensor of f32, i8 or i32, row-major, integers
/// with their sign; nothing if `value` is no arith.constant of these. `Number`
/// is double, or float, which does not hold all i32.
template <typename Number>
std::optional<std::vector<Number>> getConstantNumbers(mlir::Value value);

/// The scalar that every element of `value` equals (an arith.constant splat or
/// scalar, a linalg.fill of one), or nothing.
std::optional<double> getSplat(mlir::Value value);

/// Raw bytes of a constant tensor, row-major, little endian, not splat; empty
/// if `attr` is a splat or not of raw bytes. Points into the attribute.
llvm::ArrayRef<char> getRawBytes(mlir::ElementsAttr attr);

/// The same of elements of whole bytes, of which a splat is repeated; nothing
/// for a resource that is not there.
std::optional<std::vector<char>> getConstantBytes(mlir::ElementsAttr attr);

/// An arith.constant whose data is a dense_resource called `name` (made
/// unique) that owns a copy of `data`; its size must match `type`.
mlir::Value createConstant(mlir::OpBuilder &builder, mlir::Location loc,
                           mlir::RankedTensorType type, llvm::StringRef name,
                           llvm::ArrayRef<float> data);
/// The same without a copy.
mlir::Value createConstant(mlir::OpBuilder &builder, mlir::Location loc,
                           mlir::RankedTensorType type, llvm::StringRef name,
                           std::vector<float> &&data);
/// The same of the bytes that the elements lie in.
mlir::Value createConstant(mlir::OpBuilder &builder, mlir::Location loc,
                           mlir::RankedTensorType type, llvm::StringRef name,
                           std::vector<char> &&data);

/// A constant tensor of f32, i8 or i32 with these elements, which the type must
/// hold: a splat if all are equal, else a dense_resource as above.
template <typename Number>
mlir::Value createNumbers(mlir::OpBuilder &builder, mlir::Location loc,
                          mlir::RankedTensorType type, llvm::StringRef name,
                          std::vector<Number> &&numbers);

} // namespace convopt

#endif // CONVOPT_IR_CONSTANTS_H
