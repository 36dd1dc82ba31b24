#ifndef CONVOPT_PRIMITIVES_ANNOTATION_H
#define CONVOPT_PRIMITIVES_ANNOTATION_H

#include "convopt/IR/ConvoptDialect.h"
#include "convopt/IR/InferConvLayer.h"
#include "convopt/Primitives/Primitive.h"

namespace convopt {

// From the annotation of a convolution to a choice of the catalogue and back.
// Whatever reads an annotation does it by these functions.

/// What an annotation asks for. Any choice of the primitive may have what it
/// leaves open.
struct Annotation {
  const Primitive *primitive;
  std::optional<VariantName> variant;
  int64_t strip, unroll, lanes, columns; ///< of the variant; 0: open
  std::optional<Layout> input, output;
  bool admits(const Choice &choice) const;
  /// Of the choices that `machine` has for `layer`, the first that is admitted.
  std::optional<Choice> first(const ConvProblem &layer,
                              const MachineDescription &machine) const;
  /// That of the variant; the layer's own if it does not say.
  Precision precision() const {
    return variant ? variant->precision : Precision::Full;
  }
};

/// Fails if there is no such primitive or the variant's name is none.
llvm::Expected<Annotation> readAnnotation(PrimitiveAttr attr);

/// The choice for a convolution whose tensors stand as they will be stored:
/// layouts that the annotation leaves open are theirs, and of the choices that
/// it admits the first is taken. Fails with one line if it has other layouts
/// than the tensors or `machine` has no such choice for this layer.
llvm::Expected<Choice> resolve(PrimitiveAttr attr, const ConvOp &conv,
                               const MachineDescription &machine);

/// The annotation that asks for `choice` and leaves nothing open.
PrimitiveAttr annotate(mlir::MLIRContext *context, const Choice &choice,
                       int64_t nanoseconds);

} // namespace convopt

#endif // CONVOPT_PRIMITIVES_ANNOTATION_H
