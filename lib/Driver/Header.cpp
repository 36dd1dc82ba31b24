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
  explicit Parameters(const std::string &name, bool severalSizes) {
    used.insert(name + "_model");
    used.insert(name + "_matches");
    if (severalSizes)
      for (const std::string &taken :
           {name + "_sizes", std::string("input_dims"), std::string("size")})
        used.insert(taken);
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
    text += "[" + (size < 0 ? "?" : std::to_string(size)) + "]";
  return text + " " + commentText(tensor.name);
}

/// Whether the sizes of an object differ in this tensor.
static bool isOpen(const TensorInfo &tensor) {
  return is_contained(tensor.dims, -1);
}

namespace {
/// The parameters of the wrappers.
struct Signature {
  Signature(const ModelInterface &common, const std::string &model,
            bool severalSizes) {
    Parameters names(model, severalSizes);
    for (const TensorInfo &tensor : common.inputs) {
      inputs.push_back(names.name(tensor.name));
      comment += " *   " + inputs.back() + ": " + shapeText(tensor) + "\n";
      parameters +=
          "const " + cType(tensor.type).str() + " *" + inputs.back() + ", ";
      dims.push_back(model + "_model.inputs[" +
                     std::to_string(inputs.size() - 1) + "].dims");
      if (!isOpen(tensor))
        continue;
      dims.back() = names.name(tensor.name + "_dims");
      const std::string parameter = "const int64_t *" + dims.back();
      parameters += parameter + ", ";
      openDims += (openDims.empty() ? "" : ", ") + parameter;
    }
    for (const TensorInfo &tensor : common.outputs) {
      outputs.push_back(names.name(tensor.name));
      comment += " *   " + outputs.back() + ": " + shapeText(tensor) + "\n";
      parameters += cType(tensor.type).str() + " *" + outputs.back() + ", ";
    }
    parameters += "void *workspace";
  }

  std::string comment;    ///< a line for each tensor
  std::string parameters; ///< of NAME_run
  std::string openDims;   ///< those that say which size
  std::vector<std::string> inputs, outputs;
  std::vector<std::string> dims; ///< where those of each input are
};
} // namespace

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

static void printDims(raw_ostream &os, ArrayRef<ModelInterface> sizes) {
  std::vector<int64_t> dims;
  for (const ModelInterface &size : sizes)
    for (const auto *tensors : {&size.inputs, &size.outputs})
      for (const TensorInfo &tensor : *tensors)
        append_range(dims, tensor.dims);
  os << "  static const int64_t dims[] = {";
  interleaveComma(dims, os);
  os << (dims.empty() ? "0" : "") << "};\n";
}

/// " && ..." for each tensor: whether the object's, in tables in `where`, are
/// those of `size`, whose dimensions stand one after another from `dims` on.
/// And how many those are.
static std::pair<std::string, size_t>
tensorChecks(const ModelInterface &size, StringRef where, StringRef dims) {
  std::string checks;
  raw_string_ostream os(checks);
  size_t count = 0;
  auto check = [&](ArrayRef<TensorInfo> tensors, StringRef table) {
    for (auto [i, tensor] : enumerate(tensors)) {
      os << " &&\n         convopt_is_tensor(&" << where << "." << table << "["
         << i << "], \"" << tensor.type << "\", " << tensor.dims.size() << ", "
         << dims << " + " << count << ")";
      count += tensor.dims.size();
    }
  };
  check(size.inputs, "inputs");
  check(size.outputs, "outputs");
  return {checks, count};
}

/// NAME_matches: a header may have become older than the object beside it.
static void printMatches(raw_ostream &os, ArrayRef<ModelInterface> sizes,
                         const ModelFacts &facts) {
  const std::string model = facts.name + "_model";
  const ModelInterface &first = sizes.front();
  const bool several = sizes.size() > 1;
  const auto [checks, count] = several ? tensorChecks(first, "size", "next")
                                       : tensorChecks(first, model, "dims");
  os << "/* Whether the object that is linked is the one of this header: "
        "another\n * may take other tensors or more memory. The functions "
        "below "
        "refuse it. */\n"
     << "static inline int " << facts.name << "_matches(void) {\n";
  if (!checks.empty())
    printDims(os, sizes);
  std::string all;
  raw_string_ostream(all) << model
                          << ".workspace_bytes == " << workspaceBytes(facts)
                          << " &&\n         " << model
                          << ".weights_bytes == " << facts.weightsFileBytes
                          << " &&\n         " << model
                          << ".input_count == " << first.inputs.size() << " && "
                          << model
                          << ".output_count == " << first.outputs.size();
  if (!several) {
    os << "  return " << all << checks << ";\n}\n\n";
    return;
  }
  os << "  const int64_t *next = dims;\n  int64_t i;\n"
     << "  int matches = " << all << " &&\n         " << facts.name
     << "_sizes.count == " << sizes.size() << ";\n"
     << "  for (i = 0; matches && i < " << sizes.size()
     << "; ++i, next += " << count << ") {\n"
     << "    const struct convopt_size size = " << facts.name
     << "_sizes.sizes[i];\n"
     << "    matches = 1" << checks << ";\n  }\n  return matches;\n}\n\n";
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
