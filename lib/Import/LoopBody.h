#ifndef CONVOPT_IMPORT_LOOPBODY_H
#define CONVOPT_IMPORT_LOOPBODY_H

#include "Ops/Generic.h"
#include "Walk.h"

namespace convopt {

/// A Loop or a Scan: what is repeated, how often, and with what.
struct LoopBody {
  LoopBody(const onnx::NodeProto &proto, const Opsets &opsets,
           const llvm::BitVector &live, const Walk::Scope &scope, bool isLoop)
      : proto(proto), opsets(opsets), live(live), scope(scope), isLoop(isLoop) {
  }

  const onnx::NodeProto &proto;
  const Opsets &opsets;
  const llvm::BitVector &live; ///< of the node's outputs
  onnx::GraphProto graph;
  /// What is around the body, with its initializers.
  Walk::Scope scope;
  /// A Loop's body is given the iteration's number and the condition, and gives
  /// the condition of the next.
  bool isLoop;
  /// Iterations, at most; nothing where only the run knows.
  std::optional<int64_t> trips;
  /// The same as a tensor, where only the run knows, if there is a bound.
  ImportedValue *bound = nullptr;
  /// Whether there is a first iteration; without constant the run knows.
  ImportedValue condition;
  llvm::SmallVector<ImportedValue> states;
  /// Along the first dimension, an element an iteration.
  llvm::SmallVector<ImportedValue> scanned;
  llvm::SmallVector<bool> isFromEnd; ///< for each of them
  /// For each output that collects an element an iteration.
  llvm::SmallVector<int64_t> axes;
  llvm::SmallVector<bool> isReverse;

  /// Where the states begin among the inputs of the graph, and the outputs.
  int firstInput() const { return isLoop ? 2 : 0; }
  int firstOutput() const { return isLoop ? 1 : 0; }
  size_t collected() const {
    return graph.output_size() - firstOutput() - states.size();
  }
  /// Among what an iteration gives, that which is collected as number `j`.
  size_t elementNumber(size_t j) const {
    return firstOutput() + states.size() + j;
  }
  /// Whether the node's output `i`, a state or a collection, is read.
  bool isLive(size_t i) const { return i < live.size() && live[i]; }
  bool isCollected(size_t j) const { return isLive(states.size() + j); }
  /// The axis along which elements of `rank` dimensions are collected.
  llvm::Expected<int64_t> axisOf(size_t j, size_t rank) const;
  /// Enters a value for an input of the graph.
  void bind(Walk::Scope &scope, int input, ImportedValue value) const {
    scope[graph.input(input).name()] = std::move(value);
  }
  /// The iteration's number and the condition, which is true in the body.
  void bindCounter(Walk::Scope &scope, ImportedValue count) const;
  /// Of the number, as the body declares it: a scalar or a list of one.
  Shape counterShape() const;
};

/// What is said of a tensor that a loop collects in another size each time.
inline constexpr const char *sizedElement =
    "an output collects tensors of a size that depends on data";

/// A scalar or a tensor of one number.
ImportedValue constantValue(ElementKind kind, llvm::ArrayRef<int64_t> shape,
                            int64_t number);

/// Repeats the body in the program.
class LoopUnroller {
public:
  LoopUnroller(Walk &walk, LoopBody &body);
  /// False, and nothing of it is used, if an iteration's condition is not known
  /// or there are more iterations than should be unrolled.
  llvm::Expected<bool> run(llvm::MutableArrayRef<ImportedValue> outputs);

private:
  using Outputs = llvm::SmallVector<ImportedValue>;
  void shareConstants();
  Walk::Scope scopeOf(int64_t iteration);
  ImportedValue elementOf(size_t scanned, int64_t iteration);
  llvm::Error collect(const Outputs &results);
  llvm::Error finish(llvm::MutableArrayRef<ImportedValue> outputs);

  Walk &walk;
  LoopBody &body;
  Node node;
  Outputs states;
  ImportedValue condition;
  llvm::SmallVector<llvm::SmallVector<mlir::Value>> collections;
  Outputs types; ///< of an element of each
};

/// Makes the body that of a loop.
class LoopKeeper {
public:
  LoopKeeper(Walk &walk, LoopBody &body);
  llvm::Error run(llvm::MutableArrayRef<ImportedValue> outputs);

private:
  llvm::Error importBlock();
  llvm::Error checkResults();
  /// What the next iteration begins with: the states, then the collections.
  llvm::SmallVector<mlir::Value> updateStates();
  llvm::SmallVector<mlir::Value> updateCollections();
  llvm::SmallVector<mlir::Value> makeCounted();
  llvm::SmallVector<mlir::Value> makeConditional();
  llvm::Error setCollections(llvm::ArrayRef<mlir::Value> values,
                             llvm::MutableArrayRef<ImportedValue> outputs);
  mlir::Value number(int64_t value);
  mlir::Value rowOf(bool isFromEnd);

  Walk &walk;
  LoopBody &body;
  Node node;
  mlir::OpBuilder &builder;
  std::unique_ptr<mlir::Block> block;
  mlir::Value iteration;
  llvm::SmallVector<mlir::Value> initial, old;
  llvm::SmallVector<ImportedValue> results;
  llvm::SmallVector<unsigned> collected;
};

} // namespace convopt

#endif // CONVOPT_IMPORT_LOOPBODY_H
