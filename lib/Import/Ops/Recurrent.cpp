// LSTM, GRU and RNN: what the nodes say, which has to fit together, and how
// many layers that are. Two directions are one layer if they compute the same
// function, so that the inputs' products are one product; with activations of
// their own they are two, whose results are put together.
#include "Generic.h"
#include "Ops.h"
#include "RecurrentLayer.h"

using namespace mlir;
using llvm::Error;
using llvm::Expected;

namespace convopt {

static Value concatenate(Node &node, int64_t dim, ArrayRef<Value> parts) {
  if (parts.size() == 1)
    return parts[0];
  return node.builder.create<tensor::ConcatOp>(node.loc, dim, parts);
}

/// The sizes, after a look at every input that has to have them.
static Expected<LayerSizes> readSizes(Node &node, const Cell &cell,
                                      int64_t directions, bool batchFirst) {
  auto fits = [&](size_t i, ArrayRef<int64_t> shape) {
    return !node.hasInput(i) || node.inputShape(i) == shape;
  };
  ArrayRef<int64_t> x = node.inputShape(0), r = node.inputShape(2);
  if (x.size() != 3 || r.size() != 3)
    return node.error("X and R must have three dimensions");
  LayerSizes sizes{x[batchFirst ? 1 : 0], x[batchFirst ? 0 : 1], directions,
                   x[2], r[2]};
  if (sizes.inputs == 0 || sizes.units == 0)
    return node.error("an input is empty");
  if (node.getInt("hidden_size", sizes.units) != sizes.units)
    return node.error("attribute 'hidden_size' does not fit R");
  const int64_t rows = cell.gates * sizes.units;
  Shape state{directions, sizes.batch, sizes.units};
  if (batchFirst)
    std::swap(state[0], state[1]);
  if (!fits(1, {directions, rows, sizes.inputs}) ||
      !fits(2, {directions, rows, sizes.units}) ||
      !fits(3, {directions, 2 * rows}) || !fits(4, {sizes.batch}) ||
      !fits(5, state) || !fits(6, state) ||
      !fits(7, {directions, 3 * sizes.units}))
    return node.error("the inputs do not fit each other");
  return sizes;
}

/// Of no steps, or of no sequences: there is no sequence of states, and the
/// last states are the initial ones, which have the layout of the results.
static Error importNothing(Node &node, const Cell &cell) {
  Scalar scalar(node.builder, node.loc, node.inputKind(0));
  for (int64_t i = 0; i <= cell.states; ++i) {
    if (!node.hasOutput(i))
      continue;
    const size_t initial = 4 + i;
    Value result =
        i == 0 ? createEmpty(node, node.outputShape(i), scalar.type())
        : node.hasInput(initial)
            ? node.input(initial)
            : createFilled(node, node.outputShape(i), scalar.attribute(0));
    if (Error error = node.setOutput(i, result))
      return error;
  }
  return Error::success();
}

/// `cell` lacks its activations, of which `fallback` are the default ones.
static Error importRecurrent(Node &node, Cell cell,
                             ArrayRef<const char *> fallback) {
  const StringRef direction = node.getString("direction", "forward");
  if (direction != "forward" && direction != "reverse" &&
      direction != "bidirectional")
    return node.error("direction '" + direction + "' is not supported");
  const int64_t directions = direction == "bidirectional" ? 2 : 1;
  const bool batchFirst = node.getInt("layout", 0);
  auto functions = readActivations(node, fallback, directions);
  if (!functions)
    return functions.takeError();
  auto sizes = readSizes(node, cell, directions, batchFirst);
  if (!sizes)
    return sizes.takeError();
  cell.clip = node.getFloat("clip", 0);
  if (sizes->steps == 0 || sizes->batch == 0)
    return importNothing(node, cell);

  Value x = node.input(0);
  if (batchFirst)
    x = transpose(node, x, {1, 0, 2});
  SmallVector<bool> reverse{direction == "reverse"};
  if (directions == 2)
    reverse = {false, true};
  // Directions that compute other functions are layers of their own.
  ArrayRef<CellActivation> all(*functions);
  ArrayRef<CellActivation> forward = all.take_front(fallback.size());
  const bool equal =
      directions == 1 || forward == all.drop_front(forward.size());
  SmallVector<SmallVector<Value>> parts;
  for (int64_t first = 0; first < directions; first += equal ? directions : 1) {
    cell.activations = all.slice(first * forward.size(), forward.size()).vec();
    parts.push_back(buildRecurrentLayer(node, cell, *sizes, first,
                                        equal ? directions : 1, x, reverse,
                                        batchFirst));
  }

  const int64_t skipped = node.hasOutput(0) ? 0 : 1;
  for (int64_t i = skipped; i <= cell.states; ++i) {
    if (!node.hasOutput(i))
      continue;
    SmallVector<Value> values;
    for (ArrayRef<Value> part : parts)
      values.push_back(part[i - skipped]);
    Value result = concatenate(node, i == 0 ? 1 : 0, values);
    if (batchFirst)
      result = i == 0 ? transpose(node, result, {2, 0, 1, 3})
                      : transpose(node, result, {1, 0, 2});
    if (Error error = node.setOutput(i, result))
      return error;
  }
  return Error::success();
}

static Error importLstm(Node &node) {
  Cell cell{"lstm", 4, 4, 2, {}, 0, node.getInt("input_forget", 0) != 0};
  return importRecurrent(node, cell, {"sigmoid", "tanh", "tanh"});
}

static Error importGru(Node &node) {
  const bool linear = node.getInt("linear_before_reset", 0);
  Cell cell{"gru", 3, linear ? 3 : 2, 1, {}, 0};
  return importRecurrent(node, cell, {"sigmoid", "tanh"});
}

static Error importRnn(Node &node) {
  return importRecurrent(node, Cell{"rnn", 1, 1, 1, {}, 0}, {"tanh"});
}

void registerRecurrentOps(OpTable &table) {
  table["LSTM"] = importLstm;
  table["GRU"] = importGru;
  table["RNN"] = importRnn;
}

} // namespace convopt
