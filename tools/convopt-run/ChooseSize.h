#ifndef CONVOPT_TOOLS_RUN_CHOOSESIZE_H
#define CONVOPT_TOOLS_RUN_CHOOSESIZE_H

#include "Arrays/Npy.h"
#include "LoadedModel.h"
#include "llvm/ADT/ArrayRef.h"
#include "llvm/Support/Error.h"

namespace convopt {

/// A file of an input, and what it holds.
struct GivenInput {
  std::string path;
  Array array;
};

/// "f32[1,3,224,224]"
std::string typeText(llvm::StringRef type, llvm::ArrayRef<int64_t> dims);

/// "'x' f32[1,3,8,8], 'scale' f32[8]": a size by its inputs.
std::string sizeText(const LoadedModel &model, const convopt_size &size);

/// The size of `model` that the first inputs, which are given, have: without
/// any the first. An error says what is wrong with an input, or which sizes
/// there are.
llvm::Expected<const convopt_size *>
chooseSize(const LoadedModel &model, llvm::ArrayRef<GivenInput> inputs);

} // namespace convopt

#endif // CONVOPT_TOOLS_RUN_CHOOSESIZE_H
