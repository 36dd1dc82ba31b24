#ifndef CONVOPT_IMPORT_NODE_H
#define CONVOPT_IMPORT_NODE_H

#include "Constant.h"
#include "ReadTensor.h"
#include "llvm/ADT/BitVector.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/Support/Error.h"

namespace onnx {
class AttributeProto;
class NodeProto;
} // namespace onnx

namespace convopt {

/// What integers lie between that are not known, element by element: shapes
/// made of sizes that depend on data.
struct Bounds {
  Constant least, most;
};

/// A tensor of the graph: its type and, where it is known, its content. The
/// SSA value of a constant is made at its first use.
struct ImportedValue {
  ElementKind kind = ElementKind::F32;
  Shape shape;
  std::optional<Constant> constant;
  mlir::Value value;
  /// Where sizes depend on data: one entry a dimension, null for one that does
  /// not, else a tensor<i64>, the true size. `shape` then says the largest, and
  /// what lies behind the true size means nothing. Empty: none does.
  llvm::SmallVector<mlir::Value, 0> sizes;
  /// Null if nothing is known.
  std::shared_ptr<const Bounds> bounds;

  bool isSized() const { return !sizes.empty(); }
};

/// The tensors of one graph or function body by name.
using Scope = llvm::StringMap<ImportedValue>;

/// One node of the graph as its importer sees it. Before an importer runs,
/// ONNX's schema has checked the number of inputs and outputs, the types of
/// attributes and elements, and its shape inference the shapes: every output
/// in use has a known type, the inputs are static.
class Node {
public:
  Node(const onnx::NodeProto &proto, int64_t opset, mlir::OpBuilder &builder,
       mlir::OpBuilder &constants, mlir::Location loc, ExternalFiles &files,
       llvm::ArrayRef<ImportedValue *> inputs,
       llvm::MutableArrayRef<ImportedValue> outputs,
       const llvm::BitVector &live)
      : builder(builder), loc(loc), proto(proto), version(opset),
        constants(constants), files(files), inputs(inputs), outputs(outputs),
        live(live) {}

  mlir::OpBuilder &builder;
  const mlir::Location loc;

  llvm::StringRef op() const;
  /// The opset of the model (or of the function that holds the node).
  int64_t opset() const { return version; }
  /// "node 'x' (Op): message"
  llvm::Error error(const llvm::Twine &message) const;
  /// Remembers why the node is impossible, where what builds operations finds
  /// that out and can give no error; the first reason counts.
  void refuse(const llvm::Twine &why);
  /// What the importer gives, or the reason of `refuse`.
  llvm::Error checked(llvm::Error error) const;

  // Inputs. An optional input that is left out counts, but `hasInput` is
  // false; the others need one that is there.
  size_t numInputs() const { return inputs.size(); }
  bool hasInput(size_t i) const { return i < inputs.size() && inputs[i]; }
  ElementKind inputKind(size_t i) const { return inputs[i]->kind; }
  llvm::ArrayRef<int64_t> inputShape(size_t i) const {
    return inputs[i]->shape;
  }
  mlir::RankedTensorType inputType(size_t i) const;
  mlir::Value input(size_t i);
  /// The true size of a dimension; null if it is that of the shape.
  mlir::Value inputSize(size_t i, size_t dim) const;
  bool isSized(size_t i) const { return hasInput(i) && inputs[i]->isSized(); }
  /// The largest and the least that the elements can be, null if unknown.
  const Constant *most(size_t i) const;
  const Constant *least(size_t i) const;
  /// From now on `input(i)` is `value`, of the same type.
  void substitute(size_t i, mlir::Value value);
  /// Null where the elements are not known while importing.
  const Constant *constant(size_t i) const;
  /// The elements of an input that must be known; the error names it `what`.
  llvm::Expected<std::vector<int64_t>> constantInts(size_t i,
                                                    const char *what) const;
  llvm::Expected<std::vector<double>> constantDoubles(size_t i,
                                                      const char *what) const;

  // Attributes. The schema has checked the types; `fallback` is what ONNX says
  // for one that is absent.
  bool hasAttribute(llvm::StringRef name) const;
  int64_t getInt(llvm::StringRef name, int64_t fallback) const;
  double getFloat(llvm::StringRef name, double fallback) const;
  llvm::StringRef getString(llvm::StringRef name,
                            llvm::StringRef fallback) const;
  std::optional<std::vector<int64_t>> getInts(llvm::StringRef name) const;
  std::optional<std::vector<double>> getFloats(llvm::StringRef name) const;
  /// Empty where it is absent.
  std::vector<std::string> getStrings(llvm::StringRef name) const;
  llvm::Expected<Constant> getTensor(llvm::StringRef name) const;
  /// What was an attribute once and is input `i` now (axes, pads, ...):
  /// nothing if neither is there, an error if the input is no constant.
  llvm::Expected<std::optional<std::vector<int64_t>>>
  getIntsOrInput(llvm::StringRef name, size_t i) const;

  /// `axis` counted from the front; an error if it is not in [-rank, rank).
  llvm::Expected<int64_t> normalizeAxis(int64_t axis, int64_t rank) const;
  /// All of them, ascending; an error if one is there twice.
  llvm::Expected<llvm::SmallVector<int64_t>>
  normalizeAxes(llvm::ArrayRef<int64_t> axes, int64_t rank) const;

  // Outputs.
  size_t numOutputs() const { return outputs.size(); }
  /// Whether anything reads output `i`; only then it has a type.
  bool hasOutput(size_t i) const { return i < outputs.size() && live[i]; }
  ElementKind outputKind(size_t i) const { return outputs[i].kind; }
  llvm::ArrayRef<int64_t> outputShape(size_t i) const {
    return outputs[i].shape;
  }
  mlir::RankedTensorType outputType(size_t i) const;
  /// The type must be that of the output; an error otherwise.
  llvm::Error setOutput(size_t i, mlir::Value value);
  llvm::Error setOutput(size_t i, Constant constant);
  /// Dimension `dim` of output `i` has the true size `size`, a tensor<i64>.
  void setOutputSize(size_t i, size_t dim, mlir::Value size);
  mlir::Value outputSize(size_t i, size_t dim) const {
    return outputs[i].isSized() ? outputs[i].sizes[dim] : mlir::Value();
  }
  /// What the elements of output `i` lie between.
  void setOutputBounds(size_t i, Constant least, Constant most);
  /// Output 0 as `fold` or, without it, `plain` gives it for inputs that are
  /// as large (or small) as they can be; nothing if that gives no constant.
  std::optional<Constant> foldExtreme(bool largest,
                                      llvm::Expected<bool> (*fold)(Node &),
                                      llvm::Error (*plain)(Node &)) const;
  /// Output `i` is the same tensor as input `from`.
  llvm::Error forward(size_t i, size_t from);

  /// A node with the same attributes on other tensors, to be imported by the
  /// code of another operator.
  Node with(llvm::ArrayRef<ImportedValue *> otherInputs,
            llvm::MutableArrayRef<ImportedValue> otherOutputs) const {
    return Node(proto, version, builder, constants, loc, files, otherInputs,
                otherOutputs, live);
  }

  /// A constant that is not an input, as a value.
  mlir::Value materialise(const Constant &constant);

private:
  const onnx::AttributeProto *attribute(llvm::StringRef name) const;

  const onnx::NodeProto &proto;
  int64_t version;
  mlir::OpBuilder &constants;
  ExternalFiles &files;
  llvm::ArrayRef<ImportedValue *> inputs;
  llvm::MutableArrayRef<ImportedValue> outputs;
  const llvm::BitVector &live;
  llvm::SmallVector<mlir::Value> substitutes;
  std::string refusal;
};

/// Creates what computes the outputs of a node, and sets them.
using ImportFunction = llvm::Error (*)(Node &);

/// The operators of the ONNX domain that have an importer, by name.
using OpTable = llvm::StringMap<ImportFunction>;

/// Imports an operator one of whose inputs has sizes that depend on data, by
/// what it does for sizes that do not (null: its definition is a function).
using SizedImport = llvm::Error (*)(Node &, ImportFunction plain);
using SizedTable = llvm::StringMap<SizedImport>;

/// Those that take such inputs, and those that take bounds as shapes.
const SizedTable &getSizedTable();

/// Sets the bounds of output 0, whose value is set, if those of the inputs say
/// anything of them.
void boundOutput(Node &node, ImportFunction plain);

/// All of lib/Import/Ops. An importer covers all opsets that we accept.
const OpTable &getOpTable();

/// Computes the outputs of a node whose inputs are known, or whose result
/// depends on shapes alone; false if it cannot, then nothing was set.
using FoldFunction = llvm::Expected<bool> (*)(Node &);
using FoldTable = llvm::StringMap<FoldFunction>;
const FoldTable &getFoldTable();

} // namespace convopt

#endif // CONVOPT_IMPORT_NODE_H
