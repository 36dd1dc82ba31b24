#ifndef CONVOPT_TRANSFORMS_NORMALISEPATTERNS_H
#define CONVOPT_TRANSFORMS_NORMALISEPATTERNS_H

#include "mlir/IR/PatternMatch.h"

namespace convopt {

/// Makes named element-wise operations (linalg.add, ...) generic ones, which
/// is what upstream's patterns on reshapes and fusion work on.
void populateGeneraliseElementwise(mlir::RewritePatternSet &patterns);

} // namespace convopt

#endif // CONVOPT_TRANSFORMS_NORMALISEPATTERNS_H
