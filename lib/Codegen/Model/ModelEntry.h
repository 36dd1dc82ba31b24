#ifndef CONVOPT_LIB_CODEGEN_MODEL_MODELENTRY_H
#define CONVOPT_LIB_CODEGEN_MODEL_MODELENTRY_H

#include "convopt/Codegen/ModelModule.h"

namespace convopt {

/// Adds the convopt_main (Runtime/Plan.h) of the size with that number to
/// `module`, which has the function of it. `common` is what all sizes have in
/// common, `size` the interface of this one.
llvm::Function *makeEntry(llvm::Module &module, const ModelInterface &common,
                          const ModelInterface &size, const ModelFacts &facts,
                          size_t number);

} // namespace convopt

#endif // CONVOPT_LIB_CODEGEN_MODEL_MODELENTRY_H
