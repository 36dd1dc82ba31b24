#ifndef CONVOPT_LIB_DRIVER_SIZES_H
#define CONVOPT_LIB_DRIVER_SIZES_H

#include "convopt/Driver/Compile.h"

namespace convopt {

/// Of one object. Each is compiled like a model of its own.
inline constexpr size_t mostSizes = 256;

/// Fills in options.sizes and options.import.shapes: the n-th shapes of all
/// inputs are one size, and an input with one shape has it in all. An error
/// where two inputs have different numbers of shapes, or two sizes are the
/// same.
llvm::Error combineShapes(CompileOptions &options);

/// "x: 1x3x48x320, mask: 1x80"
std::string toString(const llvm::StringMap<Shape> &size);

} // namespace convopt

#endif // CONVOPT_LIB_DRIVER_SIZES_H
