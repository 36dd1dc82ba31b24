// The C interface from a program's side: what it gives, what it says of
// mistakes, and what it leaves as it was.

#include "Client.h"
#include "gtest/gtest.h"
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <dirent.h>
#include <fcntl.h>
#include <memory>
#include <pthread.h>
#include <string>
#include <unistd.h>
#include <vector>

using Options = std::vector<const char *>;

namespace {
/// A compiler with what it has said.
struct Compiler {
  diagnostics said = {};
  std::unique_ptr<convopt_compiler, void (*)(convopt_compiler *)> compiler;

  explicit Compiler(Options options = {})
      : compiler(nullptr, convopt_compiler_destroy) {
    options.push_back(nullptr);
    compiler.reset(new_compiler(&said, options.data()));
  }

  bool set(const char *name, const char *value) {
    return convopt_compiler_set_option(compiler.get(), name, value) == 0;
  }
};

using Compilation =
    std::unique_ptr<convopt_compilation, void (*)(convopt_compilation *)>;
} // namespace

static Compilation compile(const Compiler &compiler,
                           const std::string &model = small_model,
                           const char *name = "net.mlir",
                           const char *folder = nullptr) {
  return {convopt_compile(compiler.compiler.get(), name, model.data(),
                          model.size(), folder),
          convopt_compilation_destroy};
}

static std::string get(const Compilation &compilation, convopt_result result) {
  size_t size = 1;
  const auto *bytes = static_cast<const char *>(
      convopt_compilation_get(compilation.get(), result, &size));
  if (!bytes) {
    EXPECT_EQ(size, 0u);
    return "";
  }
  EXPECT_EQ(bytes[size], '\0');
  return std::string(bytes, size);
}

/// What the object of small_model is, to a compiler that is as it should be.
static std::string smallObject() {
  Compiler compiler({"target", "x86-64"});
  return get(compile(compiler), CONVOPT_RESULT_MODEL);
}

/// e_machine of an ELF file.
static int machineOf(const std::string &object) {
  EXPECT_EQ(object.substr(0, 4), "\x7f"
                                 "ELF");
  return object.size() < 20 ? 0 : object[18] & 0xff;
}

TEST(CApi, GivesObjectAndHeader) {
  Compiler compiler({"target", "aarch64", "name", "tanh_of_sums"});
  Compilation compilation = compile(compiler);
  ASSERT_NE(compilation, nullptr) << compiler.said.message;
  EXPECT_EQ(machineOf(get(compilation, CONVOPT_RESULT_MODEL)), 183);
  EXPECT_NE(get(compilation, CONVOPT_RESULT_HEADER).find("tanh_of_sums_model"),
            std::string::npos);
  for (auto result : {CONVOPT_RESULT_WEIGHTS, CONVOPT_RESULT_EXPLANATION,
                      CONVOPT_RESULT_REPORT, static_cast<convopt_result>(5)})
    EXPECT_EQ(get(compilation, result), "");
  EXPECT_EQ(compiler.said.errors + compiler.said.notes, 0);
}

TEST(CApi, GivesWhatElseIsAskedFor) {
  Compiler compiler({"target", "x86-64", "weights", "external", "explain",
                     "json", "report", "page.html", "profile", nullptr});
  Compilation compilation = compile(compiler);
  ASSERT_NE(compilation, nullptr) << compiler.said.message;
  EXPECT_GT(get(compilation, CONVOPT_RESULT_WEIGHTS).size(), 8u * 8 * 9 * 4);
  EXPECT_EQ(get(compilation, CONVOPT_RESULT_EXPLANATION).front(), '{');
  EXPECT_NE(get(compilation, CONVOPT_RESULT_REPORT).find("<html"),
            std::string::npos);
  EXPECT_NE(access("page.html", F_OK), 0) << "nothing is written";
  ASSERT_TRUE(compiler.set("explain", nullptr)) << "in place of json";
  ASSERT_TRUE(compiler.set("emit", "annotated"));
  ASSERT_FALSE(compile(compiler)) << "a report needs more than that";
  EXPECT_EQ(compiler.said.errors, 1);
}

TEST(CApi, GivesText) {
  Compiler compiler({"emit", "annotated", "explain", nullptr});
  Compilation compilation = compile(compiler);
  ASSERT_NE(compilation, nullptr) << compiler.said.message;
  EXPECT_NE(get(compilation, CONVOPT_RESULT_MODEL).find("#convopt.primitive"),
            std::string::npos);
  EXPECT_NE(get(compilation, CONVOPT_RESULT_EXPLANATION).find("conv"),
            std::string::npos);
}

TEST(CApi, LinksSharedLibraries) {
  Compiler compiler({"target", "x86-64", "emit", "shared"});
  Compilation compilation = compile(compiler);
  ASSERT_NE(compilation, nullptr) << compiler.said.message;
  std::string library = get(compilation, CONVOPT_RESULT_MODEL);
  EXPECT_EQ(machineOf(library), 62);
  EXPECT_EQ(library[16], 3) << "ET_DYN";
}

TEST(CApi, CompilesFiles) {
  Compiler compiler({"target", "x86-64"});
  Compilation compilation{
      convopt_compile_file(compiler.compiler.get(), CONVOPT_EXAMPLE_MODEL),
      convopt_compilation_destroy};
  ASSERT_NE(compilation, nullptr) << compiler.said.message;
  EXPECT_NE(get(compilation, CONVOPT_RESULT_HEADER).find("classify_model"),
            std::string::npos);
}

TEST(CApi, GivesTheSameBytesAgain) { EXPECT_EQ(smallObject(), smallObject()); }

namespace {
struct BadOption {
  const char *name, *value, *message;
};
struct BadModel {
  const char *name, *bytes, *message, *location;
};
} // namespace

TEST(CApi, RefusesOptionsWithOneMessage) {
  const std::string good = smallObject();
  Compiler compiler({"target", "x86-64"});
  for (auto [name, value, message] : {
           BadOption{"tread", "2",
                     "unknown option 'tread'; did you mean 'threads'?"},
           {"", "2", "unknown option ''"},
           {"threads", "0", "--threads=0: expected 1 to 1024"},
           {"threads", nullptr, "--threads: this option needs a value"},
           {"profile", "yes", "--profile=yes: this option takes no value"},
           {"max-error", "-1", "--max-error=-1: expected a positive number"},
           {"shape", "x", "--shape=x: expected NAME:1x3x224x224"},
           {"emit", "ob",
            "--emit=ob: expected linalg, annotated, kernels, "
            "llvm, asm, obj or shared; did you mean 'obj'?"},
           {"emit", "asm", "--emit=asm: only convopt-compile writes folders"},
           {"o", "a.o", "-o: only convopt-compile has this option"},
       }) {
    compiler.said = {};
    EXPECT_FALSE(compiler.set(name, value)) << name;
    EXPECT_EQ(compiler.said.errors, 1) << name;
    EXPECT_STREQ(compiler.said.message, message);
    EXPECT_STREQ(compiler.said.location, "");
  }
  EXPECT_EQ(get(compile(compiler), CONVOPT_RESULT_MODEL), good)
      << "what is refused leaves nothing behind";
}

TEST(CApi, RefusesModelsWithOneMessageAndGoesOn) {
  const std::string good = smallObject();
  Compiler compiler({"target", "x86-64"});
  for (auto [name, bytes, message, location] : {
           BadModel{"a.onnx", "", "is not an ONNX model: it has no graph",
                    "a.onnx"},
           {"a.onnx", "no model", "is not an ONNX model, or is truncated",
            "a.onnx"},
           {"a.mlir", "func.func @main(", "expected", "a.mlir:1:16"},
           {"a.mlir", "module {}", "", ""},
           {"a.mlir", "func.func @main() { \"no.op\"() : () -> () return }", "",
            "a.mlir:1:28"},
       }) {
    compiler.said = {};
    EXPECT_FALSE(compile(compiler, bytes, name)) << bytes;
    EXPECT_EQ(compiler.said.errors, 1) << bytes;
    EXPECT_NE(std::strstr(compiler.said.message, message), nullptr)
        << compiler.said.message;
    EXPECT_STREQ(compiler.said.location, location);
    EXPECT_EQ(get(compile(compiler), CONVOPT_RESULT_MODEL), good) << bytes;
  }
  compiler.said = {};
  EXPECT_EQ(convopt_compile_file(compiler.compiler.get(), "no/such.onnx"),
            nullptr);
  EXPECT_EQ(compiler.said.errors, 1);
  EXPECT_STREQ(compiler.said.location, "no/such.onnx");
}

TEST(CApi, RefusesWhatOptionsSayTogether) {
  for (Options options : {Options{"shape", "x:1x3"},
                          {"cpu", "abacus"},
                          {"target", "pdp11"},
                          {"name", "9lives"},
                          {"report-profile", "a.json"},
                          {"cost-model", "no/such.json"},
                          {"cache-dir", "/dev/null/cache"}}) {
    Compiler compiler(options);
    EXPECT_FALSE(compile(compiler)) << options[0];
    EXPECT_EQ(compiler.said.errors, 1) << options[0];
    EXPECT_STRNE(compiler.said.message, "");
  }
}

TEST(CApi, NeedsNoHandler) {
  Compiler compiler;
  convopt_compiler_set_handler(compiler.compiler.get(), nullptr, nullptr);
  EXPECT_FALSE(compiler.set("threads", "0"));
  EXPECT_FALSE(compile(compiler, "nothing"));
  EXPECT_TRUE(compile(compiler));
  convopt_compiler_destroy(nullptr);
  convopt_compilation_destroy(nullptr);
}

static std::vector<std::string> openDescriptors() {
  std::vector<std::string> names;
  DIR *folder = opendir("/proc/self/fd");
  while (const dirent *entry = readdir(folder))
    names.push_back(entry->d_name);
  closedir(folder);
  return names;
}

static std::vector<sighandler_t> signalHandlers() {
  std::vector<sighandler_t> handlers;
  for (int signal = 1; signal < 32; ++signal) {
    struct sigaction action = {};
    sigaction(signal, nullptr, &action);
    handlers.push_back(action.sa_handler);
  }
  return handlers;
}

TEST(CApi, LeavesTheProcessAsItWas) {
  const auto descriptors = openDescriptors();
  const auto handlers = signalHandlers();
  testing::internal::CaptureStderr();
  testing::internal::CaptureStdout();
  Compiler compiler({"target", "x86-64", "emit", "shared"});
  EXPECT_TRUE(compile(compiler));
  EXPECT_FALSE(compile(compiler, "nothing"));
  EXPECT_EQ(testing::internal::GetCapturedStdout(), "");
  EXPECT_EQ(testing::internal::GetCapturedStderr(), "");
  EXPECT_EQ(openDescriptors(), descriptors);
  EXPECT_EQ(signalHandlers(), handlers);
}

TEST(CApi, WorksWhereChildrenAreIgnoredAndInputIsClosed) {
  const std::string good = smallObject();
  auto before = std::signal(SIGCHLD, SIG_IGN);
  const int input = dup(STDIN_FILENO);
  close(STDIN_FILENO);
  EXPECT_EQ(smallObject(), good);
  dup2(input, STDIN_FILENO);
  close(input);
  std::signal(SIGCHLD, before);
}

TEST(CApi, WorksOnAThreadWithASmallStack) {
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  pthread_attr_setstacksize(&attributes, 128 << 10);
  pthread_t thread;
  auto work = [](void *object) -> void * {
    *static_cast<std::string *>(object) = smallObject();
    return nullptr;
  };
  std::string object;
  ASSERT_EQ(pthread_create(&thread, &attributes, work, &object), 0);
  pthread_join(thread, nullptr);
  pthread_attr_destroy(&attributes);
  EXPECT_EQ(object, smallObject());
}
