#ifndef CONVOPT_IMPORT_WIDESUMS_H
#define CONVOPT_IMPORT_WIDESUMS_H

#include "Node.h"

namespace onnx {
class OpSchema;
}

namespace convopt {

/// Whether the operator sums or multiplies up many elements, so that it is
/// computed in f32 where its elements are f16 or bf16, and rounded once.
bool computesInSinglePrecision(llvm::StringRef op);

/// f16 and bf16.
bool isHalf(ElementKind kind);

/// `input` in f32, if it is f16 or bf16; itself otherwise. `node` gives the
/// place.
ImportedValue widen(Node &node, const ImportedValue &input);

/// The f32 tensor `value` rounded to `kind`.
ImportedValue narrow(Node &node, const ImportedValue &value, ElementKind kind);

/// The f16 or bf16 that output `i` of an operator has because an input of the
/// same type variable has it; nothing if there is none.
std::optional<ElementKind> halfKindOf(const onnx::OpSchema &schema, size_t i,
                                      llvm::ArrayRef<ImportedValue *> inputs);

} // namespace convopt

#endif // CONVOPT_IMPORT_WIDESUMS_H
