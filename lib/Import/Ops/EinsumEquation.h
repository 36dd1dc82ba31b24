#ifndef CONVOPT_IMPORT_OPS_EINSUMEQUATION_H
#define CONVOPT_IMPORT_OPS_EINSUMEQUATION_H

#include "../Node.h"
#include <map>

namespace convopt {

/// A dimension: a letter, or one that an ellipsis stands for (negative, -1 for
/// the last).
using Label = int;
using Labels = llvm::SmallVector<Label>;

/// What Einsum's equation says of the inputs that it was read for.
struct Equation {
  /// Of each input's dimensions; a label may occur twice.
  llvm::SmallVector<Labels> inputs;
  /// Of the output's, each another one.
  Labels output;
  /// The size of every label, 1 only if all dimensions of that name have it.
  std::map<Label, int64_t> extents;
};

/// The equation of `node`; an error if it is none, or does not fit the inputs.
llvm::Expected<Equation> readEquation(const Node &node);

} // namespace convopt

#endif // CONVOPT_IMPORT_OPS_EINSUMEQUATION_H
