// RUN: convopt-opt %s -convopt-fold-constants | FileCheck %s

// Data of a constant that is folded is released, unless something else than a
// constant refers to it.
// CHECK:     memref.global constant @global : memref<2xf32> = dense_resource<shared>
// CHECK-NOT: dense_resource<own>
// CHECK-NOT: own: "
// CHECK:     shared: "0x040000000000803F00000040"
// CHECK-NOT: own: "
memref.global constant @global : memref<2xf32> = dense_resource<shared>

func.func @main() -> tensor<2xf32> {
  %a = arith.constant dense_resource<shared> : tensor<2xf32>
  %b = arith.constant dense_resource<own> : tensor<2xf32>
  %e = tensor.empty() : tensor<2xf32>
  %c = linalg.add ins(%a, %b : tensor<2xf32>, tensor<2xf32>) outs(%e : tensor<2xf32>) -> tensor<2xf32>
  return %c : tensor<2xf32>
}

{-#
  dialect_resources: {
    builtin: {
      own: "0x040000000000404000008040",
      shared: "0x040000000000803F00000040"
    }
  }
#-}
