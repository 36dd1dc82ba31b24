// What the two schedules of Winograd's method share. The transforms are
// products with constant matrices whose points come as p and -p: even powers
// are equal and odd ones opposite, so two rows are the sum and the difference
// of the same two halves, computed once. The output transform is computed for
// one vector of channels and one tile at a time, in registers, and stored
// through the epilogue. Loops of a stage are fused before threads share them,
// since a loop of the image alone is often too short for all.

#include "WinogradTimes.h"
#include "Expressions.h"
#include "convopt/Primitives/Tiling.h"
#include "llvm/ADT/STLExtras.h"

using namespace Halide;

namespace convopt {

using Matrix = CookToom::Matrix;

// For each row, one that differs from it in some signs alone and has it as its
// own, or -1.
static std::vector<int> mirrored(const Matrix &matrix) {
  std::vector<int> others(matrix.size(), -1);
  auto same = [&](size_t a, size_t b) {
    for (size_t k = 0; k < matrix[a].size(); ++k)
      if (std::abs(matrix[a][k]) != std::abs(matrix[b][k]))
        return false;
    return true;
  };
  for (size_t a = 0; a < matrix.size(); ++a)
    for (size_t b = a + 1; b < matrix.size() && others[a] < 0; ++b)
      if (others[b] < 0 && same(a, b)) {
        others[a] = toInt(b);
        others[b] = toInt(a);
      }
  return others;
}

static Matrix transposed(const Matrix &matrix) {
  Matrix result(matrix[0].size(), std::vector<double>(matrix.size()));
  for (size_t i = 0; i < matrix.size(); ++i)
    for (size_t k = 0; k < matrix[i].size(); ++k)
      result[k][i] = matrix[i][k];
  return result;
}

Expr timesRow(const Matrix &matrix, Expr i,
              const std::function<Expr(int)> &element) {
  const std::vector<int> pairs = mirrored(matrix);
  const std::vector<int> columnPairs = mirrored(transposed(matrix));
  std::vector<Expr> rows;
  for (size_t r = 0; r < matrix.size(); ++r) {
    const std::vector<double> &row = matrix[r];
    const int pair = pairs[r];
    std::vector<std::pair<double, Expr>> same, opposite;
    for (size_t k = 0; k < row.size(); ++k) {
      const int other = columnPairs[k];
      auto &terms = pair >= 0 && row[k] != matrix[pair][k] ? opposite : same;
      if (other < 0 || pair >= 0)
        terms.push_back({row[k], element(toInt(k))});
      else if (other > toInt(k))
        terms.push_back({row[k], row[k] == row[other]
                                     ? element(toInt(k)) + element(other)
                                     : element(toInt(k)) - element(other)});
    }
    Expr even = weightedSum(same);
    if (pair >= 0 && pair < toInt(r))
      for (auto &term : opposite)
        term.first = -term.first;
    Expr odd = weightedSum(opposite);
    if (!odd.defined())
      rows.push_back(even);
    else if (pair < toInt(r))
      rows.push_back(even.defined() ? even - odd : -odd);
    else
      rows.push_back(even.defined() ? even + odd : odd);
  }
  return rows.size() == 1 ? rows[0] : mux(i, rows);
}

Var shareTasks(Stage stage, std::vector<std::pair<Var, int64_t>> loops,
               int64_t tasks) {
  Var all = loops.front().first, task("task"), inTask("inTask");
  int64_t extent = loops.front().second;
  for (size_t i = 1; i < loops.size(); ++i) {
    Var both("both");
    stage.fuse(all, loops[i].first, both);
    all = both;
    extent *= loops[i].second;
  }
  const int64_t size = divideUp(extent, std::min(tasks, extent));
  stage
      .split(all, task, inTask, toInt(size),
             extent % size ? TailStrategy::GuardWithIf : TailStrategy::RoundUp)
      .parallel(task);
  return inTask;
}

int outputWidth(const ConvRequest &request) {
  const Variant &variant = request.choice.variant;
  const int width = toInt(variant.lanes);
  const bool inPairs = !request.machine.isX86() && variant.vectors % 2 == 0 &&
                       request.layer.outChannels % (2 * width) == 0;
  return inPairs ? 2 * width : width;
}

/// The column of `matrix` that is all ones, that of the point 1, or -1.
static int onesOf(const Matrix &matrix) {
  for (size_t k = 0; k < matrix[0].size(); ++k)
    if (llvm::all_of(matrix, [&](const auto &row) { return row[k] == 1; }))
      return toInt(k);
  return -1;
}

WinogradOutput::WinogradOutput(
    const ConvRequest &given, const ImageVars &v, const WinogradTransforms &w,
    int width, llvm::function_ref<Expr(const WinogradOutput &, int)> product) {
  // What is added to the product at the point 1 is added to all outputs of a
  // row: a bias is, once a row.
  ConvRequest request = given;
  const int ones = onesOf(w.columns.outputT);
  Expr bias = zeroSum(request);
  if (ones >= 0)
    bias = firstSum(request, b * width + t, width);
  const int my = w.rows.outputs, mx = w.columns.outputs;
  rowsOut(t, j, i, b, tx, ty, v.n) =
      timesRow(w.rows.outputT, i, [&](int k) { return product(*this, k); });
  tileOut(t, j, i, b, tx, ty, v.n) = timesRow(w.columns.outputT, j, [&](int k) {
    Expr element = rowsOut(t, k, i, b, tx, ty, v.n);
    return k == ones && !Internal::is_const_zero(bias) ? element + bias
                                                       : element;
  });
  out = makeOutput(request, v,
                   tileOut(v.c % width, v.x % mx, v.y % my, v.c / width,
                           v.x / mx, v.y / my, v.n));
}

void WinogradOutput::split(const ConvRequest &request, const ImageVars &v,
                           const WinogradTransforms &w, const LoopNest &nest,
                           int tilesY, int width) {
  const ConvLayer &l = request.layer;
  const int my = w.rows.outputs, mx = w.columns.outputs;
  const int tilesX = toInt(nest.columns);
  auto tail = [](int64_t extent, int64_t factor) {
    return extent % factor ? TailStrategy::GuardWithIf : TailStrategy::RoundUp;
  };
  splitChannelTiles(out, v.c, k, vector, l.outChannels, width);
  out.split(v.x, v.x, xi, mx, tail(l.outWidth, mx))
      .split(v.y, v.y, yi, my, tail(l.outHeight, my))
      .split(v.x, blockX, v.x, tilesX, tail(nest.width, tilesX))
      .split(v.y, blockY, v.y, tilesY, tail(nest.extent, tilesY))
      .vectorize(vector)
      .unroll(xi)
      .unroll(yi)
      .never_partition_all();
}

void WinogradOutput::computeAt(Var at, int width) {
  for (Func stage : {rowsOut, tileOut})
    // One tile, which bounds inference does not see where the last is cut off.
    stage.compute_at(out, at)
        .store_in(MemoryType::Stack)
        .bound_extent(t, width)
        .bound_extent(tx, 1)
        .bound_extent(ty, 1)
        .vectorize(t);
  rowsOut.reorder(t, i, j).unroll(i);
  tileOut.reorder(t, j, i).unroll(j);
}

void shareRows(const ConvRequest &request, Func image, int64_t rows) {
  constexpr int64_t worthTasks = 1 << 14;
  if (request.layer.inputElements() > worthTasks)
    image.parallel(image.args()[2], toInt(divideUp(rows, request.threads)),
                   TailStrategy::GuardWithIf);
}

} // namespace convopt
