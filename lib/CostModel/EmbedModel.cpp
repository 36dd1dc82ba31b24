// embed-cost-model MODEL.json OUTPUT.cpp, run by the build: writes the built-in
// model as constants. A model of thousands of trees is megabytes of JSON, which
// would be parsed whenever a compiler starts; as tables its trees are copied in
// a millisecond. The text stays what people train, compare and keep. Its
// numbers are floats already, and they are written in hexadecimal: none loses a
// bit. What is wrong with a model ends the build.

#include "convopt/CostModel/TreeEnsemble.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Format.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/raw_ostream.h"
#include <nlohmann/json.hpp>

using namespace convopt;
using llvm::StringRef;
using nlohmann::json;

static int fail(const llvm::Twine &message) {
  llvm::errs() << "embed-cost-model: " << message << "\n";
  return 1;
}

/// In pieces of 16 KB, which every compiler takes.
static void writeText(llvm::raw_ostream &os, StringRef text) {
  os << "llvm::StringRef convopt::builtinModelHead() {\n"
     << "  static constexpr char text[] =\n";
  for (; !text.empty();
       text = text.drop_front(std::min<size_t>(16000, text.size())))
    os << "R\"EMBED(" << text.take_front(16000) << ")EMBED\"\n";
  os << ";\n  return {text, sizeof(text) - 1};\n}\n";
}

/// Empty, or why the trees cannot be packed.
static std::string checkPacks(const TreeEnsemble::Tables &tables) {
  auto isFloat = [](double value) { return double(float(value)) == value; };
  for (const TreeEnsemble::Node &node : tables.nodes) {
    if (!isFloat(node.threshold))
      return "has a threshold that is no float";
    if (node.missing != TreeEnsemble::AsZero)
      return "was trained with missing values";
  }
  return llvm::all_of(tables.leaves, isFloat)
             ? ""
             : "has a leaf whose value is no float";
}

static void writeTables(llvm::raw_ostream &os,
                        const TreeEnsemble::Tables &tables) {
  os << "namespace {\n";
  // An array has one element at least.
  auto array = [&](StringRef type, StringRef name, const auto &elements,
                   auto write) {
    os << "constexpr " << type << " " << name << "[] = {\n";
    for (const auto &element : elements) {
      write(element);
      os << ",\n";
    }
    os << (elements.empty() ? "0" : "") << "};\n";
  };
  auto number = [&](double value) { os << llvm::format("%a", value); };
  array("uint16_t", "numNodes", tables.trees,
        [&](const auto &tree) { os << tree.numNodes; });
  array("float", "thresholds", tables.nodes,
        [&](const auto &node) { number(node.threshold); });
  array("uint16_t", "features", tables.nodes,
        [&](const auto &node) { os << node.feature; });
  array("int16_t", "children", tables.nodes,
        [&](const auto &node) { os << node.left << "," << node.right; });
  array("float", "leaves", tables.leaves, number);
  size_t nodes = tables.nodes.size();
  os << "} // namespace\n"
     << "convopt::TreeEnsemble::Packed convopt::builtinModelTrees() {\n"
     << "  return {{numNodes, " << tables.trees.size() << "}, {thresholds, "
     << nodes << "}, {features, " << nodes << "}, {children, " << 2 * nodes
     << "}, {leaves, " << tables.leaves.size() << "}};\n}\n";
}

int main(int argc, char **argv) {
  if (argc != 3)
    return fail("MODEL.json OUTPUT.cpp are needed");
  auto file = llvm::MemoryBuffer::getFile(argv[1], /*IsText=*/true);
  if (!file)
    return fail(argv[1] + (": " + file.getError().message()));
  StringRef text = (*file)->getBuffer();
  json model = json::parse(text.begin(), text.end(), nullptr,
                           /*allow_exceptions=*/false);
  json::json_pointer place("/convolution/trees");
  if (model.is_discarded() || !model.contains(place))
    return fail(llvm::Twine(argv[1]) + ": is not a cost model");
  // How many features there are is checked when it is loaded.
  auto trees = TreeEnsemble::fromJson(model[place], 1 << 16);
  if (!trees)
    return fail(llvm::Twine(argv[1]) + ": " +
                llvm::toString(trees.takeError()));
  if (std::string wrong = checkPacks(trees->tables()); !wrong.empty())
    return fail(llvm::Twine(argv[1]) + ": " + wrong);
  model[place] = json::array();
  std::error_code code;
  llvm::raw_fd_ostream os(argv[2], code);
  if (code)
    return fail(llvm::Twine(argv[2]) + ": " + code.message());
  os << "#include \"BuiltinModel.h\"\n\n";
  writeText(os, model.dump());
  writeTables(os, trees->tables());
  return 0;
}
