// A layout transformation is measured as the compiler computes it: as the
// kernel of one linalg.transpose.

#include "Halide/KernelPipeline.h"
#include "LoadModel.h"
#include "Measure.h"
#include "mlir/Parser/Parser.h"
#include "llvm/Support/FormatVariadic.h"

using namespace convopt;
using llvm::createStringError;

static std::string tensor(Layout layout, const ImageTransformation &image) {
  auto [n, c, h, w] =
      std::tuple(image.batch, image.channels, image.height, image.width);
  return layout == Layout::NHWC
             ? llvm::formatv("tensor<{0}x{1}x{2}x{3}xf32>", n, h, w, c).str()
             : llvm::formatv("tensor<{0}x{1}x{2}x{3}xf32>", n, c, h, w).str();
}

llvm::Expected<double>
convopt::measureTransformation(const ImageTransformation &image,
                               const MachineDescription &machine) {
  auto name = halideTargetName(machine);
  if (!name)
    return name.takeError();
  std::string text =
      llvm::formatv(R"(convopt.kernel @k(%a: {0}) -> {1} {{
  %e = tensor.empty() : {1}
  %r = linalg.transpose ins(%a : {0}) outs(%e : {1}) permutation = [{2}]
  convopt.yield %r : {1}
})",
                    tensor(image.from, image), tensor(image.to, image),
                    image.to == Layout::NHWC ? "0, 2, 3, 1" : "0, 3, 1, 2");
  std::unique_ptr<mlir::MLIRContext> context = makeContext();
  auto module = mlir::parseSourceString<mlir::ModuleOp>(text, context.get());
  if (!module)
    return createStringError("not a kernel: " + text);
  try {
    KernelPipeline pipeline =
        buildKernelPipeline(*module->getOps<KernelOp>().begin(),
                            KernelOptions{machine, 1, KernelOutput::Object});
    Halide::Callable call =
        Halide::Pipeline(pipeline.outputs)
            .compile_to_callable(
                pipeline.arguments,
                Halide::Target(*name + "-jit-no_asserts-no_bounds_query"));
    int count = image.batch * image.channels * image.height * image.width;
    Halide::Buffer<float> in(count), out(count);
    in.fill(0.25f);
    return secondsOf([&] { call(in, out); });
  } catch (const Halide::Error &e) {
    return createStringError(e.what());
  } catch (const std::exception &e) {
    return createStringError(e.what());
  }
}
