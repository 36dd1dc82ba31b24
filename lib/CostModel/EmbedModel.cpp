// embed-cost-model MODEL.json OUTPUT.cpp, run by the build: writes the built-in
// model as constants. A model of thousands of trees is megabytes of JSON, which
// would be parsed whenever a compiler starts; as tables its trees are pages of
// the program that are read when they are used. The text stays what people
// train, compare and keep. Numbers are written in hexadecimal, so that none
// loses a bit, and what is wrong with a model ends the build.

#include "convopt/CostModel/TreeEnsemble.h"
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

static void writeTables(llvm::raw_ostream &os,
                        const TreeEnsemble::Tables &tables) {
  // An array has one element at least.
  auto array = [&](StringRef type, StringRef name, const auto &elements,
                   StringRef none, auto write) {
    os << "static constexpr " << type << " " << name << "[] = {\n";
    for (const auto &element : elements)
      write(element);
    os << (elements.empty() ? none : "") << "};\n";
  };
  os << "namespace {\nusing E = convopt::TreeEnsemble;\n";
  array("E::Tree", "trees", tables.trees, "{}", [&](const auto &tree) {
    os << "{" << tree.firstNode << "," << tree.firstLeaf << "," << tree.numNodes
       << "},\n";
  });
  array("E::Node", "nodes", tables.nodes, "{}", [&](const auto &node) {
    os << "{" << llvm::format("%a", node.threshold) << "," << node.feature
       << "," << node.left << "," << node.right << ",E::Missing("
       << unsigned(node.missing) << ")},\n";
  });
  array("double", "leaves", tables.leaves, "0",
        [&](double value) { os << llvm::format("%a,\n", value); });
  os << "} // namespace\n"
     << "convopt::TreeEnsemble::Tables convopt::builtinModelTrees() {\n"
     << "  return {{trees, " << tables.trees.size() << "}, {nodes, "
     << tables.nodes.size() << "}, {leaves, " << tables.leaves.size()
     << "}};\n}\n";
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
