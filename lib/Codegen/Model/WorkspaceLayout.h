#ifndef CONVOPT_LIB_CODEGEN_MODEL_WORKSPACELAYOUT_H
#define CONVOPT_LIB_CODEGEN_MODEL_WORKSPACELAYOUT_H

#include "convopt/Codegen/ModelModule.h"

namespace convopt {

/// For each output of `interface` where its true shape lies, in bytes from the
/// begin of the tensors, or 0 where it has no other than its dims. Of several
/// sizes `interface` is what they have in common.
std::vector<int64_t> shapeOffsets(const ModelInterface &interface,
                                  const ModelFacts &facts);

} // namespace convopt

#endif // CONVOPT_LIB_CODEGEN_MODEL_WORKSPACELAYOUT_H
