#include "WindowPlanes.h"
#include "HalideMath.h"
#include "OneInstruction.h"
#include "PoolingWindow.h"
#include "ScalarOps.h"
#include "StoredFunc.h"

using namespace mlir;
using Halide::Expr;
namespace H = Halide;

namespace convopt {

bool hasWindowPlanes(linalg::LinalgOp op, int64_t lanes,
                     const KernelOptions &options) {
  std::optional<PoolingWindow> window = matchWindow(op);
  if (!window || window->sizes.back() == 1 ||
      llvm::all_of(ArrayRef(window->sizes).drop_back(),
                   [](int64_t size) { return size == 1; }))
    return false;
  ArrayRef<int64_t> shape = shapeOf(op->getResult(0));
  // Of few lanes the borders are most.
  if (shape.back() * 4 < lanes)
    return false;
  // Two steps of two taps take as long as four taps.
  int64_t taps = 1;
  for (int64_t size : window->sizes)
    taps *= size;
  if (taps <= 4 && window->image == op.getDpsInputOperand(0)->get())
    return false;
  if (options.threads <= 1)
    return true;
  // Threads divide the outermost loop; the loops over a plane stay loops.
  for (auto [d, extent] : llvm::enumerate(shape))
    if (extent > 1)
      return d < window->first &&
             extent >= static_cast<int64_t>(options.threads);
  return false;
}

namespace {
/// Builds the two steps.
class WindowBuilder {
public:
  WindowBuilder(BodyTranslator &body, const PoolingWindow &window,
                const MachineDescription &machine, int64_t lanes)
      : body(body), window(window), machine(machine),
        shape(shapeOf(window.op->getResult(0))), dims(window.sizes.size()) {
    planes->dims = static_cast<unsigned>(dims);
    planes->rowWidth = static_cast<int>(
        (shape.back() - 1) * window.strides.back() +
        (window.sizes.back() - 1) * window.dilations.back() + 1);
    vectorLanes = static_cast<int>(lanes);
  }

  Reduction build();

private:
  std::vector<H::Var> varsOf(const std::string &name) {
    std::vector<H::Var> vars;
    for (size_t d = 0; d < shape.size(); ++d)
      vars.emplace_back(name + std::to_string(d));
    return vars;
  }
  Reduction begin(const char *name);
  void update(Reduction &reduction, Expr element);
  Expr imageAt(const Reduction &columns, const H::RDom &down);
  Reduction makeColumns();
  void makeRows();

  BodyTranslator &body;
  const PoolingWindow &window;
  const MachineDescription &machine;
  ArrayRef<int64_t> shape;
  const size_t dims;
  int vectorLanes = 1;
  std::shared_ptr<WindowPlanes> planes = std::make_shared<WindowPlanes>();
};
} // namespace

Reduction WindowBuilder::begin(const char *name) {
  Reduction reduction;
  reduction.op = window.op;
  reduction.func = H::Func(name);
  reduction.vars = varsOf("at");
  reduction.extents.assign(shape.rbegin(), shape.rend());
  Index index(reduction.vars.rbegin(), reduction.vars.rend());
  reduction.func(reduction.vars) = body.initialAt(window.op, 0, index);
  return reduction;
}

void WindowBuilder::update(Reduction &reduction, Expr element) {
  Block &block = linalg::LinalgOp(window.op)->getRegion(0).front();
  Expr old = reduction.func(reduction.vars);
  SmallVector<Expr> operands = {element, old};
  if (window.combiner->getOperand(0) != block.getArgument(0))
    std::swap(operands[0], operands[1]);
  Expr value = translateScalarOp(window.combiner, operands);
  // The initial value is no NaN, and these let none in.
  if (isa<arith::MaxNumFOp, arith::MinNumFOp>(window.combiner) &&
      !isOneInstruction(value.type(), machine))
    value = assumingNumbers(value, reduction.func.name());
  reduction.func(reduction.vars) = value;
}

/// The element of the image that a tap reads; what both steps begin with where
/// the tap is above or below it.
Expr WindowBuilder::imageAt(const Reduction &columns, const H::RDom &down) {
  Index at(columns.vars.rbegin(), columns.vars.rend());
  ArrayRef<int64_t> image = shapeOf(window.image);
  Expr inside = H::Internal::const_true();
  for (size_t i = 0; i + 1 < dims; ++i) {
    Expr &position = at[window.first + i];
    Expr tap = down[static_cast<int>(dims - 2 - i)];
    const auto extent = static_cast<int32_t>(image[window.first + i]);
    const auto before = static_cast<int32_t>(window.before[i]);
    position = position * static_cast<int32_t>(window.strides[i]) +
               tap * static_cast<int32_t>(window.dilations[i]) - before;
    int64_t last = (shape[window.first + i] - 1) * window.strides[i] +
                   (window.sizes[i] - 1) * window.dilations[i] - before;
    Expr known = position;
    if (before > 0) {
      inside = inside && known >= 0;
      position = max(position, 0);
    }
    if (last >= extent) {
      inside = inside && known < extent;
      position = min(position, extent - 1);
    }
  }
  Expr element = body.at(window.image, at);
  Index index(columns.vars.rbegin(), columns.vars.rend());
  return H::Internal::is_const_one(inside)
             ? element
             : select(inside, element, body.initialAt(window.op, 0, index));
}

/// Down the columns, at an element of a row of the image.
Reduction WindowBuilder::makeColumns() {
  Reduction columns = begin("columns");
  H::Region taps;
  for (size_t i = dims - 1; i-- > 0;)
    taps.push_back({0, static_cast<int32_t>(window.sizes[i])});
  H::RDom down(taps);
  columns.loops.emplace_back();
  columns.loopExtents.emplace_back();
  for (size_t i = 0; i + 1 < dims; ++i) {
    columns.loops.back().push_back(down[static_cast<int>(i)]);
    columns.loopExtents.back().push_back(
        static_cast<int>(window.sizes[dims - 2 - i]));
  }
  update(columns, imageAt(columns, down));
  return columns;
}

void WindowBuilder::makeRows() {
  H::Func rows("rows");
  std::vector<H::Var> vars = varsOf("row");
  Index index(vars.rbegin(), vars.rend());
  Expr initial = body.initialAt(window.op, 0, index);
  rows(vars) = H::undef(initial.type());
  const int before = static_cast<int>(window.before.back()),
            copied = std::min(static_cast<int>(shapeOf(window.image).back()),
                              planes->rowWidth - before);
  auto place = [&](const Expr &x) {
    std::vector<Expr> at(vars.begin(), vars.end());
    at[0] = x;
    return at;
  };
  for (auto [start, end] :
       {std::pair(0, before), std::pair(before + copied, planes->rowWidth)})
    if (start < end) {
      H::RDom border(start, end - start);
      rows(place(border)) = initial;
      ++planes->borders;
    }
  // Whole vectors, of which the last may overlap the one before.
  planes->lanes = fittingWidth(copied, vectorLanes);
  auto copy = [&](int start, int length) {
    Reduction columns = makeColumns();
    H::RDom r(0, length);
    rows(place(r + before + start)) = columns.func(place(r + start));
    planes->columns.push_back(std::move(columns));
    planes->counts.push_back(length / planes->lanes);
  };
  const int whole = copied / planes->lanes * planes->lanes;
  copy(0, whole);
  if (whole < copied)
    copy(copied - planes->lanes, planes->lanes);
  planes->rows = rows;
}

Reduction WindowBuilder::build() {
  makeRows();
  Reduction result = begin("window");
  H::RDom along(0, static_cast<int>(window.sizes.back()));
  std::vector<Expr> place(result.vars.begin(), result.vars.end());
  place[0] = place[0] * static_cast<int32_t>(window.strides.back()) +
             along * static_cast<int32_t>(window.dilations.back());
  update(result, planes->rows(place));
  result.loops = {{along.x}};
  result.loopExtents = {{static_cast<int>(window.sizes.back())}};
  result.planes = planes;
  return result;
}

Reduction buildWindow(BodyTranslator &body, linalg::LinalgOp op,
                      const MachineDescription &machine, int64_t lanes) {
  const PoolingWindow window = *matchWindow(op);
  return WindowBuilder(body, window, machine, lanes).build();
}

void scheduleWindowPlanes(const Reduction &reduction, H::Func result,
                          const H::Var &row) {
  // A plane that a second-level cache holds beside what it is made of. A part
  // that is read as soon as it was written would wait for its stores.
  constexpr int64_t limit = 1 << 17;
  const WindowPlanes &planes = *reduction.planes;
  H::Func rows = planes.rows;
  int64_t bytes = int64_t(planes.rowWidth) * rows.types()[0].bytes();
  for (unsigned d = 1; d < planes.dims; ++d)
    bytes *= reduction.extents[d];
  rows.compute_at(result, bytes <= limit ? result.args()[planes.dims] : row)
      .store_in(H::MemoryType::Heap)
      .bound(rows.args()[0], 0, planes.rowWidth);
  for (int i = 0; i < planes.borders; ++i)
    rows.update(i).reorder(rows.rvars(i)[0], rows.args()[1]);
  for (size_t i = 0; i < planes.columns.size(); ++i) {
    const int number = planes.borders + static_cast<int>(i);
    H::RVar column = rows.rvars(number)[0], vector("vector");
    rows.update(number)
        .reorder(column, rows.args()[1])
        .split(column, column, vector, planes.lanes)
        .vectorize(vector);
    if (planes.counts[i] <= 4)
      rows.update(number).unroll(column);
    Reduction columns = planes.columns[i];
    columns.func.compute_at(rows, column);
    scheduleRegisters(columns, planes.lanes, 1, 1);
  }
}

} // namespace convopt
