// The blocks of branches and loops are programs of their own: their
// convolutions are chosen for, and their operations become kernels.
// RUN: convopt-opt %s --pass-pipeline='builtin.module(convopt-normalise,func.func(convopt-select-primitives{target=x86-64}),convopt-kernels{target=x86-64})' | FileCheck %s
// RUN: convopt-opt %s --pass-pipeline='builtin.module(convopt-normalise,func.func(convopt-select-primitives{target=x86-64}),convopt-kernels{target=x86-64},convopt-place)' | FileCheck %s --check-prefix=PLACED

// What both branches read is computed before, in the order in which it is
// written.
// CHECK-LABEL: func.func @branches(
// CHECK:         %[[A:.+]] = convopt.launch @conv_
// CHECK:         scf.if
// CHECK:           convopt.launch @conv_{{.*}} ins(%[[A]]
// CHECK:           scf.yield
// CHECK:         } else {
// CHECK:           %[[S:.+]] = convopt.launch @extract_slice_{{.*}} ins(%[[A]]
// CHECK:           convopt.launch @elementwise_{{.*}} ins(%[[S]]
// CHECK:           scf.yield
// Buffers of one branch may lie where those of the other do.
// PLACED-LABEL: func.func @branches(
// PLACED:         scf.if
// PLACED-NOT:     memref.alloc
func.func @branches(%flag: tensor<i1>, %x: tensor<1x8x12x12xf32>) -> tensor<1x8x8x8xf32> {
  %c = tensor.extract %flag[] : tensor<i1>
  %f = arith.constant dense<1.0> : tensor<8x8x3x3xf32>
  %zero = arith.constant 0.0 : f32
  %ea = tensor.empty() : tensor<1x8x10x10xf32>
  %za = linalg.fill ins(%zero : f32) outs(%ea : tensor<1x8x10x10xf32>) -> tensor<1x8x10x10xf32>
  %eb = tensor.empty() : tensor<1x8x8x8xf32>
  %zb = linalg.fill ins(%zero : f32) outs(%eb : tensor<1x8x8x8xf32>) -> tensor<1x8x8x8xf32>
  %a = linalg.conv_2d_nchw_fchw ins(%x, %f : tensor<1x8x12x12xf32>, tensor<8x8x3x3xf32>) outs(%za : tensor<1x8x10x10xf32>) -> tensor<1x8x10x10xf32>
  %r = scf.if %c -> tensor<1x8x8x8xf32> {
    %b = linalg.conv_2d_nchw_fchw ins(%a, %f : tensor<1x8x10x10xf32>, tensor<8x8x3x3xf32>) outs(%zb : tensor<1x8x8x8xf32>) -> tensor<1x8x8x8xf32>
    scf.yield %b : tensor<1x8x8x8xf32>
  } else {
    %s = tensor.extract_slice %a[0, 0, 1, 1] [1, 8, 8, 8] [1, 1, 1, 1] : tensor<1x8x10x10xf32> to tensor<1x8x8x8xf32>
    %e = linalg.exp ins(%s : tensor<1x8x8x8xf32>) outs(%eb : tensor<1x8x8x8xf32>) -> tensor<1x8x8x8xf32>
    scf.yield %e : tensor<1x8x8x8xf32>
  }
  return %r : tensor<1x8x8x8xf32>
}

// CHECK-LABEL: func.func @loop(
// CHECK:         scf.for
// CHECK:           convopt.launch @conv_
// CHECK:           scf.yield
// An iteration leaves its state where it found it.
// PLACED-LABEL: func.func @loop(
// PLACED:         scf.for
// PLACED-NOT:     iter_args
// PLACED:           convopt.launch @conv_
// PLACED:           memref.copy
func.func @loop(%x: tensor<1x8x6x6xf32>) -> tensor<1x8x6x6xf32> {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c4 = arith.constant 4 : index
  %zero = arith.constant 0.0 : f32
  %f = arith.constant dense<1.0> : tensor<8x8x1x1xf32>
  %e = tensor.empty() : tensor<1x8x6x6xf32>
  %z = linalg.fill ins(%zero : f32) outs(%e : tensor<1x8x6x6xf32>) -> tensor<1x8x6x6xf32>
  %r = scf.for %i = %c0 to %c4 step %c1 iter_args(%s = %x) -> tensor<1x8x6x6xf32> {
    %a = linalg.conv_2d_nchw_fchw ins(%s, %f : tensor<1x8x6x6xf32>, tensor<8x8x1x1xf32>) outs(%z : tensor<1x8x6x6xf32>) -> tensor<1x8x6x6xf32>
    scf.yield %a : tensor<1x8x6x6xf32>
  }
  return %r : tensor<1x8x6x6xf32>
}
