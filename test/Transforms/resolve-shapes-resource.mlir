// RUN: convopt-opt %s -convopt-resolve-shapes | FileCheck %s

// Integers that are computed of numbers in a resource, as places to read from are: no folder reads these, they stay.
// CHECK-LABEL: func.func @places(
// CHECK:         %[[NUMBERS:.*]] = arith.constant dense_resource<numbers>
// CHECK:         tensor.extract %[[NUMBERS]]
// CHECK:         arith.fptosi
func.func @places() -> tensor<2xi64> {
  %numbers = arith.constant dense_resource<numbers> : tensor<2xf32>
  %e = tensor.empty() : tensor<2xi64>
  %y = linalg.generic {indexing_maps = [affine_map<(i) -> (i)>], iterator_types = ["parallel"]} outs(%e : tensor<2xi64>) {
  ^bb0(%out: i64):
    %i = linalg.index 0 : index
    %x = tensor.extract %numbers[%i] : tensor<2xf32>
    %n = arith.fptosi %x : f32 to i64
    linalg.yield %n : i64
  } -> tensor<2xi64>
  return %y : tensor<2xi64>
}

{-#
  dialect_resources: {
    builtin: {
      numbers: "0x040000000000803F00000040"
    }
  }
#-}
