// What an operation can do without changing what it computes. A convolution has
// the layouts of its candidates; what works element by element, or by
// dimensions that mean the same in all operands, has one state for each layout;
// a reshape has the pairs of orders between which it moves nothing; a
// transposition every pair, since it may be absorbed in either side, at the
// cost of a conversion where elements still move. Anything else reads and
// writes as the program says, and costs conversions around it, which is always
// right.

#include "LayoutStates.h"

using namespace mlir;

namespace convopt {

SmallVector<OpOperand *> layoutOperands(Operation *op) {
  SmallVector<OpOperand *> operands;
  std::optional<ConvOp> conv;
  if (auto linalgOp = dyn_cast<linalg::LinalgOp>(op))
    conv = matchConvolution(linalgOp);
  for (OpOperand &operand : op->getOpOperands())
    if (conv && conv->pad && operand.getOperandNumber() == 0)
      operands.push_back(&conv->pad.getSourceMutable());
    else if (isa<RankedTensorType>(operand.get().getType()))
      operands.push_back(&operand);
  operands.append(capturedTensors(op));
  return operands;
}

SmallVector<Value> outerTensors(Block &block) {
  SetVector<Value> values;
  for (Operation &op : block)
    for (OpOperand *operand : layoutOperands(&op))
      if (operand->get().getParentBlock() != &block)
        values.insert(operand->get());
  return values.takeVector();
}

bool isPartOfConvolution(Operation *op) {
  auto pad = dyn_cast<tensor::PadOp>(op);
  if (!pad || !pad->hasOneUse())
    return false;
  auto user = dyn_cast<linalg::LinalgOp>(*pad->user_begin());
  if (!user)
    return false;
  std::optional<ConvOp> conv = matchConvolution(user);
  return conv && conv->pad == pad;
}

bool isFree(Value value, const DimensionRoles &roles) {
  Operation *op = value.getDefiningOp();
  if (!op)
    return false;
  if (op->hasTrait<OpTrait::ConstantLike>() || isa<tensor::EmptyOp>(op))
    return true;
  if (!isa<linalg::FillOp, linalg::BroadcastOp>(op))
    return false;
  auto linalgOp = cast<linalg::LinalgOp>(op);
  return linalgOp.getDpsInits()[0].getDefiningOp<tensor::EmptyOp>() &&
         llvm::all_of(linalgOp.getDpsInputs(), [&](Value input) {
           return !isa<RankedTensorType>(input.getType()) ||
                  cast<RankedTensorType>(input.getType()).getRank() <= 1;
         });
}

bool isReshapeInPlace(ArrayRef<int64_t> wide,
                      ArrayRef<ReassociationIndices> groups,
                      ArrayRef<int64_t> wideOrder,
                      ArrayRef<int64_t> narrowOrder) {
  SmallVector<int64_t> expected, stored;
  for (int64_t group : narrowOrder)
    for (int64_t dim : groups[group])
      if (wide[dim] != 1)
        expected.push_back(dim);
  for (int64_t dim : wideOrder)
    if (wide[dim] != 1)
      stored.push_back(dim);
  return expected == stored;
}

namespace {
/// Collects the states of one op.
struct StateBuilder {
  StateBuilder(Operation *op, const DimensionRoles &roles)
      : op(op), roles(roles), operands(layoutOperands(op)) {}

  Operation *op;
  const DimensionRoles &roles;
  SmallVector<OpOperand *> operands;
  std::vector<LayoutState> states;

  void add(LayoutState state) {
    for (const LayoutState &other : states)
      if (other.operands == state.operands && other.results == state.results)
        return;
    states.push_back(std::move(state));
  }

  LayoutState asWritten() const {
    LayoutState state;
    for (OpOperand *operand : operands)
      state.operands.push_back(roles.writtenOrder(operand->get()));
    for (Value result : op->getResults())
      state.results.push_back(isa<RankedTensorType>(result.getType())
                                  ? roles.writtenOrder(result)
                                  : 0);
    return state;
  }

  LayoutState allIn(Layout layout) const {
    LayoutState state;
    for (OpOperand *operand : operands)
      state.operands.push_back(roles.orderFor(operand->get(), layout));
    for (Value result : op->getResults())
      state.results.push_back(roles.orderFor(result, layout));
    return state;
  }

  /// Own operands and results in one layout. What a body reads elsewhere than
  /// by tensor.extract stays as it is written.
  void addBothLayouts() {
    for (Layout layout : {Layout::NCHW, Layout::NHWC}) {
      LayoutState state = allIn(layout);
      for (auto [order, operand] : llvm::zip_equal(state.operands, operands))
        if (operand->getOwner() != op &&
            !isa<tensor::ExtractOp>(operand->getOwner()))
          order = roles.writtenOrder(operand->get());
      add(std::move(state));
    }
  }

  void addConvolution(const ConvOp &conv, ArrayRef<ConvState> choices) {
    std::optional<ConvRoles> own = getConvRoles(conv);
    Value result = op->getResult(0);
    for (auto [number, choice] : llvm::enumerate(choices)) {
      LayoutState state = asWritten();
      state.cost = choice.cost;
      state.convState = number;
      bool follows = own && roles.of(conv.input) == own->image &&
                     roles.of(result) == own->result &&
                     roles.of(conv.init) == own->result;
      if (follows) {
        state.operands[0] = roles.orderFor(conv.input, choice.input);
        state.operands.back() = roles.orderFor(conv.init, choice.output);
        state.results[0] = roles.orderFor(result, choice.output);
      } else if (choice.input != conv.inputLayout ||
                 choice.output != conv.outputLayout) {
        continue;
      }
      // One order can stand for both layouts (no image, or one channel less):
      // every choice keeps its own state.
      states.push_back(std::move(state));
    }
  }

  void addTranspose(linalg::TransposeOp transpose, ConversionCost conversion) {
    Value input = transpose.getInput(), result = op->getResult(0);
    auto shape = cast<RankedTensorType>(input.getType()).getShape();
    for (unsigned from = 0; from < roles.orderCount(input); ++from)
      for (unsigned to = 0; to < roles.orderCount(result); ++to) {
        Permutation source = roles.order(input, from), target;
        for (int64_t dim : roles.order(result, to))
          target.push_back(transpose.getPermutation()[dim]);
        SmallVector<int64_t> stored;
        for (int64_t dim : source)
          stored.push_back(shape[dim]);
        LayoutState state;
        state.operands = {from,
                          roles.orderCount(transpose.getInit()) == 1 ? 0 : to};
        state.results = {to};
        if (movesElements(between(source, target), stored))
          state.cost = conversion(input, Layout::NCHW, Layout::NHWC);
        add(std::move(state));
      }
  }

  void addReshape(Value wide, Value narrow,
                  ArrayRef<ReassociationIndices> groups, bool expands) {
    auto shape = cast<RankedTensorType>(wide.getType()).getShape();
    for (unsigned w = 0; w < roles.orderCount(wide); ++w)
      for (unsigned n = 0; n < roles.orderCount(narrow); ++n) {
        if (!isReshapeInPlace(shape, groups, roles.order(wide, w),
                              roles.order(narrow, n)))
          continue;
        LayoutState state;
        state.operands = {expands ? n : w};
        state.results = {expands ? w : n};
        add(std::move(state));
      }
  }

  bool sameRoles() const {
    Roles known = roles.of(op->getResult(0));
    return !known.empty() && llvm::all_of(operands, [&](OpOperand *operand) {
      return roles.of(operand->get()) == known;
    });
  }
};
} // namespace

std::vector<LayoutState> layoutStates(Operation *op,
                                      const DimensionRoles &roles,
                                      ConvStatesOf convStates,
                                      ConversionCost conversion) {
  StateBuilder builder(op, roles);
  bool isStatic = llvm::all_of(op->getResultTypes(), [](Type type) {
    auto tensor = dyn_cast<RankedTensorType>(type);
    return tensor && tensor.hasStaticShape();
  });
  auto linalgOp = dyn_cast<linalg::LinalgOp>(op);
  if (linalgOp)
    if (std::optional<ConvOp> conv = matchConvolution(linalgOp)) {
      builder.addConvolution(*conv, convStates(*conv));
      return builder.states;
    }
  if (op->getNumResults() && isStatic) {
    if (auto transpose = dyn_cast<linalg::TransposeOp>(op))
      builder.addTranspose(transpose, conversion);
    else if (linalgOp && linalgOp.hasPureTensorSemantics() &&
             roles.ofLoops(linalgOp))
      builder.addBothLayouts();
    else if (auto expand = dyn_cast<tensor::ExpandShapeOp>(op))
      builder.addReshape(expand.getResult(), expand.getSrc(),
                         expand.getReassociationIndices(), true);
    else if (auto collapse = dyn_cast<tensor::CollapseShapeOp>(op))
      builder.addReshape(collapse.getSrc(), collapse.getResult(),
                         collapse.getReassociationIndices(), false);
    else if (isPositional(op) && builder.sameRoles())
      builder.addBothLayouts();
  }
  if (builder.states.empty())
    builder.add(builder.asWritten());
  return builder.states;
}

} // namespace convopt
