#include "LoadedModel.h"
#include "HugePages.h"
#include "llvm/Object/ELFObjectFile.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MathExtras.h"
#include <dlfcn.h>

using namespace llvm;

namespace convopt {

static Error failedWith(const char *what, int status) {
  switch (status) {
  case CONVOPT_BAD_ARGUMENT:
    return createStringError("%s: bad argument", what);
  case CONVOPT_NO_THREADS:
    return createStringError("%s: threads could not start", what);
  case CONVOPT_WRONG_CPU:
    return createStringError(
        "%s: this CPU lacks what the model was compiled for", what);
  case CONVOPT_WRONG_WEIGHTS:
    return createStringError("%s: the weights file is not this model's", what);
  }
  return createStringError("%s: status %d", what, status);
}

static Expected<std::string> findSymbol(const std::string &library,
                                        StringRef name) {
  if (!name.empty())
    return (name + "_model").str();
  auto file = object::ObjectFile::createObjectFile(library);
  if (!file)
    return createStringError("cannot read '%s': %s", library.c_str(),
                             toString(file.takeError()).c_str());
  auto *elf = dyn_cast<object::ELFObjectFileBase>(file->getBinary());
  std::string found;
  if (elf)
    for (const object::ELFSymbolRef &symbol :
         elf->getDynamicSymbolIterators()) {
      Expected<StringRef> text = symbol.getName();
      if (!text)
        return text.takeError();
      if (!text->ends_with("_model") || symbol.getELFType() != ELF::STT_OBJECT)
        continue;
      if (!found.empty())
        return createStringError("'%s' holds more than one model: choose with "
                                 "--name",
                                 library.c_str());
      found = text->str();
    }
  if (found.empty())
    return createStringError("'%s' holds no model", library.c_str());
  return found;
}

Expected<std::unique_ptr<LoadedModel>>
LoadedModel::load(const std::string &library, StringRef name,
                  const WeightsOptions &weights) {
  Expected<std::string> symbol = findSymbol(library, name);
  if (!symbol)
    return symbol.takeError();
  std::unique_ptr<LoadedModel> result(new LoadedModel);
  // dlopen searches elsewhere for a name without a slash.
  SmallString<128> path(library);
  sys::fs::make_absolute(path);
  result->handle = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (!result->handle)
    return createStringError("cannot load '%s': %s", library.c_str(),
                             dlerror());
  result->model = static_cast<const convopt_model *>(
      dlsym(result->handle, symbol->c_str()));
  if (!result->model)
    return createStringError("'%s' has no symbol %s", library.c_str(),
                             symbol->c_str());
  StringRef stem = StringRef(*symbol).drop_back(StringRef("_model").size());
  result->launches = static_cast<const convopt_profile *>(
      dlsym(result->handle, (stem + "_profile").str().c_str()));
  result->several = static_cast<const convopt_sizes *>(
      dlsym(result->handle, (stem + "_sizes").str().c_str()));
  result->only = {result->model->inputs, result->model->outputs};
  if (int64_t size = result->model->weights_bytes) {
    auto file = WeightsFile::open(weights, library, stem, size);
    if (!file)
      return file.takeError();
    result->weights = std::move(*file);
  }
  const size_t bytes = alignTo(result->model->workspace_bytes, 64);
  if (weights.hugePages) {
    result->pages = allocateHugePages(bytes);
    result->workspace = result->pages.base();
  } else {
    result->block.reset(std::aligned_alloc(64, bytes));
    result->workspace = result->block.get();
  }
  if (!result->workspace)
    return createStringError("no memory for a workspace of %zu bytes", bytes);
  if (int status =
          result->model->init(result->workspace, result->weights.data()))
    return failedWith("init", status);
  result->initialised = true;
  return result;
}

LoadedModel::~LoadedModel() {
  if (initialised)
    model->fini(workspace);
  if (handle)
    dlclose(handle);
}

Error LoadedModel::watch(convopt_observer observer, void *data) const {
  if (int status = launches->watch(workspace, observer, data))
    return failedWith("watch", status);
  return Error::success();
}

ArrayRef<convopt_size> LoadedModel::sizes() const {
  if (several)
    return ArrayRef(several->sizes, several->count);
  return only;
}

std::pair<ArrayRef<convopt_launch>, int64_t>
LoadedModel::launchesOf(const convopt_size &size) const {
  ArrayRef<convopt_launch> all(launches->launches, launches->launch_count);
  if (!several)
    return {all, 0};
  const int64_t *first = launches->first_launch + numberOf(size);
  return {all.slice(first[0], first[1] - first[0]), first[0]};
}

Error LoadedModel::run(const convopt_size &size, ArrayRef<const void *> inputs,
                       ArrayRef<void *> outputs) const {
  SmallVector<const int64_t *> dims;
  for (const convopt_tensor &tensor : ArrayRef(size.inputs, inputs.size()))
    dims.push_back(tensor.dims);
  int status = several ? several->run(inputs.data(), dims.data(),
                                      outputs.data(), workspace)
                       : model->run(inputs.data(), outputs.data(), workspace);
  if (status)
    return failedWith("run", status);
  return Error::success();
}

} // namespace convopt
