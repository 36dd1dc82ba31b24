#ifndef CONVOPT_TOOLS_RUN_LOADEDMODEL_H
#define CONVOPT_TOOLS_RUN_LOADEDMODEL_H

#include "WeightsFile.h"
#include "convopt-c/model.h"
#include "convopt-c/profile.h"
#include "convopt-c/sizes.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"
#include <cstdlib>
#include <memory>
#include <vector>

namespace convopt {

/// A model in a shared library, with an initialised workspace.
class LoadedModel {
public:
  /// Finds the descriptor: NAME_model, or with an empty name the library's only
  /// symbol that ends so. `weights` says how its weights file is read, if it
  /// has one, and where the workspace lies.
  static llvm::Expected<std::unique_ptr<LoadedModel>>
  load(const std::string &library, llvm::StringRef name,
       const WeightsOptions &weights);
  ~LoadedModel();

  const convopt_model &descriptor() const { return *model; }
  /// Null unless the model was compiled with --profile.
  const convopt_profile *profile() const { return launches; }
  /// Has `observer` called around each launch. Needs a profile.
  llvm::Error watch(convopt_observer observer, void *data) const;
  /// What the model was compiled for; one or several.
  llvm::ArrayRef<convopt_size> sizes() const;
  /// The number of `size`, which is one of sizes().
  size_t numberOf(const convopt_size &size) const {
    return &size - sizes().data();
  }
  /// The launches of a run of `size`, and the number of the first as the
  /// observer is told it. Needs a profile.
  std::pair<llvm::ArrayRef<convopt_launch>, int64_t>
  launchesOf(const convopt_size &size) const;
  /// `size` is one of sizes().
  llvm::Error run(const convopt_size &size, llvm::ArrayRef<const void *> inputs,
                  llvm::ArrayRef<void *> outputs) const;

  /// Of output `i` after a run.
  llvm::ArrayRef<int64_t> outputShape(int64_t i) const {
    const int64_t *dims = several ? several->output_dims(workspace, i)
                                  : model->output_dims(workspace, i);
    return {dims, static_cast<size_t>(model->outputs[i].rank)};
  }

private:
  LoadedModel() = default;
  const convopt_sizes *several = nullptr;
  convopt_size only = {}; ///< where there are not several
  void *handle = nullptr;
  const convopt_model *model = nullptr;
  const convopt_profile *launches = nullptr;
  WeightsFile weights;
  struct Free {
    void operator()(void *block) const { std::free(block); }
  };
  std::unique_ptr<void, Free> block;  ///< the workspace, or
  llvm::sys::OwningMemoryBlock pages; ///< the large pages that it is in
  void *workspace = nullptr;
  bool initialised = false;
};

} // namespace convopt

#endif // CONVOPT_TOOLS_RUN_LOADEDMODEL_H
