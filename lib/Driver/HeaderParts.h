#ifndef CONVOPT_DRIVER_HEADERPARTS_H
#define CONVOPT_DRIVER_HEADERPARTS_H

#include "convopt/Codegen/ModelModule.h"
#include "llvm/Support/raw_ostream.h"

// What makeHeader is made of.
namespace convopt {

/// "at most f32[1][?] scores", safe inside a comment and on one line.
std::string shapeText(const TensorInfo &tensor);

/// The parameters of the wrappers: a name of C for each tensor, another one
/// each, which neither C nor C++ nor the header has taken.
struct Signature {
  /// `common` is what the sizes of the model called `name` have in common.
  Signature(const ModelInterface &common, const std::string &name,
            bool severalSizes);

  std::string comment;    ///< a line for each tensor
  std::string parameters; ///< of NAME_run
  std::string openDims;   ///< those that say which size
  std::vector<std::string> inputs, outputs;
  std::vector<std::string> dims; ///< where those of each input are
};

/// Defines NAME_matches, whether the object that is linked is the header's.
void printMatches(llvm::raw_ostream &os, llvm::ArrayRef<ModelInterface> sizes,
                  const ModelFacts &facts);

} // namespace convopt

#endif // CONVOPT_DRIVER_HEADERPARTS_H
