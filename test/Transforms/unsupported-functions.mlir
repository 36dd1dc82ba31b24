// What a pass cannot handle stays as it is, with a remark and exit status 0;
// what stands beside it is handled.
// RUN: convopt-opt %s --pass-pipeline='builtin.module(func.func(convopt-select-primitives{target=x86-64}))' 2> %t | FileCheck %s --check-prefixes=CHECK,CHOSEN
// RUN: FileCheck %s --check-prefixes=REMARK,CONV < %t
// RUN: convopt-opt %s --pass-pipeline='builtin.module(func.func(convopt-assign-layouts))' 2> %t | FileCheck %s
// RUN: FileCheck %s --check-prefix=REMARK < %t
// RUN: convopt-opt %s -convopt-form-kernels 2> %t | FileCheck %s --check-prefixes=CHECK,KERNEL
// RUN: FileCheck %s --check-prefix=REMARK < %t
// RUN: convopt-opt %s -convopt-normalise | FileCheck %s
// RUN: convopt-opt %s -convopt-pack-filters=target=x86-64 -convopt-scale-filters=target=x86-64 | FileCheck %s
// RUN: convopt-opt %s --pass-pipeline='builtin.module(convopt-normalise,func.func(convopt-select-primitives{target=x86-64},convopt-assign-layouts),convopt-form-kernels,convopt-pack-filters{target=x86-64},convopt-scale-filters{target=x86-64})' | FileCheck %s --check-prefixes=CHECK,CHOSEN

// REMARK-NOT: error:
// REMARK: unsupported-functions.mlir:[[# @LINE + 14]]:1: remark: has more than one block and is left as it is
// CONV: remark: {{.*}}has a shape that is not known: no primitive is chosen
// CONV: remark: {{.*}}stands within another operation: no primitive is chosen
// REMARK-NOT: error:

// CHECK-LABEL: func.func private @declared(tensor<1x8x6x6xf32>) -> tensor<1x8x4x4xf32>
func.func private @declared(tensor<1x8x6x6xf32>) -> tensor<1x8x4x4xf32>

// CHECK-LABEL: func.func @blocks(
// CHECK:         cf.cond_br
// CHECK:         linalg.conv_2d_nchw_fchw
// CHECK-SAME:      tensor<1x8x4x4xf32>
// CHECK:         cf.br
// CHECK:         return
func.func @blocks(%p: i1, %x: tensor<1x8x6x6xf32>, %z: tensor<1x8x4x4xf32>) -> tensor<1x8x4x4xf32> {
  %f = arith.constant dense<1.0> : tensor<8x8x3x3xf32>
  cf.cond_br %p, ^compute, ^end(%z : tensor<1x8x4x4xf32>)
^compute:
  %a = linalg.conv_2d_nchw_fchw ins(%x, %f : tensor<1x8x6x6xf32>, tensor<8x8x3x3xf32>) outs(%z : tensor<1x8x4x4xf32>) -> tensor<1x8x4x4xf32>
  cf.br ^end(%a : tensor<1x8x4x4xf32>)
^end(%r: tensor<1x8x4x4xf32>):
  return %r : tensor<1x8x4x4xf32>
}

// CHECK-LABEL: func.func @scalars(
// CHECK-NEXT:    arith.addf
// CHECK-NEXT:    return
func.func @scalars(%a: f32, %b: f32) -> f32 {
  %c = arith.addf %a, %b : f32
  return %c : f32
}

// CHECK-LABEL: func.func @nothing() {
// CHECK-NEXT:    return
func.func @nothing() {
  return
}

// CHECK-LABEL: func.func @buffers(
// CHECK:         linalg.matmul
func.func @buffers(%a: memref<4x4xf32>, %b: memref<4x4xf32>, %c: memref<4x4xf32>) {
  linalg.matmul ins(%a, %b : memref<4x4xf32>, memref<4x4xf32>) outs(%c : memref<4x4xf32>)
  return
}

// CHECK-LABEL: func.func @sizes(
// CHECK:         linalg.conv_2d_nchw_fchw
// CHECK:         linalg.matmul
func.func @sizes(%x: tensor<?x8x6x6xf32>, %z: tensor<?x8x4x4xf32>, %a: tensor<?x4xf32>, %c: tensor<?x4xf32>) -> (tensor<?x8x4x4xf32>, tensor<?x4xf32>) {
  %f = arith.constant dense<1.0> : tensor<8x8x3x3xf32>
  %w = arith.constant dense<1.0> : tensor<4x4xf32>
  %y = linalg.conv_2d_nchw_fchw ins(%x, %f : tensor<?x8x6x6xf32>, tensor<8x8x3x3xf32>) outs(%z : tensor<?x8x4x4xf32>) -> tensor<?x8x4x4xf32>
  %b = linalg.matmul ins(%a, %w : tensor<?x4xf32>, tensor<4x4xf32>) outs(%c : tensor<?x4xf32>) -> tensor<?x4xf32>
  return %y, %b : tensor<?x8x4x4xf32>, tensor<?x4xf32>
}

// CHECK-LABEL: func.func @within(
// CHECK:         linalg.conv_2d_nchw_fchw
// CHECK-SAME:      tensor<1x8x4x4xf32>
func.func @within(%p: i1, %x: tensor<1x8x6x6xf32>, %z: tensor<1x8x4x4xf32>) -> tensor<1x8x4x4xf32> {
  %f = arith.constant dense<1.0> : tensor<8x8x3x3xf32>
  %r = scf.execute_region -> tensor<1x8x4x4xf32> {
    cf.cond_br %p, ^compute, ^end(%z : tensor<1x8x4x4xf32>)
  ^compute:
    %a = linalg.conv_2d_nchw_fchw ins(%x, %f : tensor<1x8x6x6xf32>, tensor<8x8x3x3xf32>) outs(%z : tensor<1x8x4x4xf32>) -> tensor<1x8x4x4xf32>
    cf.br ^end(%a : tensor<1x8x4x4xf32>)
  ^end(%b: tensor<1x8x4x4xf32>):
    scf.yield %b : tensor<1x8x4x4xf32>
  }
  return %r : tensor<1x8x4x4xf32>
}

// KERNEL: convopt.kernel @
// CHECK-LABEL: func.func @supported(
// CHOSEN:        convopt.
func.func @supported(%x: tensor<1x8x6x6xf32>, %z: tensor<1x8x4x4xf32>) -> tensor<1x8x4x4xf32> {
  %f = arith.constant dense<1.0> : tensor<8x8x3x3xf32>
  %a = linalg.conv_2d_nchw_fchw ins(%x, %f : tensor<1x8x6x6xf32>, tensor<8x8x3x3xf32>) outs(%z : tensor<1x8x4x4xf32>) -> tensor<1x8x4x4xf32>
  return %a : tensor<1x8x4x4xf32>
}
