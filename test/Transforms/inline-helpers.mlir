// RUN: convopt-opt %s -convopt-normalise | FileCheck %s
// RUN: convopt-compile %s --target=x86-64 --emit=annotated | FileCheck %s --check-prefix=COMPILED

// A private helper becomes part of what calls it, and leaves.
// CHECK-NOT:   @rectify
// CHECK-LABEL: func.func @main(
// CHECK-NOT:     call
// CHECK:         arith.maximumf
// CHECK-NOT:   @rectify
// COMPILED-LABEL: func.func @main(
// COMPILED:         arith.maximumf
func.func private @rectify(%x: tensor<4xf32>) -> tensor<4xf32> {
  %zero = arith.constant dense<0.0> : tensor<4xf32>
  %y = arith.maximumf %x, %zero : tensor<4xf32>
  return %y : tensor<4xf32>
}

func.func @main(%x: tensor<4xf32>) -> tensor<4xf32> {
  %y = call @rectify(%x) : (tensor<4xf32>) -> tensor<4xf32>
  return %y : tensor<4xf32>
}
