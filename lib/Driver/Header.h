#ifndef CONVOPT_DRIVER_HEADER_H
#define CONVOPT_DRIVER_HEADER_H

#include "convopt/Codegen/ModelModule.h"

namespace convopt {

/// The C and C++ header of the model's object: the structs of its descriptor
/// under a guard, the descriptor, and inline functions with one typed
/// parameter a tensor.
std::string makeHeader(const ModelInterface &interface,
                       const ModelFacts &facts);

} // namespace convopt

#endif // CONVOPT_DRIVER_HEADER_H
