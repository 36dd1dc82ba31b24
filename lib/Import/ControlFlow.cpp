// An If. Where its condition is known while importing, one branch is a part of
// the graph and the other does not exist, which is how models keep what they
// need for other shapes. Else both become code and one of them runs: an scf.if,
// whose blocks the passes look at as programs of their own. The alternative, to
// compute both and select, would take the time of both.
#include "LoopBody.h"
#include "Support.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"

using namespace mlir;
using llvm::BitVector;
using llvm::Error;

namespace convopt {

Error Walk::importControlFlow(const onnx::NodeProto &proto,
                              const Opsets &opsets, Inputs &inputs,
                              const BitVector &live, Outputs &outputs,
                              const Scope &scope) {
  if (depth >= depthLimit)
    return nodeError(proto, "branches are nested too deeply");
  ++depth;
  Error error = proto.op_type() == "If"
                    ? importIf(proto, opsets, inputs, live, outputs, scope)
                : proto.op_type() == "Loop"
                    ? importLoop(proto, opsets, inputs, live, outputs, scope)
                    : importScan(proto, opsets, inputs, live, outputs, scope);
  --depth;
  return error;
}

Error Walk::importBranch(const onnx::NodeProto &proto, StringRef name,
                         const Opsets &opsets, const BitVector &live,
                         Outputs &outputs, const Scope &scope) {
  onnx::GraphProto graph;
  for (const onnx::AttributeProto &attribute : proto.attribute())
    if (attribute.name() == name)
      graph = attribute.g();
  if (graph.output_size() != proto.output_size())
    return nodeError(proto, "the branch has another number of outputs");
  Scope inner(scope);
  if (Error error = readInitializers(graph, files, inner))
    return nodeError(proto, toString(std::move(error)));
  SmallVector<std::string> names;
  for (unsigned i : live.set_bits())
    names.push_back(graph.output(i).name());
  if (Error error = run(graph.node(), names, opsets, inner))
    return nodeError(proto, "in its branch, " + toString(std::move(error)));
  for (unsigned i : live.set_bits()) {
    auto it = inner.find(graph.output(i).name());
    if (it == inner.end())
      return nodeError(proto, "its branch does not compute output " + Twine(i));
    outputs[i] = it->second;
  }
  return Error::success();
}

static bool isSameConstant(const ImportedValue &a, const ImportedValue &b) {
  return a.constant && b.constant && !a.isSized() && !b.isSized() &&
         a.constant->isSplat() == b.constant->isSplat() &&
         a.constant->bytes() == b.constant->bytes();
}

/// The dimensions whose size depends on data in one branch or the other: the
/// branch that is taken says it.
static SmallVector<size_t> openDims(const ImportedValue &a,
                                    const ImportedValue &b) {
  SmallVector<size_t> dims;
  for (size_t dim = 0; dim < a.shape.size(); ++dim)
    if ((a.isSized() && a.sizes[dim]) || (b.isSized() && b.sizes[dim]))
      dims.push_back(dim);
  return dims;
}

Value Walk::getSize(const ImportedValue &value, size_t dim) {
  if (value.isSized() && value.sizes[dim])
    return value.sizes[dim];
  ImportedValue size = constantValue(ElementKind::I64, {}, value.shape[dim]);
  return getValue(size);
}

Error Walk::importBranches(const onnx::NodeProto &proto, const Opsets &opsets,
                           ImportedValue &condition, const BitVector &live,
                           Outputs &outputs, const Scope &scope) {
  Location loc = locationOf(proto);
  Value tensor = getValue(condition);
  SmallVector<Value> first(
      condition.shape.size(),
      condition.shape.empty()
          ? Value()
          : builder.create<arith::ConstantIndexOp>(loc, 0).getResult());
  Value flag = builder.create<tensor::ExtractOp>(loc, tensor, first);

  Outputs results[2];
  std::unique_ptr<Block> blocks[2];
  SmallVector<Type> types;
  SmallVector<unsigned> chosen;
  {
    OpBuilder::InsertionGuard guard(builder);
    for (int i = 0; i < 2; ++i) {
      blocks[i] = std::make_unique<Block>();
      results[i].resize(outputs.size());
      builder.setInsertionPointToEnd(blocks[i].get());
      if (Error error =
              importBranch(proto, i == 0 ? "then_branch" : "else_branch",
                           opsets, live, results[i], scope))
        return error;
    }
    for (unsigned i : live.set_bits()) {
      ImportedValue &a = results[0][i], &b = results[1][i];
      if (a.kind != b.kind || a.shape != b.shape)
        return nodeError(proto,
                         "its branches give tensors of different types for "
                         "output " +
                             Twine(i) +
                             ", and the condition is known at run "
                             "time alone");
      outputs[i] = a;
      if (isSameConstant(a, b))
        continue;
      outputs[i].constant.reset();
      outputs[i].bounds.reset();
      types.push_back(RankedTensorType::get(
          a.shape, toMlirType(a.kind, builder.getContext())));
      types.append(openDims(a, b).size(),
                   RankedTensorType::get({}, builder.getI64Type()));
      chosen.push_back(i);
    }
    for (int i = 0; i < 2; ++i) {
      builder.setInsertionPointToEnd(blocks[i].get());
      SmallVector<Value> values;
      for (unsigned output : chosen) {
        values.push_back(getValue(results[i][output]));
        for (size_t dim : openDims(results[0][output], results[1][output]))
          values.push_back(getSize(results[i][output], dim));
      }
      builder.create<scf::YieldOp>(loc, values);
    }
  }
  auto op = builder.create<scf::IfOp>(loc, types, flag, /*addThenBlock=*/false,
                                      /*addElseBlock=*/false);
  op.getThenRegion().push_back(blocks[0].release());
  op.getElseRegion().push_back(blocks[1].release());
  unsigned next = 0;
  for (unsigned i : chosen) {
    outputs[i].value = op.getResult(next++);
    SmallVector<size_t> open = openDims(results[0][i], results[1][i]);
    outputs[i].sizes.assign(open.empty() ? 0 : outputs[i].shape.size(), {});
    for (size_t dim : open)
      outputs[i].sizes[dim] = op.getResult(next++);
  }
  return Error::success();
}

Error Walk::importIf(const onnx::NodeProto &proto, const Opsets &opsets,
                     Inputs &inputs, const BitVector &live, Outputs &outputs,
                     const Scope &scope) {
  if (inputs.size() != 1 || !inputs[0] ||
      inputs[0]->kind != ElementKind::Bool ||
      countElements(inputs[0]->shape) != 1)
    return nodeError(proto, "the condition must be one truth value");
  if (!inputs[0]->constant)
    return importBranches(proto, opsets, *inputs[0], live, outputs, scope);
  return importBranch(
      proto, inputs[0]->constant->intAt(0) ? "then_branch" : "else_branch",
      opsets, live, outputs, scope);
}

} // namespace convopt
