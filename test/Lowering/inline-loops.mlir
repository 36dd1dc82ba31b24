// RUN: convopt-opt %s --convopt-bufferize --canonicalize | FileCheck %s --check-prefix=BUFFERS
// RUN: convopt-opt %s --convopt-bufferize --convopt-inline-loops | FileCheck %s

// What is only written needs no copy.
// BUFFERS-LABEL: func.func @writes
// BUFFERS-NOT: memref.copy
// BUFFERS: convopt.loops ins(%{{.+}} : memref<4xf32>) outs(%{{.+}} : memref<4xf32>) {
// BUFFERS: return
// CHECK-LABEL: func.func @writes
// CHECK-NOT: convopt.loops
// CHECK: %[[V:.+]] = memref.load %arg0
// CHECK: memref.store %[[V]], %alloc
// CHECK: return
func.func @writes(%x: tensor<4xf32>) -> tensor<4xf32> {
  %empty = tensor.empty() : tensor<4xf32>
  %y = convopt.loops ins(%x : tensor<4xf32>) outs(%empty : tensor<4xf32>) -> tensor<4xf32> {
  ^bb0(%in: memref<4xf32>, %out: memref<4xf32>):
    %zero = arith.constant 0 : index
    %v = memref.load %in[%zero] : memref<4xf32>
    memref.store %v, %out[%zero] : memref<4xf32>
  }
  return %y : tensor<4xf32>
}

// A tensor in whose place results are written that somebody reads later is
// left alone: the results get memory of their own, and nothing is copied.
// BUFFERS-LABEL: func.func @in_place
// BUFFERS: %[[OWN:.+]] = memref.alloc()
// BUFFERS-NOT: memref.copy
// BUFFERS: convopt.loops outs(%[[OWN]] : memref<4xf32>) {
func.func @in_place(%x: tensor<4xf32>) -> (tensor<4xf32>, tensor<4xf32>) {
  %y = convopt.loops outs(%x : tensor<4xf32>) -> tensor<4xf32> {
  ^bb0(%out: memref<4xf32>):
    %one = arith.constant 1.0 : f32
    %zero = arith.constant 0 : index
    %end = arith.constant 4 : index
    %step = arith.constant 1 : index
    scf.for %i = %zero to %end step %step {
      memref.store %one, %out[%i] : memref<4xf32>
    }
  }
  return %x, %y : tensor<4xf32>, tensor<4xf32>
}
