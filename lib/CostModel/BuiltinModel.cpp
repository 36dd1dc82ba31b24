#include "BuiltinModel.h"
#include "TreeCostModel.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/ErrorHandling.h"

using namespace convopt;

std::unique_ptr<CostModel> convopt::createBuiltinCostModel() {
  auto model = TreeCostModel::parse(builtinModelHead(), "built-in cost model",
                                    builtinModelTrees());
  // A unit test loads it, so no build that passes its tests gets here.
  if (!model)
    llvm::report_fatal_error(model.takeError(), /*gen_crash_diag=*/false);
  return std::move(*model);
}
