#ifndef CONVOPT_IMPORT_EXPAND_EXPANSION_H
#define CONVOPT_IMPORT_EXPAND_EXPANSION_H

#include "../Node.h"
#include "convopt/Import/Import.h"
#include "onnx/onnx_pb.h"

namespace convopt {

/// An attribute of a node: {"axis", 1}.
struct NodeAttribute {
  NodeAttribute(const char *name, int64_t value);
  NodeAttribute(const char *name, int value)
      : NodeAttribute(name, static_cast<int64_t>(value)) {}
  NodeAttribute(const char *name, double value);
  NodeAttribute(const char *name, const char *value);
  NodeAttribute(const char *name, llvm::ArrayRef<int64_t> values);
  NodeAttribute(const char *name, llvm::ArrayRef<double> values);
  onnx::AttributeProto proto;
};

/// The body of a function under construction that means the same as one node,
/// in operators of ONNX. Tensors go by their names.
class Expansion {
public:
  using Name = std::string;
  using Names = llvm::ArrayRef<Name>;

  Expansion(const Node &node, const onnx::NodeProto &proto,
            const ImportOptions &options);

  /// The opset of the operators, 23 at first.
  void setOpset(int64_t version);

  /// Input `i` of the node; none if it is left out.
  Name input(size_t i) const;
  /// A list, a number of kind `kind`, any constant.
  Name ints(llvm::ArrayRef<int64_t> values);
  Name number(ElementKind kind, double value);
  Name constant(Constant value);

  /// A node of one output; its name.
  Name add(llvm::StringRef op, Names inputs,
           llvm::ArrayRef<NodeAttribute> attributes = {});
  /// With the attributes of the node itself but those named `without`.
  Name addLike(llvm::StringRef op, Names inputs,
               llvm::ArrayRef<llvm::StringLiteral> without = {},
               llvm::ArrayRef<NodeAttribute> attributes = {});
  /// A node of several outputs; `names` are those that are left out if empty.
  llvm::SmallVector<Name>
  addMany(llvm::StringRef op, Names inputs, size_t outputs,
          llvm::ArrayRef<NodeAttribute> attributes = {});

  /// A node like this one, with its attributes but those named `without`, whose
  /// outputs are those of the node.
  void addWhole(llvm::StringRef op, Names inputs,
                llvm::ArrayRef<llvm::StringLiteral> without);

  /// Output `i` of the node is `name`.
  void setOutput(size_t i, const Name &name);

  const onnx::NodeProto &node() const { return proto; }
  onnx::FunctionProto &body() { return function; }
  const Scope &constants() const { return known; }
  const ImportOptions &options;

private:
  void copyAttributes(onnx::NodeProto &node,
                      llvm::ArrayRef<llvm::StringLiteral> without) const;
  onnx::NodeProto &append(llvm::StringRef op, Names inputs, size_t outputs);
  Name fresh();

  const onnx::NodeProto &proto;
  onnx::FunctionProto function;
  Scope known;
  int64_t names = 0;
};

/// Writes the body for a node; an error where the node cannot be meant, or is
/// not supported. There is no schema: inputs that must be there are checked by
/// the table, no attribute is.
using ExpandFunction = llvm::Error (*)(const Node &, Expansion &);

struct Expandable {
  ExpandFunction expand = nullptr;
  /// Inputs that must be there.
  size_t inputs = 1;
};
/// By "domain:operator".
using ExpandTable = llvm::StringMap<Expandable>;

// One for each file of this folder.
void registerAttentionExpansions(ExpandTable &table);
void registerBlockedExpansions(ExpandTable &table);
void registerFusedExpansions(ExpandTable &table);
void registerGeluExpansions(ExpandTable &table);
void registerNormExpansions(ExpandTable &table);
void registerQuantisedExpansions(ExpandTable &table);

/// A node of an opset before 7, by operators of opset 7.
llvm::Error expandOldOperator(const Node &node, Expansion &e);

/// How a node is expanded before anything else: because it is of another domain
/// or of an old opset. `expand` is null for the others.
Expandable findExpansion(const onnx::NodeProto &node, int64_t opset);

/// Operators of other domains that are expanded.
const ExpandTable &getExpandTable();

} // namespace convopt

#endif // CONVOPT_IMPORT_EXPAND_EXPANSION_H
