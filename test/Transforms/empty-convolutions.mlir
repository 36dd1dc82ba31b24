// Without convopt-fold-empty before them: there is no primitive for what has
// nothing to compute, and nothing is divided by a size of 0.
// RUN: convopt-opt %s --pass-pipeline='builtin.module(func.func(convopt-select-primitives{target=x86-64},convopt-assign-layouts),convopt-form-kernels,convopt-pack-filters{target=x86-64},convopt-scale-filters{target=x86-64})' | FileCheck %s
// RUN: convopt-opt %s -convopt-matmul-to-conv -convopt-sink-reshapes -convopt-fold-affine -convopt-fold-constants -convopt-fuse-elementwise | FileCheck %s

// CHECK-NOT:   convopt.primitive
// CHECK-LABEL: func.func @batch(
// CHECK:         linalg.conv_2d_nchw_fchw
func.func @batch(%x: tensor<0x3x5x5xf32>, %z: tensor<0x4x3x3xf32>) -> tensor<0x4x3x3xf32> {
  %f = arith.constant dense<1.0> : tensor<4x3x3x3xf32>
  %y = linalg.conv_2d_nchw_fchw ins(%x, %f : tensor<0x3x5x5xf32>, tensor<4x3x3x3xf32>) outs(%z : tensor<0x4x3x3xf32>) -> tensor<0x4x3x3xf32>
  return %y : tensor<0x4x3x3xf32>
}

// CHECK-LABEL: func.func @channels(
// CHECK:         linalg.conv_2d_nhwc_hwcf
func.func @channels(%x: tensor<1x5x5x0xf32>, %z: tensor<1x3x3x4xf32>) -> tensor<1x3x3x4xf32> {
  %f = arith.constant dense<> : tensor<3x3x0x4xf32>
  %y = linalg.conv_2d_nhwc_hwcf ins(%x, %f : tensor<1x5x5x0xf32>, tensor<3x3x0x4xf32>) outs(%z : tensor<1x3x3x4xf32>) -> tensor<1x3x3x4xf32>
  return %y : tensor<1x3x3x4xf32>
}

// CHECK-LABEL: func.func @filters(
// CHECK:         linalg.conv_2d_nchw_fchw
func.func @filters(%x: tensor<1x3x5x5xf32>, %b: tensor<1x0x3x3xf32>) -> tensor<1x0x3x3xf32> {
  %f = arith.constant dense<> : tensor<0x3x3x3xf32>
  %zero = arith.constant 0.0 : f32
  %e = tensor.empty() : tensor<1x0x3x3xf32>
  %z = linalg.fill ins(%zero : f32) outs(%e : tensor<1x0x3x3xf32>) -> tensor<1x0x3x3xf32>
  %y = linalg.conv_2d_nchw_fchw ins(%x, %f : tensor<1x3x5x5xf32>, tensor<0x3x3x3xf32>) outs(%z : tensor<1x0x3x3xf32>) -> tensor<1x0x3x3xf32>
  %s = linalg.add ins(%y, %z : tensor<1x0x3x3xf32>, tensor<1x0x3x3xf32>) outs(%e : tensor<1x0x3x3xf32>) -> tensor<1x0x3x3xf32>
  return %s : tensor<1x0x3x3xf32>
}

// CHECK-LABEL: func.func @groups(
// CHECK:         linalg.conv_2d_ngchw_gfchw
func.func @groups(%x: tensor<0x2x4x5x5xf32>, %z: tensor<0x2x4x3x3xf32>) -> tensor<0x2x4x3x3xf32> {
  %f = arith.constant dense<1.0> : tensor<2x4x4x3x3xf32>
  %y = linalg.conv_2d_ngchw_gfchw ins(%x, %f : tensor<0x2x4x5x5xf32>, tensor<2x4x4x3x3xf32>) outs(%z : tensor<0x2x4x3x3xf32>) -> tensor<0x2x4x3x3xf32>
  return %y : tensor<0x2x4x3x3xf32>
}

// CHECK-LABEL: func.func @depthwise(
// CHECK:         linalg.depthwise_conv_2d_nchw_chw
func.func @depthwise(%x: tensor<0x8x5x5xf32>, %z: tensor<0x8x3x3xf32>) -> tensor<0x8x3x3xf32> {
  %f = arith.constant dense<1.0> : tensor<8x3x3xf32>
  %y = linalg.depthwise_conv_2d_nchw_chw ins(%x, %f : tensor<0x8x5x5xf32>, tensor<8x3x3xf32>) outs(%z : tensor<0x8x3x3xf32>) -> tensor<0x8x3x3xf32>
  return %y : tensor<0x8x3x3xf32>
}

// CHECK-LABEL: func.func @products(
// CHECK:         linalg.matmul
// CHECK:         linalg.matmul
// CHECK:         linalg.matmul
func.func @products(%x: tensor<2x0xf32>, %n: tensor<0x3xf32>, %z: tensor<2x4xf32>, %e: tensor<0x4xf32>, %o: tensor<2x0xf32>) -> (tensor<2x4xf32>, tensor<0x4xf32>, tensor<2x0xf32>) {
  %k = arith.constant dense<> : tensor<0x4xf32>
  %w = arith.constant dense<1.0> : tensor<3x4xf32>
  %v = arith.constant dense<> : tensor<4x0xf32>
  %a = linalg.matmul ins(%x, %k : tensor<2x0xf32>, tensor<0x4xf32>) outs(%z : tensor<2x4xf32>) -> tensor<2x4xf32>
  %b = linalg.matmul ins(%n, %w : tensor<0x3xf32>, tensor<3x4xf32>) outs(%e : tensor<0x4xf32>) -> tensor<0x4xf32>
  %c = linalg.matmul ins(%a, %v : tensor<2x4xf32>, tensor<4x0xf32>) outs(%o : tensor<2x0xf32>) -> tensor<2x0xf32>
  return %a, %b, %c : tensor<2x4xf32>, tensor<0x4xf32>, tensor<2x0xf32>
}
