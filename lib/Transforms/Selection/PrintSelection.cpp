#include "convopt/CostModel/LayerText.h"
#include "convopt/Transforms/SelectPrimitives.h"
#include "llvm/Support/Format.h"
#include "llvm/Support/raw_ostream.h"

namespace convopt {

static std::string milliseconds(int64_t nanoseconds) {
  std::string text;
  llvm::raw_string_ostream(text)
      << llvm::format("%.3f ms", static_cast<double>(nanoseconds) * 1e-6);
  return text;
}

static std::string describe(const SelectedTransformation &transformation) {
  std::string text;
  llvm::raw_string_ostream os(text);
  llvm::interleave(transformation.shape, os, "x");
  return text;
}

using Row = std::vector<std::string>;

/// Left-aligned columns, each as wide as its widest cell.
static void printTable(llvm::raw_ostream &os, const std::vector<Row> &rows) {
  std::vector<size_t> widths(rows.front().size());
  for (const Row &row : rows)
    for (size_t i = 0; i < row.size(); ++i)
      widths[i] = std::max(widths[i], row[i].size());
  for (const Row &row : rows) {
    std::string line;
    for (size_t i = 0; i < row.size(); ++i)
      line += row[i] + std::string(widths[i] - row[i].size() + 2, ' ');
    os << llvm::StringRef(line).rtrim() << '\n';
  }
}

void Selection::print(llvm::raw_ostream &os, unsigned runnersUp) const {
  std::vector<Row> rows = {
      {"convolution", "layer", "choice", "predicted", "runners-up"}};
  for (const SelectedConvolution &conv : convolutions) {
    std::string others;
    for (unsigned i = 0; i < runnersUp && i < conv.others.size(); ++i)
      others += (i ? "; " : "") + toString(conv.others[i].choice) + " " +
                milliseconds(conv.others[i].nanoseconds);
    rows.push_back(
        {conv.name, layerSummary(conv.layer),
         toString(conv.chosen.choice) + (conv.pinned ? " (pinned)" : ""),
         milliseconds(conv.chosen.nanoseconds), others});
  }
  for (const ExcludedConvolution &conv : excluded)
    rows.push_back({nameOf(conv.location),
                    conv.layer ? layerSummary(*conv.layer) : "-", "none", "",
                    conv.why});
  for (const SelectedTransformation &t : transformations)
    rows.push_back(
        {t.name, describe(t),
         (stringifyLayout(t.from) + "->" + stringifyLayout(t.to)).str(),
         milliseconds(t.nanoseconds), "layout transformation"});
  rows.push_back({"total", "", "", milliseconds(nanoseconds()), ""});
  printTable(os, rows);
}

} // namespace convopt
