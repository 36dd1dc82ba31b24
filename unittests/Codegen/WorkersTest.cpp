#include "../../lib/Codegen/Workers/KernelWorkers.h"
#include "KernelRunner.h"
#include "convopt/Codegen/Kernels.h"
#include <csignal>
#include <stdexcept>
#include <unistd.h>

using namespace convopt;
using namespace convopt::test;

namespace {

std::string nameOf(size_t i) { return "k" + std::to_string(i); }

TEST(Workers, AnswerInOrder) {
  for (unsigned processes : {1, 3, 20}) {
    auto answers = runInProcesses(
        10, processes,
        [](size_t i) { return std::string(i * 30000, char('a' + i)); }, nameOf);
    ASSERT_TRUE(bool(answers));
    ASSERT_EQ(answers->size(), 10u);
    for (size_t i = 0; i < 10; ++i)
      EXPECT_EQ((*answers)[i], std::string(i * 30000, char('a' + i)));
  }
}

std::string errorOf(llvm::function_ref<std::string(size_t)> job) {
  auto answers = runInProcesses(3, 2, job, nameOf);
  return answers ? "" : toString(answers.takeError());
}

TEST(Workers, FailuresNameTheKernel) {
  EXPECT_EQ(errorOf([](size_t i) -> std::string {
              if (i >= 1)
                throw std::runtime_error("no way\n");
              return "";
            }),
            "kernel 'k1': no way");
  EXPECT_EQ(errorOf([](size_t i) -> std::string {
              if (i == 2)
                raise(SIGKILL);
              return "";
            }),
            "kernel 'k2': the compiler stopped: Killed");
  EXPECT_EQ(errorOf([](size_t i) -> std::string { _exit(3); }),
            "kernel 'k0': the compiler stopped with exit status 3");
}

const char *kernels = R"mlir(
#id = affine_map<(i) -> (i)>
convopt.kernel @first(%a: tensor<100xf32>) -> tensor<100xf32> {
  %e = tensor.empty() : tensor<100xf32>
  %r = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel"]} ins(%a : tensor<100xf32>) outs(%e : tensor<100xf32>) {
  ^bb0(%x: f32, %o: f32):
    %y = math.tanh %x : f32
    linalg.yield %y : f32
  } -> tensor<100xf32>
  convopt.yield %r : tensor<100xf32>
}
convopt.kernel @second(%a: tensor<100xf32>) -> tensor<100xf32> {
  convopt.yield %a : tensor<100xf32>
})mlir";

TEST(Kernels, DoNotDependOnOrder) {
  auto forwards = parse(kernels), backwards = parse(kernels);
  mlir::Block &body = *backwards->getBody();
  body.front().moveBefore(&body, body.end());
  MachineDescription machine = llvm::cantFail(describeHost());
  auto a = llvm::cantFail(compileKernels(*forwards, {machine, 1, {}}));
  // What the environment says about Halide is not looked at.
  setenv("HL_DEBUG_CODEGEN", "1", 1);
  auto b = llvm::cantFail(compileKernels(*backwards, {machine, 1, {}}));
  unsetenv("HL_DEBUG_CODEGEN");
  EXPECT_EQ(a[0].symbol, "first");
  EXPECT_EQ(a[0].object, b[1].object);
  EXPECT_EQ(a[1].object, b[0].object);
}

} // namespace
