// RUN: convopt-opt %s | convopt-opt | FileCheck %s

// CHECK: convopt.kernel @copy(%[[X:.*]]: tensor<8xf32>) -> tensor<8xf32>
// CHECK: convopt.yield %[[X]] : tensor<8xf32>
convopt.kernel @copy(%x: tensor<8xf32>) -> tensor<8xf32> {
  convopt.yield %x : tensor<8xf32>
}

// CHECK: convopt.launch @copy ins(%{{.*}} : tensor<8xf32>) outs(%{{.*}} : tensor<8xf32>) -> tensor<8xf32>
func.func @tensors(%x: tensor<8xf32>) -> tensor<8xf32> {
  %e = tensor.empty() : tensor<8xf32>
  %y = convopt.launch @copy ins(%x : tensor<8xf32>) outs(%e : tensor<8xf32>) -> tensor<8xf32>
  return %y : tensor<8xf32>
}

// CHECK: convopt.launch @copy ins(%{{.*}} : memref<8xf32>) outs(%{{.*}} : memref<8xf32>){{$}}
func.func @memrefs(%x: memref<8xf32>, %y: memref<8xf32>) {
  convopt.launch @copy ins(%x : memref<8xf32>) outs(%y : memref<8xf32>)
  return
}
