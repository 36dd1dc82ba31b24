#include "NetworkQuestions.h"
#include "convopt/Driver/LoadModel.h"
#include "convopt/Transforms/Pipelines.h"
#include "convopt/Transforms/SelectPrimitives.h"
#include "mlir/Pass/PassManager.h"
#include <tuple>

using namespace convopt;

namespace {
/// Writes down what it is asked; its answers do not matter.
class Listener : public CostModel {
public:
  explicit Listener(NetworkQuestions &questions) : questions(questions) {}

  double convolution(const ConvProblem &layer, const Choice &choice,
                     const MachineDescription &) const override {
    auto &layers = questions.layers;
    auto known = llvm::find_if(layers, [&](const NetworkQuestions::Layer &l) {
      return l.layer == layer;
    });
    if (known == layers.end())
      known = layers.insert(known, {layer, {}});
    known->choices.push_back(choice);
    return 1e-6;
  }

  double transformation(int64_t batch, int64_t channels, int64_t height,
                        int64_t width, Layout from, Layout to,
                        const MachineDescription &) const override {
    ImageTransformation asked{batch, channels, height, width, from, to};
    if (from != to && !llvm::is_contained(questions.transformations, asked))
      questions.transformations.push_back(asked);
    return 1e-6;
  }

private:
  NetworkQuestions &questions;
};
} // namespace

llvm::Expected<NetworkQuestions>
convopt::askedAbout(const std::string &path,
                    const MachineDescription &machine) {
  std::unique_ptr<mlir::MLIRContext> context = makeContext();
  Diagnostics diagnostics(*context);
  CompileOptions options;
  options.input = path;
  auto module = loadModel(options, *context);
  if (!module)
    return diagnostics.explain(module.takeError());
  mlir::PassManager passes(module->get()->getName());
  buildNormalisePipeline(passes, activationsFor(machine));
  if (mlir::failed(passes.run(**module)))
    return diagnostics.explain(llvm::createStringError("normalisation failed"));
  NetworkQuestions questions;
  Listener listener(questions);
  for (auto function : (*module)->getOps<mlir::func::FuncOp>())
    if (auto selected = selectPrimitives(function, listener, machine,
                                         SelectionOptions::unlimited());
        !selected)
      return diagnostics.explain(selected.takeError());
  return questions;
}
