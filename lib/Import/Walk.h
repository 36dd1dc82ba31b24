#ifndef CONVOPT_IMPORT_WALK_H
#define CONVOPT_IMPORT_WALK_H

#include "Expand/Expansion.h"
#include "Functions.h"
#include "onnx/onnx_pb.h"
#include "llvm/ADT/StringSet.h"

namespace convopt {

/// Imports the nodes of a graph and of the functions it calls, one after the
/// other: types first, then the content if it is known, else operations.
class Walk {
public:
  /// The tensors of one graph or function body by name.
  using Scope = convopt::Scope;

  /// Operations go to the end of `block`, constants to its beginning.
  Walk(const FunctionTable &functions, mlir::Block &block, ExternalFiles &files,
       const ImportOptions &options);

  /// `nodes` in topological order; `results` are the names read after them.
  /// Nodes whose results nothing reads are left out.
  template <typename Nodes, typename Names>
  llvm::Error run(const Nodes &nodes, const Names &results,
                  const Opsets &opsets, Scope &scope) {
    llvm::SmallVector<const onnx::NodeProto *> list;
    for (const onnx::NodeProto &node : nodes)
      list.push_back(&node);
    llvm::StringSet<> live;
    for (const auto &name : results)
      live.insert(name);
    return runNodes(list, std::move(live), opsets, scope);
  }

  /// The SSA value of an imported tensor.
  mlir::Value getValue(ImportedValue &value);

  /// Whether a tensor has another shape than ONNX's inference gives it: then
  /// the shapes that the model states for its outputs say nothing.
  bool hasOwnShapes() const { return reshaped; }

  /// How deep functions, branches and loops may stand in one another.
  static constexpr int64_t depthLimit = 32;

private:
  friend class LoopUnroller;
  friend class LoopKeeper;
  using Inputs = llvm::SmallVector<ImportedValue *>;
  using Outputs = llvm::SmallVector<ImportedValue>;

  llvm::Error runNodes(llvm::ArrayRef<const onnx::NodeProto *> nodes,
                       llvm::StringSet<> live, const Opsets &opsets,
                       Scope &scope);
  llvm::Error importNode(const onnx::NodeProto &proto, const Opsets &opsets,
                         const llvm::BitVector &live, Scope &scope);
  /// Of ONNX's own domains.
  llvm::Error importOperator(const onnx::NodeProto &proto, const Opsets &opsets,
                             Inputs &inputs, const llvm::BitVector &live,
                             Outputs &outputs);
  mlir::Location locationOf(const onnx::NodeProto &proto);
  /// What operands that are known and small give: the operator's importer
  /// writes operations beside the function, which are evaluated. False where
  /// that does not do; then nothing was set.
  llvm::Expected<bool>
  evaluateOperator(const onnx::NodeProto &proto, const onnx::OpSchema &schema,
                   int64_t opset, llvm::ArrayRef<ImportedValue *> inputs,
                   const llvm::BitVector &live, Outputs &outputs);
  /// In operations: by `createOutputs`, in f32 where that is due.
  llvm::Error computeOutputs(const onnx::NodeProto &proto,
                             const onnx::OpSchema &schema, int64_t opset,
                             llvm::ArrayRef<ImportedValue *> inputs,
                             const llvm::BitVector &live, Outputs &outputs);
  /// By the operator's importer, or its definition.
  llvm::Error createOutputs(const onnx::NodeProto &proto,
                            const onnx::OpSchema &schema, int64_t opset,
                            llvm::ArrayRef<ImportedValue *> inputs,
                            const llvm::BitVector &live, Outputs &outputs);
  /// The same in f32 for operands of f16 or bf16.
  llvm::Error importWide(Node &node, const onnx::NodeProto &proto,
                         const onnx::OpSchema &schema,
                         llvm::ArrayRef<ImportedValue *> inputs,
                         const llvm::BitVector &live, Outputs &outputs);
  /// By its definition in ONNX.
  llvm::Error expandOperator(const onnx::NodeProto &proto,
                             const onnx::OpSchema &schema, int64_t opset,
                             llvm::ArrayRef<ImportedValue *> inputs,
                             const llvm::BitVector &live, Outputs &outputs);
  /// If, Loop and Scan, whose graphs see what is around them.
  llvm::Error importControlFlow(const onnx::NodeProto &proto,
                                const Opsets &opsets, Inputs &inputs,
                                const llvm::BitVector &live, Outputs &outputs,
                                const Scope &scope);
  llvm::Error importIf(const onnx::NodeProto &proto, const Opsets &opsets,
                       Inputs &inputs, const llvm::BitVector &live,
                       Outputs &outputs, const Scope &scope);
  /// Both branches, of which one runs.
  llvm::Error importBranches(const onnx::NodeProto &proto, const Opsets &opsets,
                             ImportedValue &condition,
                             const llvm::BitVector &live, Outputs &outputs,
                             const Scope &scope);
  /// The true size of a dimension.
  mlir::Value getSize(const ImportedValue &value, size_t dim);
  llvm::Error importBranch(const onnx::NodeProto &proto, llvm::StringRef name,
                           const Opsets &opsets, const llvm::BitVector &live,
                           Outputs &outputs, const Scope &scope);
  llvm::Error importLoop(const onnx::NodeProto &proto, const Opsets &opsets,
                         Inputs &inputs, const llvm::BitVector &live,
                         Outputs &outputs, const Scope &scope);
  llvm::Error importScan(const onnx::NodeProto &proto, const Opsets &opsets,
                         Inputs &inputs, const llvm::BitVector &live,
                         Outputs &outputs, const Scope &scope);
  /// Of opset 8.
  llvm::Error importBatchedScan(const onnx::NodeProto &proto,
                                const Opsets &opsets, Inputs &inputs,
                                const llvm::BitVector &live, Outputs &outputs,
                                const Scope &scope);
  llvm::Error importRepeated(struct LoopBody &body, Outputs &outputs);
  /// One iteration of the body, whose inputs `scope` has: all its outputs.
  llvm::Error importBody(struct LoopBody &body, Scope scope, Outputs &results);
  llvm::Error expandFunction(const onnx::NodeProto &proto,
                             onnx::FunctionProto &body, const Opsets &opsets,
                             llvm::ArrayRef<ImportedValue *> inputs,
                             const llvm::BitVector &live, Outputs &outputs,
                             const Scope &constants = {});
  /// An operator of another domain or of an opset before those that the
  /// importers know.
  llvm::Error importForeign(const onnx::NodeProto &proto,
                            const Expandable &foreign, const Opsets &opsets,
                            Inputs &inputs, const llvm::BitVector &live,
                            Outputs &outputs);

  const FunctionTable &functions;
  ExternalFiles &files;
  const ImportOptions &options;
  mlir::OpBuilder builder, constants;
  int64_t imported = 0, depth = 0;
  /// What evaluating may still take: some seconds, whatever the model holds.
  int64_t steps = int64_t(1) << 22;
  bool reshaped = false;
};

/// Adds the initializers of `graph`, whose data are moved out, to `scope`.
llvm::Error readInitializers(onnx::GraphProto &graph, ExternalFiles &files,
                             Walk::Scope &scope);

} // namespace convopt

#endif // CONVOPT_IMPORT_WALK_H
