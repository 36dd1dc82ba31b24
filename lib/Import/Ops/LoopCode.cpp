#include "LoopCode.h"
#include "convopt/IR/ConvoptDialect.h"

using namespace mlir;

namespace convopt {

Value LoopCode::number(int64_t value) {
  return builder.create<arith::ConstantIndexOp>(loc, value);
}
Value LoopCode::truth(bool value) {
  return builder.create<arith::ConstantOp>(loc, builder.getBoolAttr(value));
}
Value LoopCode::add(Value a, Value b) {
  return builder.create<arith::AddIOp>(loc, a, b);
}
Value LoopCode::sub(Value a, Value b) {
  return builder.create<arith::SubIOp>(loc, a, b);
}
Value LoopCode::mul(Value a, Value b) {
  return builder.create<arith::MulIOp>(loc, a, b);
}
Value LoopCode::min(Value a, Value b) {
  return builder.create<arith::MinSIOp>(loc, a, b);
}
Value LoopCode::max(Value a, Value b) {
  return builder.create<arith::MaxSIOp>(loc, a, b);
}
Value LoopCode::less(Value a, Value b) {
  return builder.create<arith::CmpIOp>(loc, arith::CmpIPredicate::slt, a, b);
}
Value LoopCode::equal(Value a, Value b) {
  return builder.create<arith::CmpIOp>(loc, arith::CmpIPredicate::eq, a, b);
}
Value LoopCode::both(Value a, Value b) {
  return builder.create<arith::AndIOp>(loc, a, b);
}
Value LoopCode::either(Value a, Value b) {
  return builder.create<arith::OrIOp>(loc, a, b);
}
Value LoopCode::no(Value a) {
  return builder.create<arith::XOrIOp>(loc, a, truth(true));
}
Value LoopCode::select(Value condition, Value a, Value b) {
  return builder.create<arith::SelectOp>(loc, condition, a, b);
}
Value LoopCode::toIndex(Value integer) {
  return builder.create<arith::IndexCastOp>(loc, builder.getIndexType(),
                                            integer);
}
Value LoopCode::toInteger(Value index) {
  return builder.create<arith::IndexCastOp>(loc, builder.getI64Type(), index);
}

Value LoopCode::load(Value buffer, ValueRange at) {
  return builder.create<memref::LoadOp>(loc, buffer, at);
}
void LoopCode::store(Value value, Value buffer, ValueRange at) {
  builder.create<memref::StoreOp>(loc, value, buffer, at);
}

void LoopCode::loop(Value begin, Value end, Body body, Value step) {
  auto loop =
      builder.create<scf::ForOp>(loc, begin, end, step ? step : number(1));
  OpBuilder::InsertionGuard guard(builder);
  builder.setInsertionPointToStart(loop.getBody());
  body(loop.getInductionVar());
}

SmallVector<Value> LoopCode::fold(Value begin, Value end, ValueRange start,
                                  Fold body) {
  auto loop = builder.create<scf::ForOp>(
      loc, begin, end, number(1), start,
      [&](OpBuilder &, Location, Value at, ValueRange values) {
        SmallVector<Value> next = body(at, values);
        builder.create<scf::YieldOp>(loc, next);
      });
  return SmallVector<Value>(loop.getResults());
}

void LoopCode::nest(ArrayRef<int64_t> shape,
                    llvm::function_ref<void(ArrayRef<Value>)> body) {
  SmallVector<Value> at;
  std::function<void()> inner = [&] {
    if (at.size() == shape.size())
      return body(at);
    loop(number(0), number(shape[at.size()]), [&](Value place) {
      at.push_back(place);
      inner();
      at.pop_back();
    });
  };
  inner();
}

void LoopCode::when(Value condition, llvm::function_ref<void()> body) {
  auto branch = builder.create<scf::IfOp>(loc, condition, false);
  OpBuilder::InsertionGuard guard(builder);
  builder.setInsertionPointToStart(branch.thenBlock());
  body();
}

Value LoopCode::choose(Value condition, llvm::function_ref<Value()> then,
                       llvm::function_ref<Value()> otherwise) {
  auto yield = [&](llvm::function_ref<Value()> body) {
    return [&, body](OpBuilder &, Location) {
      Value value = body();
      builder.create<scf::YieldOp>(loc, value);
    };
  };
  OpBuilder::InsertionGuard guard(builder);
  auto branch =
      builder.create<scf::IfOp>(loc, condition, yield(then), yield(otherwise));
  return branch.getResult(0);
}

Value LoopCode::follow(Value start, llvm::function_ref<Value(Value)> goesOn,
                       llvm::function_ref<Value(Value)> next) {
  OpBuilder::InsertionGuard guard(builder);
  auto loop = builder.create<scf::WhileOp>(
      loc, TypeRange{builder.getIndexType()}, ValueRange{start},
      [&](OpBuilder &, Location, ValueRange arguments) {
        Value condition = goesOn(arguments[0]);
        builder.create<scf::ConditionOp>(loc, condition, arguments);
      },
      [&](OpBuilder &, Location, ValueRange arguments) {
        Value after = next(arguments[0]);
        builder.create<scf::YieldOp>(loc, after);
      });
  return loop.getResult(0);
}

Value LoopCode::find(Value begin, Value end,
                     llvm::function_ref<Value(Value)> holds) {
  return follow(
      begin,
      [&](Value at) {
        return choose(
            less(at, end), [&] { return no(holds(at)); },
            [&] { return truth(false); });
      },
      [&](Value at) { return add(at, number(1)); });
}

/// One pass: runs of `width` entries of `from` become runs of twice as many in
/// `to`.
static void mergeRuns(LoopCode &code, Value from, Value to, Value count,
                      Value width,
                      llvm::function_ref<Value(Value, Value)> before) {
  Value one = code.number(1), twice = code.add(width, width);
  auto merge = [&](Value begin) {
    Value middle = code.min(code.add(begin, width), count);
    Value end = code.min(code.add(begin, twice), count);
    code.fold(begin, end, {begin, middle}, [&](Value at, ValueRange next) {
      Value left = next[0], right = next[1];
      Value hasLeft = code.less(left, middle), hasRight = code.less(right, end);
      // The right one only if it comes before the left one for sure.
      Value takesRight = code.choose(
          code.both(hasLeft, hasRight),
          [&] {
            return before(code.loadIndex(from, right),
                          code.loadIndex(from, left));
          },
          [&] { return hasRight; });
      Value source = code.select(takesRight, right, left);
      code.store(code.load(from, source), to, at);
      return SmallVector<Value>{
          code.select(takesRight, left, code.add(left, one)),
          code.select(takesRight, code.add(right, one), right)};
    });
  };
  code.loop(code.number(0), count, merge, twice);
}

void sortPlaces(LoopCode &code, Value places, Value spare, Value count,
                llvm::function_ref<Value(Value, Value)> before) {
  OpBuilder &builder = code.builder;
  Location loc = code.loc;
  Type index = builder.getIndexType();
  // Two passes an iteration, so that the result is where it began.
  OpBuilder::InsertionGuard guard(builder);
  builder.create<scf::WhileOp>(
      loc, TypeRange{index}, ValueRange{code.number(1)},
      [&](OpBuilder &, Location, ValueRange arguments) {
        builder.create<scf::ConditionOp>(loc, code.less(arguments[0], count),
                                         arguments);
      },
      [&](OpBuilder &, Location, ValueRange arguments) {
        Value width = arguments[0], twice = code.add(width, width);
        mergeRuns(code, places, spare, count, width, before);
        mergeRuns(code, spare, places, count, twice, before);
        Value next = code.add(twice, twice);
        builder.create<scf::YieldOp>(loc, next);
      });
}

namespace {
/// What an output begins with: `value` everywhere, or the tensor `from`; or
/// nothing.
struct Start {
  TypedAttr value;
  Value from;
};
} // namespace

static Start startOf(Value output) {
  if (output.getDefiningOp<tensor::EmptyOp>())
    return {};
  Start start;
  if (auto fill = output.getDefiningOp<linalg::FillOp>())
    if (auto constant = fill.value().getDefiningOp<arith::ConstantOp>())
      start.value = constant.getValue();
  if (!start.value)
    start.from = output;
  return start;
}

/// Every output gets memory of its own, and the loops write what it begins
/// with: in the place of a tensor that others read too they might overwrite it.
SmallVector<Value> createLoops(
    Node &node, ValueRange inputs, ValueRange outputs,
    llvm::function_ref<void(LoopCode &, ArrayRef<Value>, ArrayRef<Value>)>
        body) {
  SmallVector<Value> reads(inputs), writes;
  SmallVector<Start> starts;
  for (Value output : outputs) {
    starts.push_back(startOf(output));
    if (starts.back().from)
      reads.push_back(output);
    auto type = cast<RankedTensorType>(output.getType());
    writes.push_back(createEmpty(node, type.getShape(), type.getElementType()));
  }
  auto op = node.builder.create<LoopsOp>(
      node.loc, TypeRange(ValueRange(writes)), reads, writes);
  OpBuilder::InsertionGuard guard(node.builder);
  Block *block = node.builder.createBlock(&op.getBody());
  for (Value operand : op->getOperands()) {
    auto type = cast<RankedTensorType>(operand.getType());
    block->addArgument(MemRefType::get(type.getShape(), type.getElementType()),
                       node.loc);
  }
  SmallVector<Value> arguments(block->getArguments());
  ArrayRef<Value> in = ArrayRef(arguments).take_front(reads.size());
  ArrayRef<Value> out = ArrayRef(arguments).drop_front(reads.size());
  LoopCode code(node.builder, node.loc);
  size_t next = inputs.size();
  for (size_t i = 0; i < out.size(); ++i) {
    Value source = starts[i].from ? in[next++] : Value(), to = out[i], constant;
    if (starts[i].value)
      constant =
          node.builder.create<arith::ConstantOp>(node.loc, starts[i].value);
    if (source || constant)
      code.nest(cast<MemRefType>(to.getType()).getShape(),
                [&](ArrayRef<Value> at) {
                  code.store(source ? code.load(source, at) : constant, to, at);
                });
  }
  body(code, in.take_front(inputs.size()), out);
  return SmallVector<Value>(op.getResults());
}

} // namespace convopt
