// "bij,...jk->...bik" as labels. Each letter names a dimension, which has the
// same size wherever it occurs or is 1 and broadcast. Dots stand for as many
// dimensions as the operand has more than letters; those of several operands
// are broadcast against each other from behind, so they are counted from the
// last one: -1 of one operand is -1 of another. Without an arrow, the result
// has what dots stand for and then every letter that occurs once, in the order
// of the alphabet, as in NumPy; the letters that occur again are summed up.
#include "EinsumEquation.h"
#include "llvm/ADT/StringExtras.h"

using llvm::SmallVector;
using llvm::StringRef;

namespace convopt {

static constexpr Label ellipsis = 0;

/// "ab...c" as labels, `ellipsis` for the dots; nothing if it is something
/// else.
static std::optional<Labels> parseTerm(StringRef text) {
  Labels labels;
  while (!(text = text.ltrim()).empty()) {
    if (text.consume_front("...")) {
      if (llvm::is_contained(labels, ellipsis))
        return std::nullopt;
      labels.push_back(ellipsis);
    } else if (llvm::isAlpha(text[0])) {
      labels.push_back(text[0]);
      text = text.drop_front();
    } else {
      return std::nullopt;
    }
  }
  return labels;
}

/// The dots of a term become as many labels as they stand for.
static void expandEllipsis(Labels &labels, int64_t count) {
  auto *dots = llvm::find(labels, ellipsis);
  if (dots == labels.end())
    return;
  Labels names;
  for (int64_t i = count; i > 0; --i)
    names.push_back(static_cast<Label>(-i));
  dots = labels.erase(dots);
  labels.insert(dots, names.begin(), names.end());
}

llvm::Expected<Equation> readEquation(const Node &node) {
  std::string text = node.getString("equation", "").str();
  auto bad = [&] {
    return node.error("the equation '" + text + "' does not fit the inputs");
  };
  auto [left, right] = StringRef(text).split("->");
  bool hasOutput = StringRef(text).contains("->");
  SmallVector<StringRef> parts;
  left.split(parts, ',');
  Equation equation;
  if (parts.size() != node.numInputs())
    return bad();
  int64_t dots = 0;
  std::map<Label, int> uses;
  for (auto [i, part] : llvm::enumerate(parts)) {
    auto labels = parseTerm(part);
    int64_t rank = static_cast<int64_t>(node.inputShape(i).size());
    if (!labels)
      return bad();
    bool hasDots = llvm::is_contained(*labels, ellipsis);
    int64_t named = static_cast<int64_t>(labels->size()) - hasDots;
    if (named > rank || (!hasDots && named != rank))
      return bad();
    expandEllipsis(*labels, rank - named);
    dots = std::max(dots, hasDots ? rank - named : 0);
    for (auto [label, extent] : llvm::zip_equal(*labels, node.inputShape(i))) {
      int64_t &known = equation.extents.try_emplace(label, 1).first->second;
      if (known != extent && known != 1 && extent != 1)
        return bad();
      known = known == 1 ? extent : known;
      uses[label] += label > 0;
    }
    equation.inputs.push_back(std::move(*labels));
  }
  if (hasOutput) {
    auto labels = parseTerm(right);
    if (!labels)
      return bad();
    expandEllipsis(*labels, dots);
    equation.output = std::move(*labels);
  } else {
    // What the dots stand for, then letters that occur once, in their order.
    for (int64_t i = dots; i > 0; --i)
      equation.output.push_back(static_cast<Label>(-i));
    for (auto [label, count] : uses)
      if (label > 0 && count == 1)
        equation.output.push_back(label);
  }
  Labels sorted = equation.output;
  llvm::sort(sorted);
  if (std::adjacent_find(sorted.begin(), sorted.end()) != sorted.end())
    return bad();
  for (Label label : equation.output)
    if (!equation.extents.count(label))
      return bad();
  return equation;
}

} // namespace convopt
