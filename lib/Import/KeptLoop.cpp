// A loop that stays one: scf.for where the number of iterations is known,
// scf.while where the run ends it.
#include "LoopBody.h"
#include "Support.h"
#include "mlir/Dialect/SCF/IR/SCF.h"

using namespace mlir;
using llvm::Error;
using llvm::Expected;

namespace convopt {

LoopKeeper::LoopKeeper(Walk &walk, LoopBody &body)
    : walk(walk), body(body),
      node(body.proto, body.opsets.lookup(""), walk.builder, walk.constants,
           walk.locationOf(body.proto), walk.files, {}, {}, body.live),
      builder(walk.builder) {
  for (unsigned j = 0; j < body.collected(); ++j)
    if (body.isCollected(j))
      collected.push_back(j);
}

Value LoopKeeper::number(int64_t value) {
  return builder.create<arith::ConstantIndexOp>(node.loc, value);
}

/// The row that this iteration reads or writes.
Value LoopKeeper::rowOf(bool isFromEnd) {
  if (!isFromEnd)
    return iteration;
  return builder.create<arith::SubIOp>(node.loc, number(*body.trips - 1),
                                       iteration);
}

static Value onlyElement(OpBuilder &builder, Location loc, Value tensor) {
  SmallVector<Value> at;
  for (size_t i = 0; i < shapeOf(tensor).size(); ++i)
    at.push_back(builder.create<arith::ConstantIndexOp>(loc, 0));
  return builder.create<tensor::ExtractOp>(loc, tensor, at);
}

static ImportedValue tensorLike(const ImportedValue &other, Value value) {
  ImportedValue result;
  result.kind = other.kind;
  result.shape = other.shape;
  result.value = value;
  return result;
}

namespace {
/// A row of a tensor as slices have it.
struct Row {
  SmallVector<OpFoldResult> offsets, sizes, strides;

  Row(OpBuilder &builder, ArrayRef<int64_t> shape, Value row) {
    for (auto [d, extent] : llvm::enumerate(shape)) {
      offsets.push_back(d == 0 ? OpFoldResult(row) : builder.getIndexAttr(0));
      sizes.push_back(builder.getIndexAttr(d == 0 ? 1 : extent));
      strides.push_back(builder.getIndexAttr(1));
    }
  }
};
} // namespace

/// The body as a block that is given the states and the iteration's number.
Error LoopKeeper::importBlock() {
  OpBuilder::InsertionGuard guard(builder);
  block = std::make_unique<Block>();
  for (Value value : initial)
    old.push_back(block->addArgument(value.getType(), node.loc));
  iteration = block->addArgument(builder.getIndexType(), node.loc);
  SmallVector<Value> scanned;
  for (ImportedValue &whole : body.scanned)
    scanned.push_back(walk.getValue(whole));
  builder.setInsertionPointToEnd(block.get());
  Walk::Scope scope(body.scope);
  if (body.isLoop) {
    ImportedValue count;
    count.kind = ElementKind::I64;
    count.shape = body.counterShape();
    Value cast = builder.create<arith::IndexCastOp>(
        node.loc, builder.getI64Type(), iteration);
    count.value = builder.create<tensor::FromElementsOp>(
        node.loc, RankedTensorType::get(count.shape, builder.getI64Type()),
        cast);
    body.bindCounter(scope, std::move(count));
  }
  for (auto [j, state] : llvm::enumerate(body.states))
    body.bind(scope, body.firstInput() + j, tensorLike(state, old[j]));
  for (auto [j, whole] : llvm::enumerate(scanned)) {
    ImportedValue element = tensorLike(body.scanned[j], nullptr);
    element.shape.erase(element.shape.begin());
    Row row(builder, shapeOf(whole), rowOf(body.isFromEnd[j]));
    element.value = builder.create<tensor::ExtractSliceOp>(
        node.loc,
        RankedTensorType::get(element.shape, getElementTypeOrSelf(whole)),
        whole, row.offsets, row.sizes, row.strides);
    body.bind(scope, body.firstInput() + body.states.size() + j,
              std::move(element));
  }
  return walk.importBody(body, std::move(scope), results);
}

Error LoopKeeper::checkResults() {
  for (unsigned j : collected)
    if (results[body.elementNumber(j)].isSized())
      return node.error(sizedElement);
  for (auto [j, state] : llvm::enumerate(body.states)) {
    const ImportedValue &result = results[body.firstOutput() + j];
    if (result.isSized() || state.isSized())
      return node.error("state " + Twine(j) +
                        " has a size that depends on data in a loop that is "
                        "too long to unroll or that the run ends");
    if (result.kind != state.kind || result.shape != state.shape)
      return node.error("state " + Twine(j) +
                        " changes its type in a loop that is too long to "
                        "unroll or that the run ends");
  }
  return Error::success();
}

SmallVector<Value> LoopKeeper::updateStates() {
  SmallVector<Value> next;
  for (size_t j = 0; j < body.states.size(); ++j)
    next.push_back(walk.getValue(results[body.firstOutput() + j]));
  return next;
}

SmallVector<Value> LoopKeeper::updateCollections() {
  SmallVector<Value> next;
  for (unsigned j : collected) {
    ImportedValue &element = results[body.elementNumber(j)];
    Shape shape(element.shape);
    shape.insert(shape.begin(), *body.trips);
    Value whole = block->addArgument(
        RankedTensorType::get(shape,
                              toMlirType(element.kind, builder.getContext())),
        node.loc);
    Row row(builder, shape, rowOf(body.isReverse[j]));
    next.push_back(builder.create<tensor::InsertSliceOp>(
        node.loc, walk.getValue(element), whole, row.offsets, row.sizes,
        row.strides));
  }
  return next;
}

/// The results of a loop of body.trips iterations.
SmallVector<Value> LoopKeeper::makeCounted() {
  SmallVector<Value> begin(initial), next;
  {
    OpBuilder::InsertionGuard guard(builder);
    builder.setInsertionPointToEnd(block.get());
    SmallVector<Value> collections = updateCollections();
    next = updateStates();
    next.append(collections);
    builder.create<scf::YieldOp>(node.loc, next);
  }
  for (Value value : ArrayRef(next).drop_front(initial.size()))
    begin.push_back(
        createEmpty(node, shapeOf(value), getElementTypeOrSelf(value)));
  // It wants the number first.
  Value first = block->insertArgument(0u, iteration.getType(), node.loc);
  iteration.replaceAllUsesWith(first);
  block->eraseArgument(cast<BlockArgument>(iteration).getArgNumber());
  OperationState state(node.loc, scf::ForOp::getOperationName());
  state.addOperands({number(0), number(*body.trips), number(1)});
  state.addOperands(begin);
  state.addTypes(TypeRange(ValueRange(begin)));
  state.addRegion()->push_back(block.release());
  return SmallVector<Value>(builder.create(state)->getResults());
}

/// The results of a loop that ends after the iteration that says so.
SmallVector<Value> LoopKeeper::makeConditional() {
  Location loc = node.loc;
  Value bound, first;
  if (body.trips)
    bound = number(*body.trips);
  else if (body.bound)
    bound = builder.create<arith::IndexCastOp>(
        loc, builder.getIndexType(),
        onlyElement(builder, loc, walk.getValue(*body.bound)));
  first = onlyElement(builder, loc, walk.getValue(body.condition));
  // Its states: the body's own, the iteration's number, whether there is one.
  // In this order, since bufferization compares numbers of arguments, and what
  // the loop only tests may be taken out.
  OpBuilder::InsertionGuard guard(builder);
  OperationState state(loc, scf::WhileOp::getOperationName());
  state.addOperands(initial);
  state.addOperands({number(0), first});
  state.addTypes(TypeRange(ValueRange(state.operands)));
  OpBuilder::InsertPoint outside = builder.saveInsertionPoint();

  block->addArgument(builder.getI1Type(), loc);
  builder.setInsertionPointToEnd(block.get());
  Value following = builder.create<arith::AddIOp>(loc, iteration, number(1));
  Value again = onlyElement(builder, loc, walk.getValue(results[0]));
  SmallVector<Value> next = updateStates();
  next.append({following, again});
  builder.create<scf::YieldOp>(loc, next);

  auto before = std::make_unique<Block>();
  for (Type type : state.types)
    before->addArgument(type, loc);
  builder.setInsertionPointToEnd(before.get());
  Value goesOn = before->getArguments().back();
  if (bound) {
    Value isLess = builder.create<arith::CmpIOp>(
        loc, arith::CmpIPredicate::slt,
        before->getArgument(before->getNumArguments() - 2), bound);
    goesOn = builder.create<arith::AndIOp>(loc, goesOn, isLess);
  }
  builder.create<scf::ConditionOp>(loc, goesOn, before->getArguments());

  builder.restoreInsertionPoint(outside);
  state.addRegion()->push_back(before.release());
  state.addRegion()->push_back(block.release());
  ResultRange values = builder.create(state)->getResults();
  return SmallVector<Value>(values.drop_back(2));
}

Error LoopKeeper::setCollections(ArrayRef<Value> values,
                                 MutableArrayRef<ImportedValue> outputs) {
  for (auto [value, j] : llvm::zip_equal(values, collected)) {
    const ImportedValue &element = results[body.elementNumber(j)];
    Expected<int64_t> axis = body.axisOf(j, element.shape.size());
    if (!axis)
      return axis.takeError();
    SmallVector<int64_t> perm =
        llvm::to_vector(llvm::seq<int64_t>(element.shape.size() + 1));
    std::rotate(perm.begin(), perm.begin() + 1, perm.begin() + *axis + 1);
    ImportedValue &output = outputs[body.states.size() + j];
    output.kind = element.kind;
    output.value = *axis == 0 ? value : transpose(node, value, perm);
    output.shape = Shape(shapeOf(output.value));
  }
  return Error::success();
}

Error LoopKeeper::run(MutableArrayRef<ImportedValue> outputs) {
  const char *uncounted =
      "an output collects as many tensors as there are iterations, and their "
      "number is known at run time alone";
  if (!body.trips && !collected.empty())
    return node.error(uncounted);
  for (ImportedValue &state : body.states)
    initial.push_back(walk.getValue(state));
  if (Error error = importBlock())
    return error;
  if (Error error = checkResults())
    return error;
  auto isTrue = [](const ImportedValue &condition) {
    return condition.constant && condition.constant->intAt(0);
  };
  const bool isCounted = body.trips && isTrue(body.condition) &&
                         (!body.isLoop || isTrue(results[0]));
  if (!isCounted && !collected.empty())
    return node.error(uncounted);
  SmallVector<Value> values = isCounted ? makeCounted() : makeConditional();
  for (size_t j = 0; j < body.states.size(); ++j)
    if (body.isLive(j))
      outputs[j] = tensorLike(body.states[j], values[j]);
  return setCollections(ArrayRef(values).drop_front(body.states.size()),
                        outputs);
}

} // namespace convopt
