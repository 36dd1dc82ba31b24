#ifndef CONVOPT_DRIVER_WEIGHTSFILE_H
#define CONVOPT_DRIVER_WEIGHTSFILE_H

#include "convopt/Driver/Environment.h"
#include "convopt/Runtime/Plan.h"
#include "convopt/Transforms/Lowering.h"
#include "llvm/Support/Error.h"

namespace convopt {

/// The size of a file of `weights`.
int64_t weightsFileBytes(const ConstantPool &weights);

/// What the weights file of the object at `output` is called: the same, with
/// .weights in place of its extension.
std::string weightsFileOf(llvm::StringRef output);

/// Writes the file, each constant from where it is, and returns what it begins
/// with.
llvm::Expected<convopt_weights_header>
writeWeights(Environment &environment, llvm::StringRef path,
             const ConstantPool &weights);

} // namespace convopt

#endif // CONVOPT_DRIVER_WEIGHTSFILE_H
