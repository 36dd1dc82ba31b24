#include "Header.h"
#include "HeaderParts.h"
#include "InterfaceText.h"
#include "llvm/ADT/STLExtras.h"

using namespace llvm;

namespace convopt {

/// Declares and fills an array, in statements: C99 and C++ agree on those for
/// any values.
static void printTable(raw_ostream &os, StringRef type, StringRef variable,
                       ArrayRef<std::string> values) {
  os << "  " << type << variable << "[" << std::max<size_t>(values.size(), 1)
     << "];\n";
  for (auto [i, value] : enumerate(values))
    os << "  " << variable << "[" << i << "] = " << value << ";\n";
  if (values.empty())
    os << "  " << variable << "[0] = NULL;\n";
}
/// NAME_size: which one fits, and what its outputs are then.
static void printSize(raw_ostream &os, ArrayRef<ModelInterface> sizes,
                      const Signature &signature, const std::string &name) {
  os << "/* The sizes:\n";
  for (const ModelInterface &size : sizes) {
    os << " *   ";
    interleave(
        size.inputs, os,
        [&](const TensorInfo &tensor) { os << shapeText(tensor); }, ", ");
    os << " -> ";
    interleave(
        size.outputs, os,
        [&](const TensorInfo &tensor) { os << shapeText(tensor); }, ", ");
    os << "\n";
  }
  os << " * The one whose inputs have these dimensions; null if none has. */\n"
     << "static inline const struct convopt_size *" << name << "_size("
     << signature.openDims << ") {\n  int64_t size;\n";
  printTable(os, "const int64_t *", "input_dims", signature.dims);
  os << "  size = convopt_find_size(" << name << "_sizes.count, " << name
     << "_sizes.sizes, " << name << "_model.input_count, input_dims);\n"
     << "  return size < 0 ? NULL : &" << name << "_sizes.sizes[size];\n}\n\n";
}

static void printRun(raw_ostream &os, const Signature &signature,
                     const std::string &name, bool several) {
  os << "/* Dense, row-major:\n"
     << signature.comment << " */\n"
     << "static inline int " << name << "_run(" << signature.parameters
     << ") {\n  if (!" << name
     << "_matches())\n    return CONVOPT_BAD_ARGUMENT;\n";
  printTable(os, "const void *", "inputs", signature.inputs);
  if (several)
    printTable(os, "const int64_t *", "input_dims", signature.dims);
  printTable(os, "void *", "outputs", signature.outputs);
  os << "  return " << name
     << (several ? "_sizes.run(inputs, input_dims, outputs, workspace)"
                 : "_model.run(inputs, outputs, workspace)")
     << ";\n}\n\n";
}

Expected<std::string> makeHeader(ArrayRef<ModelInterface> sizes,
                                 const ModelFacts &facts) {
  Expected<ModelInterface> common = commonInterface(sizes);
  if (!common)
    return common.takeError();
  std::string text;
  raw_string_ostream os(text);
  const std::string &name = facts.name;
  const bool several = sizes.size() > 1;
  std::string guard = "CONVOPT_HEADER_" + name;
  os << "/* Made by convopt-compile " << compilerVersion() << ". */\n"
     << "#ifndef " << guard << "\n#define " << guard << "\n\n"
     << modelInterfaceText() << "\n";
  if (several)
    os << sizesInterfaceText() << "\n";
  if (facts.launches)
    os << profileInterfaceText() << "\n";
  os << "#ifdef __cplusplus\nextern \"C\" {\n#endif\n"
     << "extern const struct convopt_model " << name << "_model;\n"
     << (several ? "extern const struct convopt_sizes " + name + "_sizes;\n"
                 : "")
     << (facts.launches
             ? "extern const struct convopt_profile " + name + "_profile;\n"
             : "")
     << "#ifdef __cplusplus\n}\n#endif\n\n"
     << "#define " << name << "_workspace_bytes ((size_t)"
     << workspaceBytes(facts) << ")\n";
  const bool apart = facts.weightsFileBytes;
  if (apart)
    os << "/* Of the weights file, which init is given. */\n"
       << "#define " << name << "_weights_bytes ((size_t)"
       << facts.weightsFileBytes << ")\n";
  os << "\n";

  const Signature signature(*common, name, several);
  printMatches(os, sizes, facts);
  os << "static inline int " << name << "_init(void *workspace"
     << (apart ? ", const void *weights" : "") << ") {\n"
     << "  return " << name << "_matches() ? " << name
     << "_model.init(workspace, " << (apart ? "weights" : "NULL") << ")\n"
     << "                         : CONVOPT_BAD_ARGUMENT;\n}\n\n";
  if (several)
    printSize(os, sizes, signature, name);
  printRun(os, signature, name, several);
  os << "static inline void " << name << "_fini(void *workspace) {\n"
     << "  " << name << "_model.fini(workspace);\n}\n\n#endif\n";
  return text;
}

} // namespace convopt
