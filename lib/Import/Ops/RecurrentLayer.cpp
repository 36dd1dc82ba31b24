// A recurrent layer. The products of the input with its weights do not depend
// on the state, so they are one product of matrices for all steps and
// directions, which goes the way of all products. What remains, the step with
// the weights of the state, is a convopt.recurrence. The rows of both weights
// are put into the order in which that reads them: blocks of units, all gates
// of a block together. Rows of zeros fill the last block.
#include "RecurrentLayer.h"
#include "Weights.h"
#include "convopt/IR/ConvoptDialect.h"

using namespace mlir;

namespace convopt {

/// Units of a block: the widest vector of f32 there is, or several narrow ones.
static constexpr int64_t largestBlock = 16;

namespace {
/// Some directions of a layer, which compute the same function.
class LayerBuilder {
public:
  LayerBuilder(Node &node, const Cell &cell, const LayerSizes &sizes,
               int64_t first, int64_t count)
      : node(node), cell(cell), sizes(sizes), first(first), count(count),
        width(std::min<int64_t>(largestBlock, llvm::PowerOf2Ceil(sizes.units))),
        blocks(llvm::divideCeil(sizes.units, width)), kind(node.inputKind(0)) {}

  /// `x` is steps x batch x inputs. Gives the sequence, if the node has that
  /// output, and the last states.
  SmallVector<Value> build(Value x, ArrayRef<bool> reverse, bool batchFirst);

private:
  Weights ofDirections(size_t input) {
    return Weights(node, input).range(0, first, count);
  }
  /// directions x gates x units to directions x blocks x gates x width.
  Weights inBlocks(const Weights &perUnit, int64_t rows) {
    return perUnit.reshaped({count, rows, sizes.units})
        .range(2, 0, blocks * width)
        .reshaped({count, rows, blocks, width});
  }
  Value multiplyInput(Value x);
  std::optional<Weights> bias();
  Weights recurrentWeights();
  Value initialState(size_t input, bool batchFirst);
  Value parameters();
  Value lengths();
  void fillRegion(
      Region &region, int64_t gates, int64_t parameters,
      llvm::function_ref<SmallVector<Value>(Scalar &, const CellArguments &)>
          body);

  Node &node;
  const Cell &cell;
  const LayerSizes &sizes;
  const int64_t first, count, width, blocks;
  const ElementKind kind;
};
} // namespace

/// Both biases added: of the input's and of the state's products. Without late
/// gates, a GRU's last one of the state stays apart.
std::optional<Weights> LayerBuilder::bias() {
  if (!node.hasInput(3))
    return std::nullopt;
  Weights both = ofDirections(3).reshaped({count, 2, cell.gates, sizes.units});
  auto part = [&](int64_t i) {
    return both.range(1, i, 1).reshaped({count, cell.gates, sizes.units});
  };
  Weights ofState = part(1);
  if (cell.kind == "gru" && cell.early == cell.gates)
    ofState = ofState.range(1, 0, 2).range(1, 0, 3);
  return part(0).plus(ofState);
}

/// Gates of all steps: steps x batch x directions x blocks x gates x width.
Value LayerBuilder::multiplyInput(Value x) {
  const int64_t rows = sizes.steps * sizes.batch;
  const int64_t columns = count * blocks * cell.gates * width;
  Weights weights =
      ofDirections(1)
          .reshaped({count, cell.gates, sizes.units, sizes.inputs})
          .range(2, 0, blocks * width)
          .reshaped({count, cell.gates, blocks, width, sizes.inputs})
          .transposed({0, 2, 1, 3, 4})
          .reshaped({columns, sizes.inputs});
  Scalar scalar(node.builder, node.loc, kind);
  Value init;
  if (std::optional<Weights> sum = bias()) {
    Value row = inBlocks(*sum, cell.gates)
                    .transposed({0, 2, 1, 3})
                    .reshaped({columns})
                    .value();
    Value empty = createEmpty(node, {rows, columns}, scalar.type());
    init = node.builder
               .create<linalg::BroadcastOp>(node.loc, row, empty,
                                            ArrayRef<int64_t>{0})
               ->getResult(0);
  } else {
    init = createFilled(node, {rows, columns}, scalar.attribute(0));
  }
  Value left = reshape(node, x, {rows, sizes.inputs});
  OpBuilder &builder = node.builder;
  Operation *product;
  // Weights that are known become the filter of a convolution as they are.
  if (weights.isConstant())
    product = builder.create<linalg::MatmulTransposeBOp>(
        node.loc, TypeRange(init.getType()), ValueRange{left, weights.value()},
        ValueRange(init));
  else
    product = builder.create<linalg::MatmulOp>(
        node.loc, TypeRange(init.getType()),
        ValueRange{left, weights.transposed({1, 0}).value()}, ValueRange(init));
  return reshape(node, product->getResult(0),
                 {sizes.steps, sizes.batch, count, blocks, cell.gates, width});
}

/// directions x blocks x units x gates x width.
Weights LayerBuilder::recurrentWeights() {
  return ofDirections(2)
      .reshaped({count, cell.gates, sizes.units, sizes.units})
      .range(2, 0, blocks * width)
      .reshaped({count, cell.gates, blocks, width, sizes.units})
      .transposed({0, 2, 4, 1, 3});
}

Value LayerBuilder::initialState(size_t input, bool batchFirst) {
  if (node.hasInput(input)) {
    Weights state(node, input);
    if (batchFirst)
      state = state.transposed({1, 0, 2});
    return state.range(0, first, count).value();
  }
  Scalar scalar(node.builder, node.loc, kind);
  return createFilled(node, {count, sizes.batch, sizes.units},
                      scalar.attribute(0));
}

Value LayerBuilder::parameters() {
  if (cell.kind == "lstm" && node.hasInput(7))
    return inBlocks(ofDirections(7), 3).value();
  if (cell.kind == "gru" && cell.early == cell.gates && node.hasInput(3))
    return inBlocks(
               ofDirections(3).reshaped({count, 6, sizes.units}).range(1, 5, 1),
               1)
        .value();
  return nullptr;
}

/// Null where all sequences are as long as there are steps.
Value LayerBuilder::lengths() {
  if (!node.hasInput(4))
    return nullptr;
  if (const Constant *known = node.constant(4))
    if (llvm::all_of(known->ints(),
                     [&](int64_t length) { return length == sizes.steps; }))
      return nullptr;
  return node.input(4);
}

void LayerBuilder::fillRegion(
    Region &region, int64_t gates, int64_t parameters,
    llvm::function_ref<SmallVector<Value>(Scalar &, const CellArguments &)>
        body) {
  OpBuilder::InsertionGuard guard(node.builder);
  Type element = toMlirType(kind, node.builder.getContext());
  Block *block = node.builder.createBlock(&region);
  for (int64_t i = 0; i < 2 * gates + cell.states + parameters; ++i)
    block->addArgument(element, node.loc);
  SmallVector<Value> values(block->getArguments());
  ArrayRef<Value> all(values);
  Scalar scalar(node.builder, node.loc, kind);
  SmallVector<Value> results =
      body(scalar, {all.take_front(gates), all.slice(gates, gates),
                    all.slice(2 * gates, cell.states),
                    all.drop_front(2 * gates + cell.states)});
  node.builder.create<YieldOp>(node.loc, results);
}

SmallVector<Value> LayerBuilder::build(Value x, ArrayRef<bool> reverse,
                                       bool batchFirst) {
  OpBuilder &builder = node.builder;
  Value gates = multiplyInput(x);
  Weights all = recurrentWeights();
  Value weights = all.range(3, 0, cell.early).value(), late;
  if (cell.early < cell.gates)
    late = all.range(3, cell.early, cell.gates - cell.early).value();
  SmallVector<Value> states, outputs;
  for (int64_t i = 0; i < cell.states; ++i)
    states.push_back(initialState(5 + i, batchFirst));
  Value perUnit = parameters();
  Type element = toMlirType(kind, builder.getContext());
  if (node.hasOutput(0))
    outputs.push_back(createEmpty(
        node, {sizes.steps, count, sizes.batch, sizes.units}, element));
  for (int64_t i = 0; i < cell.states; ++i)
    outputs.push_back(
        createEmpty(node, {count, sizes.batch, sizes.units}, element));
  auto op = builder.create<RecurrenceOp>(
      node.loc, TypeRange(ValueRange(outputs)),
      builder.getStringAttr(cell.kind),
      builder.getDenseBoolArrayAttr(reverse.slice(first, count)),
      node.hasOutput(0) ? builder.getUnitAttr() : UnitAttr(), gates, weights,
      late, states, perUnit, lengths(), outputs);
  const int64_t parameterCount = perUnit ? shapeOf(perUnit)[1] : 0;
  fillRegion(
      op.getCell(), cell.gates, parameterCount,
      [&](Scalar &s, const CellArguments &a) { return cell.step(s, a); });
  if (late)
    fillRegion(op.getReset(), cell.early, parameterCount,
               [&](Scalar &s, const CellArguments &a) {
                 return SmallVector<Value>{cell.reset(s, a)};
               });
  return SmallVector<Value>(op.getValues());
}

SmallVector<Value> buildRecurrentLayer(Node &node, const Cell &cell,
                                       const LayerSizes &sizes, int64_t first,
                                       int64_t count, Value x,
                                       ArrayRef<bool> reverse,
                                       bool batchFirst) {
  return LayerBuilder(node, cell, sizes, first, count)
      .build(x, reverse, batchFirst);
}

} // namespace convopt
