#ifndef CONVOPT_TOOLS_RUN_LOADEDMODEL_H
#define CONVOPT_TOOLS_RUN_LOADEDMODEL_H

#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"
#include <memory>
#include <vector>

// As in every model's header.
struct convopt_tensor {
  const char *name, *type;
  int64_t rank;
  const int64_t *dims;
};
struct convopt_model {
  const char *name, *target, *version;
  int64_t input_count;
  const convopt_tensor *inputs;
  int64_t output_count;
  const convopt_tensor *outputs;
  int64_t workspace_bytes, weights_bytes;
  int (*init)(void *workspace, const void *weights);
  int (*run)(const void *const *inputs, void *const *outputs, void *workspace);
  void (*fini)(void *workspace);
};

// As in the header of a model that was compiled with --profile.
struct convopt_launch {
  const char *node, *kernel, *operation, *shape, *primitive;
  int64_t operations, bytes, predicted_ns;
};
typedef void (*convopt_observer)(void *data, int64_t launch, int done);
struct convopt_profile {
  int64_t threads;
  double peak_flops;
  int64_t launch_count;
  const convopt_launch *launches;
  int (*watch)(void *workspace, convopt_observer observer, void *data);
};

namespace convopt {

/// A model in a shared library, with an initialised workspace.
class LoadedModel {
public:
  /// Finds the descriptor: NAME_model, or with an empty name the library's only
  /// symbol that ends so.
  static llvm::Expected<std::unique_ptr<LoadedModel>>
  load(const std::string &library, llvm::StringRef name);
  ~LoadedModel();

  const convopt_model &descriptor() const { return *model; }
  /// Null unless the model was compiled with --profile.
  const convopt_profile *profile() const { return launches; }
  /// Has `observer` called around each launch. Needs a profile.
  llvm::Error watch(convopt_observer observer, void *data) const;
  llvm::Error run(llvm::ArrayRef<const void *> inputs,
                  llvm::ArrayRef<void *> outputs) const;

private:
  LoadedModel() = default;
  void *handle = nullptr;
  const convopt_model *model = nullptr;
  const convopt_profile *launches = nullptr;
  void *workspace = nullptr;
  bool initialised = false;
};

} // namespace convopt

#endif // CONVOPT_TOOLS_RUN_LOADEDMODEL_H
