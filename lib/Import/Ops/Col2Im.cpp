#include "Generic.h"
#include "Ops.h"

using namespace mlir;
using llvm::Error;

namespace convopt {

namespace {
/// The blocks that an image is put together of.
struct Blocks {
  Shape image, kernel, strides, dilations, low, counts;
};
} // namespace

static llvm::Expected<Blocks> readBlocks(const Node &node) {
  auto image = node.constantInts(1, "image_shape");
  if (!image)
    return image.takeError();
  auto kernel = node.constantInts(2, "block_shape");
  if (!kernel)
    return kernel.takeError();
  size_t rank = image->size();
  auto list = [&](const char *name, size_t count, int64_t fallback) {
    auto given = node.getInts(name);
    return given ? *given : std::vector<int64_t>(count, fallback);
  };
  std::vector<int64_t> strides = list("strides", rank, 1);
  std::vector<int64_t> dilations = list("dilations", rank, 1);
  std::vector<int64_t> pads = list("pads", 2 * rank, 0);
  constexpr int64_t limit = 1 << 24;
  auto isBad = [&](int64_t value) { return value < 1 || value > limit; };
  if (rank == 0 || kernel->size() != rank || strides.size() != rank ||
      dilations.size() != rank || pads.size() != 2 * rank ||
      llvm::any_of(*image, isBad) || llvm::any_of(*kernel, isBad) ||
      llvm::any_of(strides, isBad) || llvm::any_of(dilations, isBad) ||
      llvm::any_of(pads, [&](int64_t pad) { return pad < 0 || pad > limit; }))
    return node.error("the shapes of image and blocks, strides, dilations and "
                      "pads do not fit");
  Blocks blocks;
  for (size_t i = 0; i < rank; ++i) {
    int64_t reach = ((*kernel)[i] - 1) * dilations[i] + 1;
    int64_t room = (*image)[i] + pads[i] + pads[rank + i] - reach;
    if (room < 0)
      return node.error("a block is larger than the image");
    blocks.image.push_back((*image)[i]);
    blocks.kernel.push_back((*kernel)[i]);
    blocks.strides.push_back(strides[i]);
    blocks.dilations.push_back(dilations[i]);
    blocks.low.push_back(pads[i]);
    blocks.counts.push_back(room / strides[i] + 1);
  }
  return blocks;
}

/// The sum of all blocks' elements that lie on an element of the image: each
/// position in a block says which block, if any, has it there.
static Error importCol2Im(Node &node) {
  auto blocks = readBlocks(node);
  if (!blocks)
    return blocks.takeError();
  ArrayRef<int64_t> x = node.inputShape(0), y = node.outputShape(0);
  size_t rank = blocks->image.size();
  int64_t positions = countElements(blocks->kernel).value_or(0);
  int64_t count = countElements(blocks->counts).value_or(0);
  if (x.size() != 3 || !positions || x[1] % positions || x[2] != count ||
      y.size() != rank + 2 ||
      y.drop_front(2) != ArrayRef<int64_t>(blocks->image))
    return node.error("the input does not fit the shapes of image and blocks");
  Shape apart{x[0], x[1] / positions};
  apart.append(blocks->kernel);
  apart.append(blocks->counts);
  if (*countElements(y) == 0)
    return node.setOutput(
        0, createEmpty(node, y, node.outputType(0).getElementType()));
  Value columns = reshape(node, node.input(0), apart);
  ElementKind kind = node.outputKind(0);
  if (kind == ElementKind::Bool)
    return node.error("adds up bool");
  Value image = sumOver(
      node, y, blocks->kernel, kind,
      [&](Scalar &s, ArrayRef<Value> at, ArrayRef<Value> position) {
        OpBuilder &b = s.builder;
        auto number = [&](int64_t value) -> Value {
          return b.create<arith::ConstantIndexOp>(s.loc, value);
        };
        SmallVector<Value> place(at.take_front(2));
        llvm::append_range(place, position);
        Value exists;
        for (size_t i = 0; i < rank; ++i) {
          Value moved =
              b.create<arith::AddIOp>(s.loc, at[2 + i], number(blocks->low[i]));
          moved = b.create<arith::SubIOp>(
              s.loc, moved,
              b.create<arith::MulIOp>(s.loc, position[i],
                                      number(blocks->dilations[i])));
          Value zero = number(0), stride = number(blocks->strides[i]);
          Value inside = b.create<arith::CmpIOp>(
              s.loc, arith::CmpIPredicate::sge, moved, zero);
          moved = b.create<arith::MaxSIOp>(s.loc, moved, zero);
          Value block = b.create<arith::DivUIOp>(s.loc, moved, stride);
          Value rest = b.create<arith::RemUIOp>(s.loc, moved, stride);
          Value last = number(blocks->counts[i] - 1);
          for (Value condition :
               {b.create<arith::CmpIOp>(s.loc, arith::CmpIPredicate::eq, rest,
                                        zero)
                    .getResult(),
                b.create<arith::CmpIOp>(s.loc, arith::CmpIPredicate::sle, block,
                                        last)
                    .getResult()})
            inside = b.create<arith::AndIOp>(s.loc, inside, condition);
          exists =
              exists
                  ? b.create<arith::AndIOp>(s.loc, exists, inside).getResult()
                  : inside;
          place.push_back(b.create<arith::MinSIOp>(s.loc, block, last));
        }
        Value element = b.create<tensor::ExtractOp>(s.loc, columns, place);
        return s.select(exists, element, s.constant(0));
      });
  return node.setOutput(0, image);
}

void registerCol2ImOps(OpTable &table) { table["Col2Im"] = importCol2Im; }

} // namespace convopt
