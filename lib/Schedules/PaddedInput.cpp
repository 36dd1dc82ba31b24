// Zeros around an image can be stored or selected. A padded copy costs a load
// and a store an element, once a strip, after which every tap of every tile is
// a plain load: right where an element is read for many channels. Selecting
// costs nothing in memory, but a comparison wherever it cannot be proved
// needless; `likely` has Halide split the loops, so that the middle of a row
// has none. Only those sides are tested that are read beyond the image. The
// copy is also where a layout is changed, since every element passes through
// registers anyway.

#include "Expressions.h"
#include "Operands.h"
#include "Outputs.h"
#include "convopt/Primitives/Tiling.h"
#include "convopt/Target/DotProducts.h"
#include <algorithm>

using namespace Halide;

namespace convopt {

Expr inputAt(const ConvRequest &request, Expr c, Expr x, Expr y, Expr n) {
  Func input = request.input;
  return request.choice.input == Layout::NHWC ? input(c, x, y, n)
                                              : input(x, y, c, n);
}

static Expr border(const ConvRequest &request, Type type) {
  return Internal::make_const(type, request.padValue);
}

Func paddedInput(const ConvRequest &request, int64_t columns, int64_t rows,
                 int64_t channels) {
  const ConvLayer &l = request.layer;
  ImageVars v;
  Func padded("padded");
  Expr c = v.c, x = v.x - toInt(l.padLeft), y = v.y - toInt(l.padTop);
  const int allChannels = toInt(l.inChannels * l.groups);
  // Only the sides that are read beyond the image are tested.
  Expr inside = Internal::const_true();
  auto testBelow = [&](Expr &at) {
    inside = inside && likely(at >= 0);
    at = max(at, 0);
  };
  auto testAbove = [&](Expr &at, int64_t extent) {
    inside = inside && likely(at < toInt(extent));
    at = min(at, toInt(extent) - 1);
  };
  if (l.padLeft)
    testBelow(x);
  if (columns > l.padLeft + l.inWidth)
    testAbove(x, l.inWidth);
  if (l.padTop)
    testBelow(y);
  if (rows > l.padTop + l.inHeight)
    testAbove(y, l.inHeight);
  if (channels > allChannels)
    testAbove(c, allChannels);
  Expr value = inputAt(request, c, x, y, v.n);
  padded(v.c, v.x, v.y, v.n) =
      Internal::is_const_one(inside)
          ? value
          : select(inside, value, border(request, value.type()));
  return padded;
}

Func paddedInput(const ConvRequest &request) {
  const ConvLayer &l = request.layer;
  return paddedInput(request, inputColumns(l), inputRows(l, l.outHeight),
                     copiedChannels(request));
}

Expr unpaddedInput(const ConvRequest &request, RDom &window, Expr c, Expr x,
                   Expr y, Expr n) {
  const ConvLayer &l = request.layer;
  const int width = toInt(l.inWidth), height = toInt(l.inHeight);
  x = x - toInt(l.padLeft);
  y = y - toInt(l.padTop);
  Expr inside = Internal::const_true(), row = y;
  // Rows of zeros add nothing, but those of another number do.
  const bool leaveOut = request.padValue == 0;
  // What `where` says is also clamped: bounds are found without it.
  if (l.padTop) {
    if (leaveOut)
      window.where(y >= 0);
    else
      inside = inside && likely(y >= 0);
    row = max(row, 0);
  }
  if (inputRows(l, l.outHeight) > l.padTop + l.inHeight) {
    if (leaveOut)
      window.where(row < height);
    else
      inside = inside && likely(y < height);
    row = min(row, height - 1);
  }
  Expr column = x;
  if (l.padLeft) {
    inside = inside && likely(x >= 0);
    column = max(column, 0);
  }
  if (inputColumns(l) > l.padLeft + l.inWidth) {
    inside = inside && likely(x < width);
    column = min(column, width - 1);
  }
  Expr value = inputAt(request, c, column, row, n);
  return Internal::is_const_one(inside)
             ? value
             : select(inside, value, border(request, value.type()));
}

bool needsCopy(const ConvRequest &request) {
  const ConvLayer &l = request.layer;
  return l.isPadded() || request.choice.input == Layout::NCHW ||
         request.convertsInput ||
         copiedChannels(request) != l.inChannels * l.groups;
}

int64_t copiedChannels(const ConvRequest &request) {
  const ConvProblem &l = request.layer;
  return roundUp(l.inChannels * l.groups, dotLength(l.types, request.machine));
}

int lanesOf(const ConvRequest &request) {
  return toInt(request.machine.lanes(request.layer.types.input));
}

int vectorFor(const ConvRequest &request, int64_t extent) {
  int lanes = lanesOf(request);
  while (lanes > extent)
    lanes /= 2;
  return lanes;
}

void scheduleCopy(const ConvRequest &request, Func padded, LoopLevel at,
                  Layout layout, std::optional<int64_t> columns) {
  const ConvLayer &l = request.layer;
  const int64_t channels = copiedChannels(request),
                width = columns.value_or(inputColumns(l));
  Var c = padded.args()[0], x = padded.args()[1], y = padded.args()[2];
  padded.compute_at(at).store_in(MemoryType::Heap);
  if (layout == Layout::NCHW)
    padded.reorder_storage(x, y, c, padded.args()[3]).reorder(x, y, c);
  if (request.choice.input == Layout::NCHW) {
    padded.reorder(x, c).vectorize(x, vectorFor(request, width),
                                   TailStrategy::ShiftInwards);
    return;
  }
  // Shorter vectors of one pixel's channels take less than longer ones of
  // several pixels', which are put together element by element.
  if (channels >= std::min<int64_t>(lanesOf(request), wholePixel)) {
    // Four registers an iteration where an instruction takes two.
    const int vector = vectorFor(request, channels);
    const bool byFours =
        !request.machine.isX86() && channels % (4 * vector) == 0;
    padded.vectorize(c, byFours ? 4 * vector : vector,
                     TailStrategy::ShiftInwards);
    return;
  }
  Var row("row");
  padded.fuse(c, x, row).vectorize(row, vectorFor(request, channels * width),
                                   TailStrategy::ShiftInwards);
}

} // namespace convopt
