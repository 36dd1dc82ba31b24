#ifndef CONVOPT_LIB_TRANSFORMS_SELECTION_MODELONDEMAND_H
#define CONVOPT_LIB_TRANSFORMS_SELECTION_MODELONDEMAND_H

#include "convopt/CostModel/CostModel.h"

namespace convopt {

/// The built-in model, which is read when it is first asked.
std::unique_ptr<CostModel> createModelOnDemand();

} // namespace convopt

#endif // CONVOPT_LIB_TRANSFORMS_SELECTION_MODELONDEMAND_H
