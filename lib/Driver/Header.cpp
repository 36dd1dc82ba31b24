#include "Header.h"
#include "InterfaceText.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringSet.h"
#include "llvm/ADT/StringSwitch.h"
#include "llvm/Support/raw_ostream.h"

using namespace llvm;

namespace convopt {

static StringRef cType(StringRef type) {
  return StringSwitch<StringRef>(type)
      .Case("f32", "float")
      .Case("f64", "double")
      .Cases("f16", "bf16", "uint16_t")
      .Case("i8", "int8_t")
      .Case("i16", "int16_t")
      .Case("i32", "int32_t")
      .Case("i64", "int64_t")
      .Case("u16", "uint16_t")
      .Case("u32", "uint32_t")
      .Case("u64", "uint64_t")
      .Default("uint8_t"); // u8 and bool
}

/// Names that a parameter must not have in C99 or C++20.
static bool isReserved(StringRef name) {
  static const StringSet<> words{
      "alignas",   "alignof",  "and",      "asm",      "auto",      "bitand",
      "bitor",     "bool",     "break",    "case",     "catch",     "char",
      "class",     "compl",    "concept",  "const",    "constexpr", "consteval",
      "constinit", "continue", "decltype", "default",  "delete",    "do",
      "double",    "else",     "enum",     "explicit", "export",    "extern",
      "false",     "float",    "for",      "friend",   "goto",      "if",
      "inline",    "int",      "long",     "mutable",  "namespace", "new",
      "noexcept",  "not",      "nullptr",  "operator", "or",        "private",
      "protected", "public",   "register", "requires", "restrict",  "return",
      "short",     "signed",   "sizeof",   "static",   "struct",    "switch",
      "template",  "this",     "throw",    "true",     "try",       "typedef",
      "typeid",    "typename", "union",    "unsigned", "using",     "virtual",
      "void",      "volatile", "while",    "xor",      "workspace", "inputs",
      "outputs",   "NULL",     "int8_t",   "int16_t",  "int32_t",   "int64_t",
      "uint8_t",   "uint16_t", "uint32_t", "uint64_t", "linux",     "unix"};
  return words.contains(name);
}

namespace {
/// Turns ONNX names into parameter names, each another one.
class Parameters {
public:
  /// What the wrappers of the model `name` refer to is taken.
  explicit Parameters(const std::string &name) {
    used.insert(name + "_model");
    used.insert(name + "_matches");
  }

  std::string name(StringRef onnx) {
    std::string result;
    for (char c : onnx)
      result += isAlnum(c) ? c : '_';
    // Leading underscores may be the implementation's.
    if (result.empty() || !isAlpha(result[0]))
      result.insert(0, "t");
    while (isReserved(result) || !used.insert(result).second)
      result += "_";
    return result;
  }

private:
  StringSet<> used;
};
} // namespace

/// A name, safe inside a comment and on one line.
static std::string commentText(StringRef text) {
  std::string result;
  for (char c : text)
    result += isPrint(c) && c != '*' && c != '\\' && c != '?' ? c : '.';
  return result;
}

static std::string shapeText(const TensorInfo &tensor) {
  std::string text = (tensor.isOpen ? "at most " : "") + tensor.type;
  for (int64_t size : tensor.dims)
    text += "[" + std::to_string(size) + "]";
  return text + " " + commentText(tensor.name);
}

/// NAME_matches: a header may have become older than the object beside it.
static void printMatches(raw_ostream &os, const ModelInterface &interface,
                         const ModelFacts &facts) {
  const std::string model = facts.name + "_model";
  std::vector<int64_t> dims;
  std::string checks;
  raw_string_ostream checksOs(checks);
  auto check = [&](const std::vector<TensorInfo> &tensors, StringRef table) {
    for (auto [i, tensor] : enumerate(tensors)) {
      checksOs << " &&\n         convopt_is_tensor(&" << model << "." << table
               << "[" << i << "], \"" << tensor.type << "\", "
               << tensor.dims.size() << ", dims + " << dims.size() << ")";
      append_range(dims, tensor.dims);
    }
  };
  check(interface.inputs, "inputs");
  check(interface.outputs, "outputs");
  os << "/* Whether the object that is linked is the one of this header: "
        "another\n * may take other tensors or more memory. The functions "
        "below "
        "refuse it. */\n"
     << "static inline int " << facts.name << "_matches(void) {\n";
  if (!checks.empty()) {
    os << "  static const int64_t dims[] = {";
    interleaveComma(dims, os);
    os << (dims.empty() ? "0" : "") << "};\n";
  }
  os << "  return " << model << ".workspace_bytes == " << workspaceBytes(facts)
     << " &&\n         " << model
     << ".weights_bytes == " << facts.weightsFileBytes << " &&\n         "
     << model << ".input_count == " << interface.inputs.size() << " && "
     << model << ".output_count == " << interface.outputs.size() << checks
     << ";\n}\n\n";
}

std::string makeHeader(const ModelInterface &interface,
                       const ModelFacts &facts) {
  std::string text;
  raw_string_ostream os(text);
  const std::string &name = facts.name;
  std::string guard = "CONVOPT_HEADER_" + name;
  os << "/* Made by convopt-compile " << compilerVersion() << ". */\n"
     << "#ifndef " << guard << "\n#define " << guard << "\n\n"
     << modelInterfaceText() << "\n";
  if (facts.launches)
    os << profileInterfaceText() << "\n";
  os << "#ifdef __cplusplus\nextern \"C\" {\n#endif\n"
     << "extern const struct convopt_model " << name << "_model;\n"
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

  std::string comment, parameters, inputs, outputs;
  Parameters names(name);
  for (const TensorInfo &tensor : interface.inputs) {
    std::string parameter = names.name(tensor.name);
    comment += " *   " + parameter + ": " + shapeText(tensor) + "\n";
    parameters += "const " + cType(tensor.type).str() + " *" + parameter + ", ";
    inputs += (inputs.empty() ? "" : ", ") + parameter;
  }
  for (const TensorInfo &tensor : interface.outputs) {
    std::string parameter = names.name(tensor.name);
    comment += " *   " + parameter + ": " + shapeText(tensor) + "\n";
    parameters += cType(tensor.type).str() + " *" + parameter + ", ";
    outputs += (outputs.empty() ? "" : ", ") + parameter;
  }
  auto table = [&](StringRef type, StringRef variable,
                   const std::string &values) {
    // Filled in statements: C99 and C++ agree on those for any values.
    size_t count = values.empty() ? 0 : StringRef(values).count(", ") + 1;
    os << "  " << type << variable << "[" << std::max<size_t>(count, 1)
       << "];\n";
    SmallVector<StringRef> parts;
    StringRef(values).split(parts, ", ", -1, /*KeepEmpty=*/false);
    for (auto [i, part] : enumerate(parts))
      os << "  " << variable << "[" << i << "] = " << part << ";\n";
    if (!count)
      os << "  " << variable << "[0] = NULL;\n";
  };
  printMatches(os, interface, facts);
  os << "static inline int " << name << "_init(void *workspace"
     << (apart ? ", const void *weights" : "") << ") {\n"
     << "  return " << name << "_matches() ? " << name
     << "_model.init(workspace, " << (apart ? "weights" : "NULL") << ")\n"
     << "                         : CONVOPT_BAD_ARGUMENT;\n}\n\n"
     << "/* Dense, row-major:\n"
     << comment << " */\n"
     << "static inline int " << name << "_run(" << parameters
     << "void *workspace) {\n";
  os << "  if (!" << name << "_matches())\n    return CONVOPT_BAD_ARGUMENT;\n";
  table("const void *", "inputs", inputs);
  table("void *", "outputs", outputs);
  os << "  return " << name << "_model.run(inputs, outputs, workspace);\n}\n\n"
     << "static inline void " << name << "_fini(void *workspace) {\n"
     << "  " << name << "_model.fini(workspace);\n}\n\n#endif\n";
  return text;
}

} // namespace convopt
