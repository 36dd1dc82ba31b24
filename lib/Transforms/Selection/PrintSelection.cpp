#include "convopt/CostModel/LayerText.h"
#include "convopt/Transforms/SelectPrimitives.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/Format.h"
#include "llvm/Support/raw_ostream.h"

namespace convopt {

static std::string milliseconds(int64_t nanoseconds) {
  std::string text;
  llvm::raw_string_ostream(text)
      << llvm::format("%.3f ms", static_cast<double>(nanoseconds) * 1e-6);
  return text;
}

static std::string scientific(double number) {
  std::string text;
  llvm::raw_string_ostream(text) << llvm::format("%.1e", number);
  return text;
}

static std::string describe(const SelectedTransformation &transformation) {
  std::string text;
  llvm::raw_string_ostream os(text);
  llvm::interleave(transformation.shape, os, "x");
  return text;
}

using Row = std::vector<std::string>;

/// What a terminal and a page of text show without breaking lines.
constexpr size_t kColumns = 120;

/// `text` in at most `most` characters: the end of a node's name tells more
/// than its beginning.
static std::string shortened(const std::string &text, size_t most) {
  if (text.size() <= most)
    return text;
  return "..." + text.substr(text.size() - (most - 3));
}

/// Left-aligned columns, each as wide as its widest cell, but the first, which
/// has what the others leave of the line, a few characters at least.
static std::vector<std::string> alignRows(const std::vector<Row> &rows) {
  std::vector<size_t> widths(rows.front().size());
  for (const Row &row : rows)
    for (size_t i = 0; i < row.size(); ++i)
      widths[i] = std::max(widths[i], row[i].size());
  size_t others = 0;
  for (size_t i = 1; i < widths.size(); ++i)
    others += 2 + widths[i];
  const size_t least = 12;
  const size_t room = std::max(kColumns - std::min(others, kColumns), least);
  widths[0] = std::min(widths[0], room);
  std::vector<std::string> lines;
  for (const Row &row : rows) {
    std::string line;
    for (size_t i = 0; i < row.size(); ++i) {
      std::string cell = i ? row[i] : shortened(row[i], widths[0]);
      line += cell + std::string(widths[i] - cell.size() + 2, ' ');
    }
    lines.push_back(llvm::StringRef(line).rtrim().str());
  }
  return lines;
}

/// `parts` with blanks between them, in lines that begin with `indent`.
static void printWrapped(llvm::raw_ostream &os, llvm::StringRef indent,
                         const std::vector<std::string> &parts) {
  size_t column = 0;
  for (const std::string &part : parts) {
    if (column && column + 1 + part.size() <= kColumns) {
      os << " " << part;
      column += 1 + part.size();
      continue;
    }
    os << (column ? "\n" : "") << indent << part;
    column = indent.size() + part.size();
  }
  if (column)
    os << "\n";
}

/// "or direct nchw->nchw 6x2 0.123 ms;", "pointwise ..."
static std::vector<std::string> describeOthers(const SelectedConvolution &conv,
                                               size_t most) {
  std::vector<std::string> parts;
  const size_t count = std::min(most, conv.others.size());
  parts.reserve(count);
  for (size_t i = 0; i < count; ++i)
    parts.push_back((i ? "" : "or ") + toString(conv.others[i].choice) + " " +
                    milliseconds(conv.others[i].nanoseconds) +
                    (i + 1 < count ? ";" : ""));
  return parts;
}

static std::vector<std::string> wordsOf(llvm::StringRef text) {
  std::vector<std::string> words;
  for (llvm::StringRef word : llvm::split(text, ' '))
    words.push_back(word.str());
  return words;
}

void Selection::print(llvm::raw_ostream &os, unsigned runnersUp) const {
  std::vector<Row> rows;
  std::vector<std::vector<std::string>> below;
  // Errors are of interest to those who allow them.
  auto add = [&](Row row, std::vector<std::string> remarks = {},
                 Row errors = {"", ""}) {
    if (maxError)
      llvm::append_range(row, errors);
    rows.push_back(std::move(row));
    below.push_back(std::move(remarks));
  };
  add({"convolution", "layer", "choice", "predicted"}, {}, {"error", "saved"});
  for (const SelectedConvolution &conv : convolutions)
    add({conv.name, layerSummary(conv.layer),
         toString(conv.chosen.choice) + (conv.pinned ? " (pinned)" : ""),
         milliseconds(conv.chosen.nanoseconds)},
        describeOthers(conv, runnersUp),
        {scientific(conv.chosen.error),
         conv.saved ? milliseconds(*conv.saved) : ""});
  for (const ExcludedConvolution &conv : excluded)
    add({nameOf(conv.location), conv.layer ? layerSummary(*conv.layer) : "-",
         "none", ""},
        wordsOf(conv.why));
  for (const SelectedTransformation &t : transformations)
    add({t.name, describe(t),
         (stringifyLayout(t.from) + "->" + stringifyLayout(t.to)).str(),
         milliseconds(t.nanoseconds)});
  add({"total", "", "", milliseconds(nanoseconds())}, {},
      {scientific(error()), ""});
  if (checked)
    add({"checked, at most", "", "", ""}, {},
        {scientific(*checked), ""});
  for (auto [line, remarks] : llvm::zip_equal(alignRows(rows), below)) {
    os << line << "\n";
    printWrapped(os, "    ", remarks);
  }
}

} // namespace convopt
