// All that reads the model without a process of its own: import or parsing,
// normalisation, selection, layouts, kernels. From there on every operation is
// one that these passes have made.

#include "Compilation.h"
#include "KeptContext.h"
#include "TextFile.h"
#include "convopt/CostModel/Features.h"
#include "convopt/Driver/Compile.h"
#include "convopt/Driver/Environment.h"
#include "convopt/Driver/LoadModel.h"
#include "convopt/Primitives/Primitive.h"
#include <cstdlib>

using namespace convopt;
using llvm::Error;
using llvm::StringRef;

namespace {
/// Keeps nothing, and ends the compilation where kernels would be compiled.
class NoEnvironment : public Environment {
public:
  Error write(Result, StringRef, Writer) override { return Error::success(); }
  void remove(Result, StringRef) override {}
  llvm::raw_ostream &explanations() override { return llvm::nulls(); }
  void note(StringRef, const llvm::Twine &) override {}
  std::string scratchFolder() override { return "/tmp"; }
  std::shared_ptr<mlir::MLIRContext> context() override {
    static KeptContext kept(makeContext);
    return kept.next();
  }
  llvm::Expected<std::vector<CompiledKernel>>
  compileKernels(mlir::ModuleOp, const KernelOptions &) override {
    return llvm::createStringError("far enough");
  }
  llvm::Expected<std::vector<char>>
  mergeObjects(llvm::ArrayRef<llvm::ArrayRef<char>>,
               llvm::ArrayRef<std::string>) override {
    return llvm::createStringError("nothing to merge");
  }
  Error writeShared(StringRef, const MachineDescription &, Writer) override {
    return Error::success();
  }
};
} // namespace

/// A model in which all primitives are known and equal: the built-in one takes
/// longer to unpack than all the rest.
static const std::string &quickCostModel() {
  static const TextFile file([] {
    std::string primitives, levels, text;
    llvm::raw_string_ostream os(text);
    for (const Primitive *primitive : allPrimitives())
      primitives += (primitives.empty() ? "{\"name\":\"" : ",{\"name\":\"") +
                    primitive->name().str() +
                    "\",\"samples\":1000,\"base\":0.5}";
    for (const char *layout : {"nchw", "nhwc"})
      levels += std::string(",\"to_") + layout +
                R"(":{"l1":1,"l2":1,"l3":1,"memory":1})";
    os << R"({"format":"convopt-cost-model","features":")" << featuresVersion()
       << R"(","convolution":{"overhead_seconds":0,"trees":[],"primitives":[)"
       << primitives << R"(]},"transformation":{"overhead_seconds":0)" << levels
       << "}}";
    return os.str();
  }());
  return file.path();
}

void convopt::compileBytes(StringRef name, StringRef bytes) {
  CompileOptions options;
  options.input = name.str();
  options.output = "-";
  options.name = "model";
  options.target.target = "x86-64";
  options.emit = Emit::Kernels;
  options.costModel = quickCostModel();
  options.import.memory = ModelBytes{bytes};
  NoEnvironment environment;
  Error error = compile(options, environment);
  if (!error)
    return;
  // Something must have been said.
  if (oneLine(std::move(error)).empty())
    std::abort();
}
