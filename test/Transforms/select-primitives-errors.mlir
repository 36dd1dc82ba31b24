// RUN: not convopt-opt %s --pass-pipeline='builtin.module(func.func(convopt-select-primitives{target=x86-64}))' 2>&1 | FileCheck %s --check-prefix=PINNED
// RUN: not convopt-opt %s --pass-pipeline='builtin.module(func.func(convopt-select-primitives{force=fastest}))' 2>&1 | FileCheck %s --check-prefix=FORCE
// RUN: not convopt-opt %s --pass-pipeline='builtin.module(func.func(convopt-select-primitives{target=vax}))' 2>&1 | FileCheck %s --check-prefix=TARGET
// RUN: not convopt-opt %s --pass-pipeline='builtin.module(func.func(convopt-select-primitives{cost-model=%t.none}))' 2>&1 | FileCheck %s --check-prefix=MODEL
// RUN: not convopt-opt %s --pass-pipeline='builtin.module(func.func(convopt-select-primitives{threads=0}))' 2>&1 | FileCheck %s --check-prefix=THREADS

// THREADS: error: threads: expected a positive number
// PINNED: error: {{.*}}select-primitives-errors.mlir:{{[0-9]+}}: the pinned primitive depthwise does not support this convolution
// FORCE: error: there is no primitive called fastest
// TARGET: error: {{.*}}vax
// MODEL: error: {{.*}}.none: No such file or directory
func.func @main(%x: tensor<1x64x30x30xf32>, %z: tensor<1x64x28x28xf32>) -> tensor<1x64x28x28xf32> {
  %f = arith.constant dense<1.0> : tensor<64x64x3x3xf32>
  %a = linalg.conv_2d_nchw_fchw {convopt.pinned, convopt.primitive = #convopt.primitive<depthwise>}
    ins(%x, %f : tensor<1x64x30x30xf32>, tensor<64x64x3x3xf32>) outs(%z : tensor<1x64x28x28xf32>) -> tensor<1x64x28x28xf32>
  return %a : tensor<1x64x28x28xf32>
}
