#ifndef CONVOPT_LIB_CODEGEN_MODEL_DESCRIPTORPARTS_H
#define CONVOPT_LIB_CODEGEN_MODEL_DESCRIPTORPARTS_H

#include "DescriptorConstants.h"
#include "convopt/Codegen/ModelModule.h"

// What an object may show beside NAME_model.
namespace convopt {

/// An array of convopt_size.
llvm::Constant *makeSizes(DescriptorConstants &constants,
                          llvm::ArrayRef<ModelInterface> sizes);

/// NAME_sizes, of `count` sizes in the array `sizes`.
void addSizes(DescriptorConstants &constants, const ModelFacts &facts,
              size_t count, llvm::Constant *sizes);

/// NAME_profile; there must be launches.
void addProfile(DescriptorConstants &constants, const ModelFacts &facts,
                const MachineDescription &machine);

} // namespace convopt

#endif // CONVOPT_LIB_CODEGEN_MODEL_DESCRIPTORPARTS_H
