// One object for several sizes of a model. Each size is imported for itself,
// since shapes decide what an importer makes of a model, and its primitives are
// chosen for itself, but knowing what the sizes before have chosen: their
// packed filters are there already. So the first size chooses freely, and the
// others as it did where that is worth the memory. What comes out is one module
// with a function for each size. All that follows (kernels, which are shared by
// content, packed filters, the pool of weights, code) works on modules, and
// shares what is equal.

#include "Sizes.h"
#include "Stages.h"
#include "convopt/IR/LocatedError.h"
#include "mlir/IR/SymbolTable.h"

using namespace llvm;

namespace convopt {

/// Says in `error` of which size it is.
static Error forSize(Error error, const StringMap<Shape> &size) {
  const std::string with = "with " + toString(size) + ": ";
  std::string where, what;
  error = handleErrors(std::move(error), [&](const LocatedError &located) {
    where = located.where();
    what = located.what();
  });
  if (error)
    what = toString(std::move(error));
  return locatedError(where, with + what);
}

/// What `module` computes, as one more function of `all`.
static Error append(OwnedModule &all, OwnedModule module) {
  if (!all) {
    all = std::move(module);
    return Error::success();
  }
  Expected<mlir::func::FuncOp> main = findMain(*module);
  if (!main)
    return main.takeError();
  (*main)->remove();
  mlir::SymbolTable(*all).insert(*main);
  return Error::success();
}

static Error addSize(Session &session, const CompileOptions &options,
                     SharedWeights *shared, Chosen &chosen) {
  Expected<Loaded> loaded = load(session, options);
  if (!loaded)
    return loaded.takeError();
  chosen.sizes.push_back(std::move(loaded->interface));
  // Before the others are compiled.
  if (Error error = commonInterface(chosen.sizes).takeError())
    return error;
  if (options.emit == Emit::Linalg) {
    if (shared)
      shared->constants.share(*loaded->module);
    return append(chosen.module, std::move(loaded->module));
  }
  Expected<Selected> selected =
      select(session, std::move(loaded->module), options, shared);
  if (!selected)
    return selected.takeError();
  if (options.explain)
    selected->selection.print(session.explanations());
  chosen.selections.push_back(std::move(selected->selection));
  return append(chosen.module, std::move(selected->module));
}

Expected<Chosen> chooseForSizes(Session &session,
                                const CompileOptions &options) {
  Chosen chosen;
  if (options.sizes.empty()) {
    if (Error error = addSize(session, options, nullptr, chosen))
      return std::move(error);
    return chosen;
  }
  SharedWeights shared;
  CompileOptions each = options;
  for (const StringMap<Shape> &size : options.sizes) {
    if (options.explain)
      session.explanations() << "size " << toString(size) << "\n";
    each.import.shapes = size;
    if (Error error = addSize(session, each, &shared, chosen))
      return forSize(std::move(error), size);
  }
  return chosen;
}

} // namespace convopt
