#ifndef CONVOPT_LIB_COSTMODEL_BUILTINMODEL_H
#define CONVOPT_LIB_COSTMODEL_BUILTINMODEL_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"

namespace convopt {

/// A model of models/ in two parts.
struct EmbeddedModel {
  llvm::StringRef head;          ///< all but the trees, as JSON
  llvm::ArrayRef<uint8_t> trees; ///< as TreeEnsemble::unpack takes them
};

// The build generates the definitions (see EmbedModel.cpp).
EmbeddedModel builtinModel();
EmbeddedModel wideModel();

} // namespace convopt

#endif // CONVOPT_LIB_COSTMODEL_BUILTINMODEL_H
