#ifndef CONVOPT_LIB_COSTMODEL_BUILTINMODEL_H
#define CONVOPT_LIB_COSTMODEL_BUILTINMODEL_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"

namespace convopt {

// models/builtin.json in two parts; the build generates the definitions (see
// EmbedModel.cpp).

/// All but the trees, as JSON.
llvm::StringRef builtinModelHead();
/// The trees as TreeEnsemble::unpack takes them.
llvm::ArrayRef<uint8_t> builtinModelTrees();

} // namespace convopt

#endif // CONVOPT_LIB_COSTMODEL_BUILTINMODEL_H
