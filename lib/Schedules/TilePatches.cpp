// Tiles of 16 pixels are loaded from memory in which a pixel's elements of one
// instruction are one run, and the pixels' runs lie at one distance. Where
// patches are of one pixel, the image is that. A row of a patch, too, is one
// run of the image, and the next pixel's begins a stride later: with its border
// around it the image is one line of pixels, in which patches overlap (or, with
// a vertical stride, as many lines as there are phases). Where runs would be
// short, patches are copied, one behind the other.

#include "TilePatches.h"
#include "Expressions.h"
#include "Operands.h"
#include "convopt/Primitives/Tiling.h"
#include "convopt/Target/DotProducts.h"

using namespace Halide;

namespace convopt {

/// Where an element of `image` lies in memory, if it is read from there as it
/// is; undefined otherwise.
static Expr positionIn(const Func &image) {
  Expr element = image.value();
  if (const auto *bits = element.as<Internal::Reinterpret>())
    element = bits->value;
  const auto *read = element.as<Internal::Call>();
  if (!read || read->args.size() != 1)
    return Expr();
  Expr position = read->args[0];
  // What Halide makes of an input is a Func around it.
  if (read->call_type == Internal::Call::Halide) {
    Internal::Function input(read->func);
    read = input.values()[0].as<Internal::Call>();
    const bool same = read && read->args.size() == 1 &&
                      Internal::is_const_zero(Internal::simplify(
                          read->args[0] - Var(input.args()[0])));
    if (!same)
      return Expr();
  }
  return read->call_type == Internal::Call::Image ? position : Expr();
}

/// The layer as its tiles are multiplied.
static ConvProblem tiled(const ConvRequest &request) {
  return tiledProblem(request.layer, request.choice.variant,
                      dotLength(request.layer.types, request.machine));
}

/// Channels of all groups of a pixel that is copied.
static int pixelChannels(const ConvRequest &request) {
  const ConvProblem layer = tiled(request);
  return toInt(layer.groups * layer.inChannels);
}

/// Whether patches lie in the image as a tile's rows, one pixel behind the
/// other.
static bool readsImage(const ConvRequest &request) {
  const ConvLayer &l = request.layer;
  if (!l.isPointwise() || l.strideHeight != 1 || l.strideWidth != 1 ||
      l.groups != 1 || needsCopy(request) ||
      pixelChannels(request) != l.inChannels)
    return false;
  const Expr position = positionIn(request.input);
  if (!position.defined())
    return false;
  const std::vector<Var> at = request.input.args();
  auto step = [&](const Var &along) {
    return Internal::as_const_int(Internal::simplify(
        Internal::substitute(along.name(), along + 1, position) - position));
  };
  const int64_t pixel = l.inChannels;
  return step(at[0]) == 1 && step(at[1]) == pixel &&
         step(at[2]) == pixel * l.inWidth;
}

static Expr asInMemory(const Expr &element) {
  return element.type() == UInt(8) ? reinterpret(Int(8), element) : element;
}

/// Elements of a patch that an instruction takes.
static int elementsAtOnce(const ConvRequest &request) {
  return toInt(request.choice.variant.unroll *
               dotLength(request.layer.types, request.machine));
}

static TilePatches imageItself(const ConvRequest &request, const Var &p,
                               const Var &n) {
  const int each = elementsAtOnce(request);
  TilePatches patches;
  patches.sum = RDom(0, each, 0, pixelChannels(request) / each, "k");
  patches.before = patches.sum.y * each;
  patches.element =
      asInMemory(inputAt(request, patches.sum.x + patches.before, p, 0, n));
  patches.schedule = [](const LoopLevel &) {};
  return patches;
}

// The image with its border as lines of pixels, one for the rows of each phase
// of a vertical stride, in `columns` of pixels.
static Func linesOf(const ConvRequest &request, int columns, Func padded,
                    const Var &i, const Var &phase, const Var &n) {
  const int C = pixelChannels(request);
  Func lines("lines");
  lines(i, phase, n) = asInMemory(
      padded(i % C, i / C % columns,
             i / (C * columns) * toInt(request.layer.strideHeight) + phase, n));
  return lines;
}

/// At each strip at most `rows` of each line are made, beginning with the one
/// in which the strip begins.
static void scheduleLines(const ConvRequest &request, int columns, int rows,
                          Func lines, const Var &i, Func padded,
                          const LoopLevel &strip) {
  const int C = pixelChannels(request), row = C * columns;
  Var x("x"), y("y"), c("c");
  lines.compute_at(strip)
      .store_in(MemoryType::Heap)
      .align_bounds(i, row)
      .bound_storage(i, row * rows)
      .split(i, y, i, row);
  // A vector of several pixels is put together in a copy of its own.
  if (C < wholePixel) {
    lines.vectorize(i, vectorFor(request, row), TailStrategy::ShiftInwards);
    scheduleCopy(request, padded, strip, Layout::NHWC, columns);
    const Var height = padded.args()[2];
    padded.bound_storage(height, rows * toInt(request.layer.strideHeight));
    return;
  }
  lines.split(i, x, c, C)
      .vectorize(c, vectorFor(request, C), TailStrategy::ShiftInwards);
}

static TilePatches overlapping(const ConvRequest &request, const Var &p,
                               const Var &b, const Var &n, int64_t strip) {
  const ConvLayer &l = request.layer;
  const int each = elementsAtOnce(request), C = pixelChannels(request),
            strideX = toInt(l.strideWidth), strideY = toInt(l.strideHeight),
            pitch = toInt(request.choice.variant.pitch),
            columns = pitch * strideX;
  // Of several strips the last may begin within a row, and end within another.
  const int64_t allRows = phaseRows(l, l.outHeight),
                rows =
                    std::min(phaseRows(l, divideUp(strip, pitch)) + 1, allRows);
  Var i("i"), phase("phase");
  Func padded = paddedInput(request, columns, allRows * strideY, C);
  Func lines = linesOf(request, columns, padded, i, phase, n);

  // Each tile of channels reads those of its own group.
  const int lanes = toInt(request.choice.variant.lanes);
  const ConvProblem joined = tiled(request);
  Expr first = 0;
  int channels = C;
  if (joined.groups > 1) {
    channels = toInt(joined.inChannels);
    first = b / (toInt(joined.outChannels) / lanes) * channels;
  }
  const int together = toInt(columnsTogether(joined)),
            run = channels * together, runs = toInt(l.kernelWidth) / together;
  TilePatches patches;
  patches.sum =
      RDom(0, each, 0, run / each, 0, runs, 0, toInt(l.kernelHeight), "k");
  const RDom &k = patches.sum;
  patches.before = k.y * each + (k.z + k.w * runs) * run;
  Expr x = k.z * toInt(l.dilationWidth), y = k.w * toInt(l.dilationHeight);
  patches.element = lines((p + y / strideY * pitch) * (strideX * C) + x * C +
                              first + k.x + k.y * each,
                          y % strideY, n);
  patches.schedule = [=](const LoopLevel &atStrip) {
    scheduleLines(request, columns, toInt(rows), lines, i, padded, atStrip);
  };
  return patches;
}

static TilePatches copied(const ConvRequest &request, const Var &p,
                          const Var &n) {
  const ConvLayer &l = request.layer;
  const int C = pixelChannels(request), W = toInt(l.outWidth),
            row = C * toInt(l.kernelWidth), patch = row * toInt(l.kernelHeight),
            each = elementsAtOnce(request);
  // `f` runs over one row of a patch, as im2row has it; the rows lie one behind
  // the other, and so do patches.
  Var f("f"), r("r"), within("within");
  Func padded =
           paddedInput(request, inputColumns(l), inputRows(l, l.outHeight), C),
       rows("rows");
  rows(f, r, p, n) = asInMemory(padded(
      f % C, p % W * toInt(l.strideWidth) + f / C * toInt(l.dilationWidth),
      p / W * toInt(l.strideHeight) + r * toInt(l.dilationHeight), n));

  TilePatches patches;
  patches.sum = RDom(0, each, 0, patch / each, "k");
  patches.before = patches.sum.y * each;
  Expr k = patches.sum.x + patches.before;
  patches.element =
      row == patch ? rows(k, 0, p, n) : rows(k % row, k / row, p, n);
  patches.schedule = [=](const LoopLevel &strip) mutable {
    rows.compute_at(strip)
        .store_in(MemoryType::Heap)
        .bound_extent(f, row)
        .bound_extent(r, patch / row);
    // Without dilation a row of a patch is one run; with, each pixel is.
    int vector = vectorFor(request, row);
    while (l.dilationWidth > 1 && C % vector != 0)
      vector /= 2;
    rows.split(f, f, within, vector, TailStrategy::ShiftInwards)
        .vectorize(within);
    // Where a patch is lies in few registers, or it would take the longer.
    constexpr int mostUnrolled = 32;
    const int runs = (row + vector - 1) / vector;
    if (runs <= mostUnrolled)
      rows.unroll(f);
    if (runs * (patch / row) <= mostUnrolled)
      rows.unroll(r);
    // Elements of patches of one pixel are read once: copied and converted
    // there.
    const bool once = l.isPointwise() && !l.isPadded() &&
                      request.choice.input == Layout::NHWC && C == l.inChannels;
    if (needsCopy(request) && !once)
      scheduleCopy(request, padded, strip);
  };
  return patches;
}

TilePatches tilePatches(const ConvRequest &request, const Var &p, const Var &b,
                        const Var &n, int64_t strip) {
  if (readsImage(request))
    return imageItself(request, p, n);
  return request.choice.variant.pitch ? overlapping(request, p, b, n, strip)
                                      : copied(request, p, n);
}

} // namespace convopt
