#ifndef CONVOPT_LIB_COSTMODEL_BUILTINMODEL_H
#define CONVOPT_LIB_COSTMODEL_BUILTINMODEL_H

#include "convopt/CostModel/TreeEnsemble.h"
#include "llvm/ADT/StringRef.h"

namespace convopt {

// models/builtin.json in two parts; the build generates the definitions (see
// EmbedModel.cpp).

/// All but the trees, as JSON.
llvm::StringRef builtinModelHead();
/// The trees, which need no parsing.
TreeEnsemble::Packed builtinModelTrees();

} // namespace convopt

#endif // CONVOPT_LIB_COSTMODEL_BUILTINMODEL_H
