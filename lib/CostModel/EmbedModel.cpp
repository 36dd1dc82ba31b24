// embed-cost-model MODEL.json NAME OUTPUT.cpp, run by the build: writes a
// built-in model as what the function NAME returns. A model of thousands of
// trees is megabytes of JSON, which would be parsed whenever a compiler starts;
// packed trees are a tenth of that and there in milliseconds. The text stays
// what people train, compare and keep. What is wrong with a model ends the
// build.

#include "convopt/CostModel/TreeEnsemble.h"
#include "llvm/ADT/StringRef.h"
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
  os << "static constexpr char text[] =\n";
  for (; !text.empty();
       text = text.drop_front(std::min<size_t>(16000, text.size())))
    os << "R\"EMBED(" << text.take_front(16000) << ")EMBED\"\n";
  os << ";\n";
}

/// As a literal, which compilers read faster than an array of numbers.
static void writeTrees(llvm::raw_ostream &os, llvm::ArrayRef<uint8_t> packed) {
  os << "static constexpr char trees[] =\n";
  for (; !packed.empty();
       packed = packed.drop_front(std::min<size_t>(4000, packed.size()))) {
    os << '"';
    for (uint8_t byte : packed.take_front(4000))
      os << '\\' << char('0' + byte / 64) << char('0' + byte / 8 % 8)
         << char('0' + byte % 8);
    os << "\"\n";
  }
  os << ";\n";
}

int main(int argc, char **argv) {
  if (argc != 4)
    return fail("MODEL.json NAME OUTPUT.cpp are needed");
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
  auto packed = trees->pack();
  if (!packed)
    return fail(llvm::Twine(argv[1]) + ": " +
                llvm::toString(packed.takeError()));
  model[place] = json::array();
  std::error_code code;
  llvm::raw_fd_ostream os(argv[3], code);
  if (code)
    return fail(llvm::Twine(argv[3]) + ": " + code.message());
  os << "#include \"BuiltinModel.h\"\n\n";
  writeText(os, model.dump());
  writeTrees(os, *packed);
  os << "\nconvopt::EmbeddedModel convopt::" << argv[2] << "() {\n"
     << "  return {{text, sizeof(text) - 1},\n"
     << "          {reinterpret_cast<const uint8_t *>(trees), "
     << "sizeof(trees) - 1}};\n}\n";
  return 0;
}
