// RUN: convopt-opt %s --convopt-share-prefixes | FileCheck %s

// The layers of a DenseNet: each concatenation is the last one and a part more.
// CHECK-LABEL: func @dense
func.func @dense(%a: tensor<1x2x4xf32>, %b: tensor<1x3x4xf32>, %c: tensor<1x5x4xf32>, %d: tensor<1x7x4xf32>)
    -> (tensor<1x5x4xf32>, tensor<1x10x4xf32>, tensor<1x17x4xf32>) {
  // CHECK: %[[TWO:.+]] = tensor.concat dim(1) %arg0, %arg1 :
  // CHECK: %[[THREE:.+]] = tensor.concat dim(1) %[[TWO]], %arg2 :
  // CHECK: %[[FOUR:.+]] = tensor.concat dim(1) %[[THREE]], %arg3 :
  // CHECK: return %[[TWO]], %[[THREE]], %[[FOUR]]
  %0 = tensor.concat dim(1) %a, %b : (tensor<1x2x4xf32>, tensor<1x3x4xf32>) -> tensor<1x5x4xf32>
  %1 = tensor.concat dim(1) %a, %b, %c : (tensor<1x2x4xf32>, tensor<1x3x4xf32>, tensor<1x5x4xf32>) -> tensor<1x10x4xf32>
  %2 = tensor.concat dim(1) %a, %b, %c, %d : (tensor<1x2x4xf32>, tensor<1x3x4xf32>, tensor<1x5x4xf32>, tensor<1x7x4xf32>) -> tensor<1x17x4xf32>
  return %0, %1, %2 : tensor<1x5x4xf32>, tensor<1x10x4xf32>, tensor<1x17x4xf32>
}

// The longest one is taken, and several parts may follow.
// CHECK-LABEL: func @longest
func.func @longest(%a: tensor<2xf32>, %b: tensor<3xf32>) -> (tensor<5xf32>, tensor<7xf32>, tensor<12xf32>) {
  // CHECK: %[[SHORT:.+]] = tensor.concat dim(0) %arg0, %arg1 :
  // CHECK: %[[LONG:.+]] = tensor.concat dim(0) %[[SHORT]], %arg0 :
  // CHECK: tensor.concat dim(0) %[[LONG]], %arg0, %arg1 :
  %0 = tensor.concat dim(0) %a, %b : (tensor<2xf32>, tensor<3xf32>) -> tensor<5xf32>
  %1 = tensor.concat dim(0) %a, %b, %a : (tensor<2xf32>, tensor<3xf32>, tensor<2xf32>) -> tensor<7xf32>
  %2 = tensor.concat dim(0) %a, %b, %a, %a, %b : (tensor<2xf32>, tensor<3xf32>, tensor<2xf32>, tensor<2xf32>, tensor<3xf32>) -> tensor<12xf32>
  return %0, %1, %2 : tensor<5xf32>, tensor<7xf32>, tensor<12xf32>
}

// Neither other parts, nor another dimension, nor one that comes later.
// CHECK-LABEL: func @others
func.func @others(%a: tensor<2x2xf32>, %b: tensor<2x2xf32>) -> (tensor<2x4xf32>, tensor<6x2xf32>, tensor<2x6xf32>, tensor<4x2xf32>) {
  // CHECK: tensor.concat dim(1) %arg0, %arg1 :
  // CHECK: tensor.concat dim(0) %arg0, %arg1, %arg0 :
  // CHECK: tensor.concat dim(1) %arg1, %arg0, %arg1 :
  // CHECK: tensor.concat dim(0) %arg0, %arg1 :
  %0 = tensor.concat dim(1) %a, %b : (tensor<2x2xf32>, tensor<2x2xf32>) -> tensor<2x4xf32>
  %1 = tensor.concat dim(0) %a, %b, %a : (tensor<2x2xf32>, tensor<2x2xf32>, tensor<2x2xf32>) -> tensor<6x2xf32>
  %2 = tensor.concat dim(1) %b, %a, %b : (tensor<2x2xf32>, tensor<2x2xf32>, tensor<2x2xf32>) -> tensor<2x6xf32>
  %3 = tensor.concat dim(0) %a, %b : (tensor<2x2xf32>, tensor<2x2xf32>) -> tensor<4x2xf32>
  return %0, %1, %2, %3 : tensor<2x4xf32>, tensor<6x2xf32>, tensor<2x6xf32>, tensor<4x2xf32>
}
