// RUN: convopt-opt %s --pass-pipeline='builtin.module(func.func(convopt-outputs-to-arguments))' | FileCheck %s

// CHECK-LABEL: func.func @main(
// CHECK-SAME: %[[X:.+]]: tensor<4xf32> {bufferization.writable = false, convopt.name = "x"},
// CHECK-SAME: %[[Y:.+]]: memref<4xf32> {convopt.name = "y"}, %[[Z:.+]]: memref<4xf32>) {
func.func @main(%x: tensor<4xf32> {convopt.name = "x"})
    -> (tensor<4xf32> {convopt.name = "y"}, tensor<4xf32>) {
  // CHECK: %[[V:.+]] = math.tanh
  %v = math.tanh %x : tensor<4xf32>
  // CHECK: bufferization.materialize_in_destination %[[V]] in restrict writable %[[Y]]
  // CHECK: bufferization.materialize_in_destination %[[X]] in restrict writable %[[Z]]
  // CHECK: return{{$}}
  return %v, %x : tensor<4xf32>, tensor<4xf32>
}
