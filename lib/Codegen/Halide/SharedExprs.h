#ifndef CONVOPT_LIB_CODEGEN_SHAREDEXPRS_H
#define CONVOPT_LIB_CODEGEN_SHAREDEXPRS_H

#include "Halide.h"

namespace convopt {

// An element that is used twice is one node of Halide's expressions with two
// parents. Written out as a tree, a chain of such elements is exponentially
// large, and so Halide's passes see it until a Func is defined by it, when
// common subexpressions become lets.

/// Whether `e`, written out as a tree, is too large to be passed over so.
bool isLargeAsTree(const Halide::Expr &e);

/// `e` simplified; if it is large, the positions that it reads at.
Halide::Expr simplifyShared(const Halide::Expr &e);

/// Whether `e` reads a buffer or a variable.
bool dependsOnData(const Halide::Expr &e);

/// Whether `x` is NaN, computed as IEEE 754 says. Halide's own is_nan asks so
/// of `x` written out as a tree.
Halide::Expr isNaN(const Halide::Expr &x);

} // namespace convopt

#endif // CONVOPT_LIB_CODEGEN_SHAREDEXPRS_H
