#ifndef CONVOPT_DRIVER_HEADER_H
#define CONVOPT_DRIVER_HEADER_H

#include "convopt/Codegen/ModelModule.h"

namespace convopt {

/// The C and C++ header of the model's object: convopt-c/model.h, so that it
/// stands alone, the descriptor, and inline functions with one typed parameter
/// a tensor. They return CONVOPT_BAD_ARGUMENT if the descriptor that is linked
/// is that of another compilation. With several `sizes` the functions are given
/// the dimensions of the inputs in which the sizes differ, too.
llvm::Expected<std::string> makeHeader(llvm::ArrayRef<ModelInterface> sizes,
                                       const ModelFacts &facts);

} // namespace convopt

#endif // CONVOPT_DRIVER_HEADER_H
