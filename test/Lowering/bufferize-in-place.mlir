// RUN: convopt-opt %s --pass-pipeline='builtin.module(func.func(convopt-outputs-to-arguments),convopt-bufferize,func.func(canonicalize,cse,canonicalize))' | FileCheck %s

// Values are computed where they are wanted: parts of a concatenation in the
// whole, the whole in the caller's memory. Inputs and constants are not
// written to. Kernels stay on tensors.

// CHECK: convopt.kernel @k(%{{.+}}: tensor<2x8xf32>)
convopt.kernel @k(%x: tensor<2x8xf32>) -> tensor<2x8xf32> {
  convopt.yield %x : tensor<2x8xf32>
}

// CHECK-LABEL: func.func @main(
// CHECK-SAME: %[[X:.+]]: memref<2x8xf32>, %[[Y:.+]]: memref<4x8xf32>)
func.func @main(%x: tensor<2x8xf32>) -> tensor<4x8xf32> {
  // CHECK-DAG: %[[LOW:.+]] = memref.subview %[[Y]][0, 0]
  // CHECK-DAG: %[[T:.+]] = memref.alloc()
  %e = tensor.empty() : tensor<2x8xf32>
  // CHECK: convopt.launch @k ins(%[[X]] : {{.+}}) outs(%[[T]]
  %1 = convopt.launch @k ins(%x : tensor<2x8xf32>) outs(%e : tensor<2x8xf32>) -> tensor<2x8xf32>
  // CHECK: convopt.launch @k ins(%[[T]] : {{.+}}) outs(%[[LOW]]
  %2 = convopt.launch @k ins(%1 : tensor<2x8xf32>) outs(%e : tensor<2x8xf32>) -> tensor<2x8xf32>
  // CHECK: %[[HIGH:.+]] = memref.subview %[[Y]][2, 0]
  // CHECK: convopt.launch @k ins(%[[T]] : {{.+}}) outs(%[[HIGH]]
  %3 = convopt.launch @k ins(%1 : tensor<2x8xf32>) outs(%e : tensor<2x8xf32>) -> tensor<2x8xf32>
  // CHECK-NOT: alloc
  // CHECK-NOT: copy
  %whole = tensor.empty() : tensor<4x8xf32>
  %4 = tensor.insert_slice %2 into %whole[0, 0] [2, 8] [1, 1] : tensor<2x8xf32> into tensor<4x8xf32>
  %5 = tensor.insert_slice %3 into %4[2, 0] [2, 8] [1, 1] : tensor<2x8xf32> into tensor<4x8xf32>
  // CHECK: return
  return %5 : tensor<4x8xf32>
}
