#ifndef CONVOPT_UNITTESTS_SELECTFIXTURE_H
#define CONVOPT_UNITTESTS_SELECTFIXTURE_H

#include "convopt/IR/ConvoptDialect.h"
#include "convopt/Primitives/Division.h"
#include "convopt/Transforms/SelectPrimitives.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Parser/Parser.h"
#include "gtest/gtest.h"
#include <cmath>
#include <functional>
#include <set>

namespace convopt {

/// Prices by a function; to rewrite a tensor costs a nanosecond an element.
struct TableModel : CostModel {
  std::function<double(const ConvLayer &, const Choice &)> price;
  std::optional<PrimitiveKind> unknown;
  bool knows(const ConvProblem &, const Choice &choice,
             const MachineDescription &) const override {
    return choice.kind() != unknown;
  }
  double convolution(const ConvProblem &layer, const Choice &choice,
                     const MachineDescription &) const override {
    return price(layer, choice);
  }
  std::optional<double> threaded; ///< what anything takes on four cores
  std::optional<double> threadedConvolution(const ConvProblem &, const Choice &,
                                            int64_t threads) const override {
    return threads == 4 ? threaded : std::nullopt;
  }
  std::optional<double> threadedTransformation(int64_t, int64_t, int64_t,
                                               int64_t, Layout, Layout,
                                               int64_t threads) const override {
    return threads == 4 ? threaded : std::nullopt;
  }
  double transformation(int64_t n, int64_t c, int64_t h, int64_t w, Layout from,
                        Layout to, const MachineDescription &) const override {
    return from == to ? 0 : 1e-9 * n * c * h * w;
  }
};

inline constexpr const char *kPrologue = R"(
  %zero = arith.constant 0.0 : f32
  %e = tensor.empty() : tensor<1x8x4x4xf32>
  %z = linalg.fill ins(%zero : f32) outs(%e : tensor<1x8x4x4xf32>) -> tensor<1x8x4x4xf32>
)";

class Select : public testing::Test {
protected:
  Select() {
    context.loadDialect<ConvoptDialect, mlir::arith::ArithDialect,
                        mlir::func::FuncDialect, mlir::linalg::LinalgDialect,
                        mlir::tensor::TensorDialect>();
    machine = llvm::cantFail(describeMachine({"x86-64", "", ""}));
    model.price = [](const ConvLayer &, const Choice &) { return 1e-6; };
  }

  /// A 1x1 convolution from 8x4x4 to 8x4x4.
  std::string pointwise(llvm::StringRef result, llvm::StringRef input,
                        llvm::StringRef attributes = "") {
    return (result + "_f = arith.constant dense<1.0> : tensor<8x8x1x1xf32>\n" +
            result + " = linalg.conv_2d_nchw_fchw " + attributes + " ins(" +
            input + ", " + result +
            "_f : tensor<1x8x4x4xf32>, tensor<8x8x1x1xf32>) outs(%z : "
            "tensor<1x8x4x4xf32>) -> tensor<1x8x4x4xf32>\n")
        .str();
  }

  /// A padded 3x3 convolution from 8x4x4 to 8x4x4.
  std::string window(const std::string &result, const std::string &input) {
    return result + "_p = tensor.pad " + input + R"( low[0, 0, 1, 1]
        high[0, 0, 1, 1] {
      ^bb0(%n: index, %c: index, %h: index, %w: index):
        tensor.yield %zero : f32
      } : tensor<1x8x4x4xf32> to tensor<1x8x6x6xf32>
    )" + result +
           "_f = arith.constant dense<1.0> : tensor<8x8x3x3xf32>\n" + result +
           " = linalg.conv_2d_nchw_fchw ins(" + result + "_p, " + result +
           "_f : tensor<1x8x6x6xf32>, tensor<8x8x3x3xf32>) outs(%z : "
           "tensor<1x8x4x4xf32>) -> tensor<1x8x4x4xf32>\n";
  }

  llvm::Expected<Selection>
  select(const std::string &body, llvm::StringRef result,
         SelectionOptions options = SelectionOptions::unlimited()) {
    std::string text =
        "func.func @main(%x: tensor<1x8x4x4xf32>) -> tensor<1x8x4x4xf32> {" +
        (kPrologue + body) + "return " + result.str() +
        " : tensor<1x8x4x4xf32>\n}";
    module = mlir::parseSourceString<mlir::ModuleOp>(text, &context);
    EXPECT_TRUE(module);
    auto func = *module->getOps<mlir::func::FuncOp>().begin();
    llvm::Expected<Selection> selection =
        selectPrimitives(func, model, machine, options);
    EXPECT_TRUE(mlir::succeeded(module->verify()));
    return selection;
  }

  /// Prices by layouts: in the order nchw->nchw, nchw->nhwc, ...
  void priceByLayouts(std::array<int64_t, 4> nanoseconds) {
    model.price = [=](const ConvLayer &, const Choice &choice) {
      return 1e-9 * nanoseconds[2 * static_cast<int>(choice.input) +
                                static_cast<int>(choice.output)];
    };
  }

  mlir::MLIRContext context;
  MachineDescription machine;
  TableModel model;
  mlir::OwningOpRef<mlir::ModuleOp> module;
};

} // namespace convopt

#endif // CONVOPT_UNITTESTS_SELECTFIXTURE_H
