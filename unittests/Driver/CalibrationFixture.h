#ifndef CONVOPT_UNITTESTS_DRIVER_CALIBRATIONFIXTURE_H
#define CONVOPT_UNITTESTS_DRIVER_CALIBRATIONFIXTURE_H

#include "Calibration/Calibration.h"
#include "ToolEnvironment.h"
#include "convopt/Driver/LoadModel.h"
#include "convopt/IR/Constants.h"
#include "mlir/Parser/Parser.h"
#include "llvm/Support/TargetSelect.h"
#include "gtest/gtest.h"
#include <random>

namespace convopt {

inline constexpr int64_t channels = 64, side = 16, pixels = side * side;

/// A function of an image %x0; after 1x1 convolutions of random filters without
/// bias, %x1 and so on, it goes on with `rest`.
inline std::string chain(int length, const std::string &rest) {
  std::string text = R"(
func.func @main(%x0: tensor<1x64x16x16xf32>, %if: tensor<i1>) -> RESULT {
  %zero = arith.constant 0.0 : f32
  %e = tensor.empty() : tensor<1x64x16x16xf32>
  %i = linalg.fill ins(%zero : f32) outs(%e : tensor<1x64x16x16xf32>) -> tensor<1x64x16x16xf32>
)";
  text.replace(
      text.find("RESULT"), 6,
      rest.substr(rest.find_last_of(':') + 2,
                  rest.find_last_of('}') - rest.find_last_of(':') - 2));
  for (int i = 0; i < length; ++i) {
    const std::string n = std::to_string(i), next = std::to_string(i + 1);
    text += "%f" + n + " = arith.constant dense<" + next +
            ".0> : tensor<64x64x1x1xf32>\n%x" + next +
            " = linalg.conv_2d_nchw_fchw ins(%x" + n + ", %f" + n +
            " : tensor<1x64x16x16xf32>, tensor<64x64x1x1xf32>) outs(%i : "
            "tensor<1x64x16x16xf32>) -> tensor<1x64x16x16xf32>\n";
  }
  return text + rest;
}

/// A chain of convolutions, and what noise in them does.
struct Calibrated : testing::Test {
  CompileOptions options;
  ToolEnvironment environment{options};
  std::unique_ptr<mlir::MLIRContext> context = makeContext();
  std::mt19937 random{1};
  std::vector<std::vector<float>> filters;

  Calibrated() {
    llvm::InitializeAllTargetInfos();
    llvm::InitializeAllTargets();
    llvm::InitializeAllTargetMCs();
    llvm::InitializeAllAsmPrinters();
  }

  std::vector<float> normal(int64_t count, float size = 1) {
    std::normal_distribution<float> distribution(0, size);
    std::vector<float> numbers(count);
    for (float &number : numbers)
      number = distribution(random);
    return numbers;
  }

  /// The module of a chain, its filters by chance, each of the same norm.
  mlir::OwningOpRef<mlir::ModuleOp> parse(const std::string &text) {
    auto module = mlir::parseSourceString<mlir::ModuleOp>(text, &*context);
    EXPECT_TRUE(module);
    module->walk([&](mlir::arith::ConstantOp op) {
      auto type = mlir::dyn_cast<mlir::RankedTensorType>(op.getType());
      if (!type || type.getNumElements() != channels * channels)
        return;
      mlir::OpBuilder builder(op);
      filters.push_back(normal(channels * channels, 1 / 8.0F));
      op.replaceAllUsesWith(
          createConstant(builder, op.getLoc(), type, "filter", filters.back()));
    });
    return module;
  }

  /// An image, and false.
  static Sample sample(const std::vector<float> &image) {
    const auto *bytes = reinterpret_cast<const char *>(image.data());
    return {Bytes(bytes, bytes + 4 * image.size()), Bytes(1)};
  }

  mlir::OwningOpRef<mlir::ModuleOp> module;
  std::unique_ptr<Calibration> prepare(const std::string &text,
                                       const std::vector<Sample> &samples,
                                       int64_t work = Calibration::usualWork) {
    module = parse(text);
    auto made = Calibration::prepare(*module, {samples, samples}, options,
                                     environment, work);
    EXPECT_TRUE(static_cast<bool>(made));
    return made ? std::move(*made) : nullptr;
  }
};

} // namespace convopt

#endif // CONVOPT_UNITTESTS_DRIVER_CALIBRATIONFIXTURE_H
