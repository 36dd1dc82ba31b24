#include "Header.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringSet.h"
#include "llvm/ADT/StringSwitch.h"
#include "llvm/Support/raw_ostream.h"

using namespace llvm;

namespace convopt {

/// Shared by all models' headers; what is here is the interface itself.
static const char declarations[] = R"(#include <stddef.h>
#include <stdint.h>

#ifndef CONVOPT_MODEL_INTERFACE
#define CONVOPT_MODEL_INTERFACE
struct convopt_tensor {
  const char *name; /* as in the ONNX model */
  const char *type; /* f16 bf16 f32 f64 i8 i16 i32 i64 u8 u16 u32 u64 bool */
  int64_t rank;
  const int64_t *dims; /* row-major: the last is dense */
};
struct convopt_model {
  const char *name, *target, *version;
  int64_t input_count;
  const struct convopt_tensor *inputs;
  int64_t output_count;
  const struct convopt_tensor *outputs;
  int64_t workspace_bytes; /* 64-byte aligned, uninitialised, one a caller */
  int64_t weights_bytes;   /* 0: the weights are in the object */
  /* Once a workspace, before run; starts its threads, if any. */
  int (*init)(void *workspace, const void *weights);
  int (*run)(const void *const *inputs, void *const *outputs, void *workspace);
  void (*fini)(void *workspace);
};
/* init and run return 0 success, 1 bad argument, 2 threads could not start,
 * 3 this CPU lacks what the target needs. */
#endif

)";

/// What a profiled model has beside.
static const char profileDeclarations[] =
    R"(#ifndef CONVOPT_PROFILE
#define CONVOPT_PROFILE
struct convopt_launch {  /* one run of a kernel */
  const char *node;      /* of the ONNX model */
  const char *kernel, *operation, *shape;
  const char *primitive; /* of a convolution; else empty */
  int64_t operations;    /* floating point; a multiply-add is two */
  int64_t bytes;         /* read and written, each operand once */
  int64_t predicted_ns;  /* on one thread; 0: no prediction */
};
typedef void (*convopt_observer)(void *data, int64_t launch, int done);
struct convopt_profile {
  int64_t threads;
  double peak_flops; /* of one thread, per second, at the nominal clock */
  int64_t launch_count;
  const struct convopt_launch *launches;
  /* Has `observer` called with `data` before (done 0) and after (1) each
   * launch, on the thread that calls run; null: nobody. After init. */
  int (*watch)(void *workspace, convopt_observer observer, void *data);
};
#endif

)";

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
      "outputs"};
  return words.contains(name);
}

namespace {
/// Turns ONNX names into parameter names, each another one.
class Parameters {
public:
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
  std::string text = tensor.type;
  for (int64_t size : tensor.dims)
    text += "[" + std::to_string(size) + "]";
  return text + " " + commentText(tensor.name);
}

std::string makeHeader(const ModelInterface &interface,
                       const ModelFacts &facts) {
  std::string text;
  raw_string_ostream os(text);
  const std::string &name = facts.name;
  std::string guard = "CONVOPT_HEADER_" + name;
  os << "/* Made by convopt-compile " << compilerVersion() << ". */\n"
     << "#ifndef " << guard << "\n#define " << guard << "\n\n"
     << declarations << (facts.launches ? profileDeclarations : "")
     << "#ifdef __cplusplus\nextern \"C\" {\n#endif\n"
     << "extern const struct convopt_model " << name << "_model;\n"
     << (facts.launches
             ? "extern const struct convopt_profile " + name + "_profile;\n"
             : "")
     << "#ifdef __cplusplus\n}\n#endif\n\n"
     << "#define " << name << "_workspace_bytes ((size_t)"
     << workspaceBytes(facts) << ")\n\n";

  std::string comment, parameters, inputs, outputs;
  Parameters names;
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
  os << "static inline int " << name << "_init(void *workspace) {\n"
     << "  return " << name << "_model.init(workspace, NULL);\n}\n\n"
     << "/* Dense, row-major:\n"
     << comment << " */\n"
     << "static inline int " << name << "_run(" << parameters
     << "void *workspace) {\n";
  table("const void *", "inputs", inputs);
  table("void *", "outputs", outputs);
  os << "  return " << name << "_model.run(inputs, outputs, workspace);\n}\n\n"
     << "static inline void " << name << "_fini(void *workspace) {\n"
     << "  " << name << "_model.fini(workspace);\n}\n\n#endif\n";
  return text;
}

} // namespace convopt
