// RUN: convopt-compile %s --emit=linalg | FileCheck %s
// RUN: convopt-compile %s --emit=linalg -o - | FileCheck %s
// RUN: convopt-compile %s --emit=linalg -o %t.mlir
// RUN: convopt-compile %t.mlir --emit=linalg | diff - %t.mlir

// The module as it was read, and what is written can be read.

// CHECK-LABEL: func.func @main(
// CHECK-SAME: %[[X:.+]]: tensor<4xf32> {convopt.name = "x"}) -> tensor<4xf32>
// CHECK: math.tanh %[[X]]
func.func @main(%x: tensor<4xf32> {convopt.name = "x"}) -> tensor<4xf32> {
  %y = math.tanh %x : tensor<4xf32>
  return %y : tensor<4xf32>
}
