// RUN: convopt-opt %s --split-input-file --verify-diagnostics | FileCheck %s

// CHECK-LABEL: func.func @tensors
// CHECK: convopt.top_k %{{.+}} into %{{.+}}, %{{.+}} {smallest} : tensor<2x9xf32> into tensor<2x3xf32>, tensor<2x3xi64> -> tensor<2x3xf32>, tensor<2x3xi64>
func.func @tensors(%x: tensor<2x9xf32>, %v: tensor<2x3xf32>, %p: tensor<2x3xi64>) -> (tensor<2x3xf32>, tensor<2x3xi64>) {
  %y:2 = convopt.top_k %x into %v, %p {smallest} : tensor<2x9xf32> into tensor<2x3xf32>, tensor<2x3xi64> -> tensor<2x3xf32>, tensor<2x3xi64>
  return %y#0, %y#1 : tensor<2x3xf32>, tensor<2x3xi64>
}

// CHECK-LABEL: func.func @memrefs
// CHECK: convopt.top_k %{{.+}} into %{{.+}}, %{{.+}} {is_unsigned} : memref<2x9xi8> into memref<2x9xi8>, memref<2x9xi64>
func.func @memrefs(%x: memref<2x9xi8>, %v: memref<2x9xi8>, %p: memref<2x9xi64>) {
  convopt.top_k %x into %v, %p {is_unsigned} : memref<2x9xi8> into memref<2x9xi8>, memref<2x9xi64>
  return
}

// -----

func.func @longer(%x: memref<2x3xf32>, %v: memref<2x4xf32>, %p: memref<2x4xi64>) {
  // expected-error @+1 {{needs outputs with as many rows, no longer ones}}
  convopt.top_k %x into %v, %p : memref<2x3xf32> into memref<2x4xf32>, memref<2x4xi64>
  return
}

// -----

func.func @places(%x: memref<2x3xf32>, %v: memref<2x3xf32>, %p: memref<2x3xi32>) {
  // expected-error @+1 {{gives elements as they are and places as i64}}
  convopt.top_k %x into %v, %p : memref<2x3xf32> into memref<2x3xf32>, memref<2x3xi32>
  return
}

// -----

func.func @mixed(%x: tensor<2x3xf32>, %v: memref<2x3xf32>, %p: memref<2x3xi64>) {
  // expected-error @+1 {{takes tensors or memrefs, not both}}
  convopt.top_k %x into %v, %p : tensor<2x3xf32> into memref<2x3xf32>, memref<2x3xi64>
  return
}

// -----

func.func @no_results(%x: tensor<2x3xf32>, %v: tensor<2x3xf32>, %p: tensor<2x3xi64>) {
  // expected-error @+1 {{needs one result for each output tensor}}
  convopt.top_k %x into %v, %p : tensor<2x3xf32> into tensor<2x3xf32>, tensor<2x3xi64>
  return
}

// -----

func.func @rank(%x: tensor<6xf32>, %v: tensor<3xf32>, %p: tensor<3xi64>) {
  // expected-error @+1 {{takes rows of static shape, not 'tensor<6xf32>'}}
  %y:2 = convopt.top_k %x into %v, %p : tensor<6xf32> into tensor<3xf32>, tensor<3xi64> -> tensor<3xf32>, tensor<3xi64>
  return
}
