// RUN: convopt-opt %s --split-input-file --pass-pipeline='builtin.module(func.func(convopt-outputs-to-arguments),convopt-bufferize,func.func(canonicalize,cse,canonicalize))' | FileCheck %s

// An output that is an input or a constant is copied, never the caller's input
// returned or the constant handed out.

// CHECK-LABEL: func.func @identity(
// CHECK-SAME: %[[X:.+]]: memref<8xf32>, %[[Y:.+]]: memref<8xf32>)
// CHECK: memref.copy %[[X]], %[[Y]]
func.func @identity(%x: tensor<8xf32>) -> tensor<8xf32> {
  return %x : tensor<8xf32>
}

// -----

// CHECK-LABEL: func.func @constant(
// CHECK-SAME: %[[Y:.+]]: memref<2xf32>)
// CHECK: %[[C:.+]] = memref.get_global
// CHECK: memref.copy %[[C]], %[[Y]]
func.func @constant() -> tensor<2xf32> {
  %c = arith.constant dense<[1.0, 2.0]> : tensor<2xf32>
  return %c : tensor<2xf32>
}

// -----

// The input must not be overwritten by what is inserted into it.

// CHECK-LABEL: func.func @insert(
// CHECK-SAME: %[[X:.+]]: memref<8xf32>, %[[PART:.+]]: memref<2xf32>, %[[Y:.+]]: memref<8xf32>)
// CHECK-NOT: memref.subview %[[X]]
func.func @insert(%x: tensor<8xf32>, %part: tensor<2xf32>) -> tensor<8xf32> {
  %0 = tensor.insert_slice %part into %x[3] [2] [1] : tensor<2xf32> into tensor<8xf32>
  return %0 : tensor<8xf32>
}

// -----

// A copy of strided memory is a linalg op: memref.copy would become a call.

// CHECK-LABEL: func.func @slice(
// CHECK: linalg.copy
// CHECK-NOT: memref.copy
func.func @slice(%x: tensor<4x8xf32>) -> tensor<4x2xf32> {
  %0 = tensor.extract_slice %x[0, 3] [4, 2] [1, 1] : tensor<4x8xf32> to tensor<4x2xf32>
  return %0 : tensor<4x2xf32>
}
