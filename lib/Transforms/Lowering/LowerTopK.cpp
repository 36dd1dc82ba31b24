// A full sort of a row would move every element; most are in no answer. The
// heap of the k best that were seen has the worst of them on top: an element is
// compared with that one, and changes the heap only if it is better, which
// becomes rarer the longer the row is. So nearly all the time goes into
// comparisons that fail, and those are what is made fast: a block of elements
// at a time, whose answers are joined without a branch, in vectors. The heap
// lies in the outputs and is sorted there at the end. Of equal elements the
// first wins, as ONNX wants it, and NaN is worse than any number: neither is
// left to the order in which a heap happens to meet them.

#include "convopt/IR/ConvoptDialect.h"
#include "convopt/Transforms/Lowering.h"
#include "convopt/Transforms/Passes.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"

namespace convopt {
#define GEN_PASS_DEF_LOWERTOPK
#include "convopt/Transforms/Passes.h.inc"
} // namespace convopt

using namespace mlir;

namespace convopt {

/// Elements that are compared with the worst of the heap without a branch
/// between: a few vectors on every CPU.
static constexpr int64_t blockSize = 32;

namespace {
/// An element and its place in the row.
struct Entry {
  Value element, place;
};

/// Builds the loops of one operation. The heap of a row lies in the outputs:
/// each entry is worse than the two below it, so that entry 0 is the worst.
class TopKLowering {
public:
  TopKLowering(TopKOp op)
      : op(op), builder(op), loc(op.getLoc()),
        n(cast<MemRefType>(op.getInput().getType()).getDimSize(1)),
        k(cast<MemRefType>(op.getElements().getType()).getDimSize(1)) {}

  void build();

private:
  Value number(int64_t value) {
    return builder.create<arith::ConstantIndexOp>(loc, value);
  }
  template <typename Op> Value make(Value a, Value b) {
    return builder.create<Op>(loc, a, b);
  }
  Value test(arith::CmpIPredicate predicate, Value a, Value b) {
    return builder.create<arith::CmpIOp>(loc, predicate, a, b);
  }
  bool isFloat() { return isa<FloatType>(getElementTypeOrSelf(op.getInput())); }

  Value loadInput(Value at) {
    return builder.create<memref::LoadOp>(loc, op.getInput(),
                                          ValueRange{row, at});
  }
  Entry load(Value at) {
    return {builder.create<memref::LoadOp>(loc, op.getElements(),
                                           ValueRange{row, at}),
            builder.create<memref::LoadOp>(loc, op.getPlaces(),
                                           ValueRange{row, at})};
  }
  void store(Entry entry, Value at) {
    builder.create<memref::StoreOp>(loc, entry.element, op.getElements(),
                                    ValueRange{row, at});
    builder.create<memref::StoreOp>(loc, entry.place, op.getPlaces(),
                                    ValueRange{row, at});
  }

  /// Whether `a` is greater than `b` in the wanted order; never for NaN `a`,
  /// always for a number `a` and NaN `b`.
  Value isBetter(Value a, Value b);
  /// The same for entries: of equal ones the one that came first is better.
  Value isBetter(Entry a, Entry b);
  /// Stores `entry` at `at` or below, where the heap of `size` entries wants
  /// it.
  void siftDown(Entry entry, Value at, Value size);
  void fill();
  void scan();
  void offer(Value at);
  void sort();

  TopKOp op;
  OpBuilder builder;
  Location loc;
  int64_t n, k;
  Value row;
};
} // namespace

Value TopKLowering::isBetter(Value a, Value b) {
  if (!isFloat()) {
    using P = arith::CmpIPredicate;
    P predicate = op.getIsUnsigned() ? (op.getSmallest() ? P::ult : P::ugt)
                                     : (op.getSmallest() ? P::slt : P::sgt);
    return test(predicate, a, b);
  }
  // True as well where either is NaN.
  auto predicate =
      op.getSmallest() ? arith::CmpFPredicate::ULT : arith::CmpFPredicate::UGT;
  Value better = builder.create<arith::CmpFOp>(loc, predicate, a, b);
  Value isNumber =
      builder.create<arith::CmpFOp>(loc, arith::CmpFPredicate::ORD, a, a);
  return make<arith::AndIOp>(better, isNumber);
}

Value TopKLowering::isBetter(Entry a, Entry b) {
  Value better = isBetter(a.element, b.element);
  Value worse = isBetter(b.element, a.element);
  Value first = test(arith::CmpIPredicate::slt, a.place, b.place);
  return builder.create<arith::SelectOp>(loc, make<arith::OrIOp>(better, worse),
                                         better, first);
}

void TopKLowering::siftDown(Entry entry, Value at, Value size) {
  Value one = number(1), last = make<arith::SubIOp>(size, one);
  auto firstChild = [&](Value parent) {
    return make<arith::AddIOp>(make<arith::AddIOp>(parent, parent), one);
  };
  Type index = builder.getIndexType(), boolean = builder.getI1Type();
  // While there is a child that is worse than the entry: it moves up.
  auto loop = builder.create<scf::WhileOp>(
      loc, TypeRange{index}, ValueRange{at},
      [&](OpBuilder &, Location, ValueRange arguments) {
        Value place = arguments[0], child = firstChild(place);
        Value exists = test(arith::CmpIPredicate::slt, child, size);
        auto step = builder.create<scf::IfOp>(loc, TypeRange{boolean, index},
                                              exists, /*withElseRegion=*/true);
        OpBuilder::InsertionGuard guard(builder);
        builder.setInsertionPointToStart(step.thenBlock());
        Value other =
            make<arith::MinSIOp>(make<arith::AddIOp>(child, one), last);
        Entry left = load(child), right = load(other);
        Value goesRight = isBetter(left, right);
        auto choose = [&](Value a, Value b) -> Value {
          return builder.create<arith::SelectOp>(loc, goesRight, a, b);
        };
        Entry worst = {choose(right.element, left.element),
                       choose(right.place, left.place)};
        Value moves = isBetter(entry, worst);
        auto move = builder.create<scf::IfOp>(loc, moves, false);
        {
          OpBuilder::InsertionGuard inner(builder);
          builder.setInsertionPointToStart(move.thenBlock());
          store(worst, place);
        }
        Value next = builder.create<arith::SelectOp>(
            loc, moves, choose(other, child), place);
        builder.create<scf::YieldOp>(loc, ValueRange{moves, next});
        builder.setInsertionPointToStart(step.elseBlock());
        builder.create<scf::YieldOp>(loc, ValueRange{exists, place});
        builder.setInsertionPointAfter(step);
        builder.create<scf::ConditionOp>(loc, step.getResult(0),
                                         step.getResult(1));
      },
      [&](OpBuilder &, Location, ValueRange arguments) {
        builder.create<scf::YieldOp>(loc, arguments);
      });
  store(entry, loop.getResult(0));
}

/// The first k elements become a heap.
void TopKLowering::fill() {
  Value zero = number(0), one = number(1), size = number(k);
  auto copy = builder.create<scf::ForOp>(loc, zero, size, one);
  {
    OpBuilder::InsertionGuard guard(builder);
    builder.setInsertionPointToStart(copy.getBody());
    Value at = copy.getInductionVar();
    Value place =
        builder.create<arith::IndexCastOp>(loc, builder.getI64Type(), at);
    store({loadInput(at), place}, at);
  }
  auto heapify = builder.create<scf::ForOp>(loc, zero, number(k / 2), one);
  OpBuilder::InsertionGuard guard(builder);
  builder.setInsertionPointToStart(heapify.getBody());
  Value at = make<arith::SubIOp>(number(k / 2 - 1), heapify.getInductionVar());
  siftDown(load(at), at, size);
}

/// Element `at` takes the place of the worst if it is better.
void TopKLowering::offer(Value at) {
  Value element = loadInput(at), zero = number(0);
  auto replace = builder.create<scf::IfOp>(
      loc, isBetter(element, load(zero).element), false);
  OpBuilder::InsertionGuard guard(builder);
  builder.setInsertionPointToStart(replace.thenBlock());
  Value place =
      builder.create<arith::IndexCastOp>(loc, builder.getI64Type(), at);
  siftDown({element, place}, zero, number(k));
}

/// All other elements: block by block, most of which hold nothing better.
void TopKLowering::scan() {
  Value zero = number(0), one = number(1);
  int64_t whole = (n - k) / blockSize * blockSize;
  auto blocks = builder.create<scf::ForOp>(loc, number(k), number(k + whole),
                                           number(blockSize));
  {
    OpBuilder::InsertionGuard guard(builder);
    builder.setInsertionPointToStart(blocks.getBody());
    Value begin = blocks.getInductionVar();
    Value worst = load(zero).element;
    Value none =
        builder.create<arith::ConstantOp>(loc, builder.getBoolAttr(false));
    auto any = builder.create<scf::ForOp>(
        loc, zero, number(blockSize), one, ValueRange{none},
        [&](OpBuilder &, Location, Value i, ValueRange so) {
          Value element = loadInput(make<arith::AddIOp>(begin, i));
          Value better = isBetter(element, worst);
          builder.create<scf::YieldOp>(
              loc, ValueRange{make<arith::OrIOp>(so[0], better)});
        });
    auto found = builder.create<scf::IfOp>(loc, any.getResult(0), false);
    builder.setInsertionPointToStart(found.thenBlock());
    auto each = builder.create<scf::ForOp>(loc, zero, number(blockSize), one);
    builder.setInsertionPointToStart(each.getBody());
    offer(make<arith::AddIOp>(begin, each.getInductionVar()));
  }
  auto rest =
      builder.create<scf::ForOp>(loc, number(k + whole), number(n), one);
  OpBuilder::InsertionGuard guard(builder);
  builder.setInsertionPointToStart(rest.getBody());
  offer(rest.getInductionVar());
}

/// The worst goes to the end again and again: the best comes to the front.
void TopKLowering::sort() {
  Value zero = number(0), one = number(1);
  auto shrink = builder.create<scf::ForOp>(loc, zero, number(k - 1), one);
  OpBuilder::InsertionGuard guard(builder);
  builder.setInsertionPointToStart(shrink.getBody());
  Value last = make<arith::SubIOp>(number(k - 1), shrink.getInductionVar());
  Entry worst = load(zero), moved = load(last);
  store(worst, last);
  siftDown(moved, zero, last);
}

void TopKLowering::build() {
  int64_t rows = cast<MemRefType>(op.getInput().getType()).getDimSize(0);
  if (rows == 0 || k == 0)
    return;
  auto loop =
      builder.create<scf::ForOp>(loc, number(0), number(rows), number(1));
  builder.setInsertionPointToStart(loop.getBody());
  row = loop.getInductionVar();
  fill();
  scan();
  sort();
}

void lowerTopK(func::FuncOp func) {
  SmallVector<TopKOp> ops;
  func.walk([&](TopKOp op) { ops.push_back(op); });
  for (TopKOp op : ops) {
    TopKLowering(op).build();
    op.erase();
  }
}

namespace {
struct LowerTopK : impl::LowerTopKBase<LowerTopK> {
  void runOnOperation() override { lowerTopK(getOperation()); }
};
} // namespace

} // namespace convopt
