// Tensors of ONNX are called anything at all, parameters of C are not: a name
// becomes an identifier, and where that is a word of C or C++, what a header
// defines as a macro, or another tensor's, an underscore makes it a new one.

#include "HeaderParts.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringSet.h"
#include "llvm/ADT/StringSwitch.h"

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

std::string shapeText(const TensorInfo &tensor) {
  std::string text = (tensor.isOpen ? "at most " : "") + tensor.type;
  for (int64_t size : tensor.dims)
    text += "[" + (size < 0 ? "?" : std::to_string(size)) + "]";
  return text + " " + commentText(tensor.name);
}

/// Whether the sizes of an object differ in this tensor.
static bool differs(const TensorInfo &tensor) {
  return is_contained(tensor.dims, -1);
}

Signature::Signature(const ModelInterface &common, const std::string &name,
                     bool severalSizes) {
  Parameters names(name, severalSizes);
  for (const TensorInfo &tensor : common.inputs) {
    inputs.push_back(names.name(tensor.name));
    comment += " *   " + inputs.back() + ": " + shapeText(tensor) + "\n";
    parameters +=
        "const " + cType(tensor.type).str() + " *" + inputs.back() + ", ";
    dims.push_back(name + "_model.inputs[" + std::to_string(inputs.size() - 1) +
                   "].dims");
    if (!differs(tensor))
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

} // namespace convopt
