// RUN: %python %S/Inputs/flat_model.py %source/lib/CostModel/models/builtin.json winograd_f4x4_3x3 > %t.json
// RUN: convopt-opt %s --pass-pipeline='builtin.module(func.func(convopt-select-primitives{cost-model=%t.json target=x86-64}))' | FileCheck %s
// RUN: convopt-opt %s --pass-pipeline='builtin.module(func.func(convopt-select-primitives{cost-model=%t.json target=aarch64 any-filter}))' | FileCheck %s --check-prefix=ANY
// RUN: convopt-opt %s --pass-pipeline='builtin.module(func.func(convopt-select-primitives{cost-model=%t.json target=x86-64 force=direct}))' | FileCheck %s --check-prefix=FORCE
// RUN: convopt-opt %s --pass-pipeline='builtin.module(func.func(convopt-select-primitives{cost-model=%t.json target=x86-64 max-error=1e-6}))' | FileCheck %s --check-prefix=EXACT
// RUN: convopt-opt %s --pass-pipeline='builtin.module(func.func(convopt-select-primitives{cost-model=%t.json target=x86-64 force=direct precisions=w8}))' | FileCheck %s --check-prefix=FORCE --implicit-check-not=-w8
// RUN: convopt-opt %s --pass-pipeline='builtin.module(func.func(convopt-select-primitives{cost-model=%t.json target=x86-64 strict-nan}))' | FileCheck %s --check-prefix=EXACT
// RUN: convopt-opt %s --pass-pipeline='builtin.module(func.func(convopt-select-primitives{cost-model=%t.json target=x86-64 strict-nan force=winograd_f4x4_3x3}))' | FileCheck %s --check-prefix=EXACT
// RUN: convopt-opt %s --pass-pipeline='builtin.module(func.func(convopt-select-primitives{cost-model=%t.json target=x86-64 max-weights=2}))' | FileCheck %s --check-prefix=EXACT
// RUN: convopt-opt %s --pass-pipeline='builtin.module(func.func(convopt-select-primitives{cost-model=%t.json target=x86-64 max-workspace=1024}))' | FileCheck %s --check-prefix=EXACT
// RUN: convopt-opt %s --pass-pipeline='builtin.module(func.func(convopt-select-primitives{cost-model=%t.json target=x86-64 max-error=0 max-weights=0.1 explain}))' 2>&1 | FileCheck %s --check-prefix=NOTHING
// RUN: convopt-opt %s --pass-pipeline='builtin.module(func.func(convopt-select-primitives{cost-model=%t.json target=x86-64 explain}))' 2>&1 | FileCheck %s --check-prefix=TABLE

// TABLE: remark: choices:
// TABLE-NEXT: {{^}}convolution layer choice predicted{{$}}
// TABLE-NEXT: {{^}}first 64->64 28x28 3x3 +1 winograd_f4x4_3x3 [[L:[->a-z]+]] {{[^ ]+}} 0.0{{[0-9]+}} ms{{$}}
// TABLE-NEXT: {{^}} or winograd_f4x4_3x3 {{[^;]+}} ms; winograd_f4x4_3x3 {{[^;]+}} ms{{$}}
// TABLE-NEXT: {{^}}input 1 1x64x28x28 nchw->nhwc {{[0-9.]+}} ms{{$}}
// TABLE-NEXT: {{^}}first 1x64x28x28 nhwc->nchw {{[0-9.]+}} ms{{$}}
// TABLE-NEXT: {{^}}total {{[0-9.]+}} ms{{$}}

// NOTHING: {{^}}first 64->64 28x28 3x3 +1 none{{$}}
// NOTHING-NEXT: {{^}} has {{[0-9]+}} choices, all excluded: {{[0-9]+}} by weights
// NOTHING-LABEL: func.func @constant(
// NOTHING-NOT: convopt.primitive
// NOTHING: func.func

// CHECK-LABEL: func.func @constant(
// CHECK: linalg.conv_2d_nchw_fchw {convopt.primitive = #convopt.primitive<winograd_f4x4_3x3 variant = "{{[^"]+}}" {{.*}} ns = {{[1-9][0-9]*}}>
// FORCE-LABEL: func.func @constant(
// FORCE: linalg.conv_2d_nchw_fchw {convopt.primitive = #convopt.primitive<direct
// EXACT-LABEL: func.func @constant(
// EXACT-NOT: winograd
// EXACT: convopt.primitive = #convopt.primitive
func.func @constant(%x: tensor<1x64x28x28xf32>, %z: tensor<1x64x28x28xf32>) -> tensor<1x64x28x28xf32> {
  %f = arith.constant dense<1.0> : tensor<64x64x3x3xf32>
  %zero = arith.constant 0.0 : f32
  %p = tensor.pad %x low[0, 0, 1, 1] high[0, 0, 1, 1] {
  ^bb0(%i: index, %j: index, %k: index, %l: index):
    tensor.yield %zero : f32
  } : tensor<1x64x28x28xf32> to tensor<1x64x30x30xf32>
  %c = linalg.conv_2d_nchw_fchw ins(%p, %f : tensor<1x64x30x30xf32>, tensor<64x64x3x3xf32>) outs(%z : tensor<1x64x28x28xf32>) -> tensor<1x64x28x28xf32> loc("first")
  return %c : tensor<1x64x28x28xf32>
}

// A pinned primitive gets the rest of its choice; one that is complete stays as it is, but for its price.
// CHECK-LABEL: func.func @pinned(
// CHECK: convopt.pinned, convopt.primitive = #convopt.primitive<im2row variant = "
// CHECK: convopt.pinned, convopt.primitive = #convopt.primitive<im2row variant = "
// FORCE-LABEL: func.func @pinned(
// FORCE: convopt.pinned, convopt.primitive = #convopt.primitive<im2row variant = "
func.func @pinned(%x: tensor<1x64x30x30xf32>, %z: tensor<1x64x28x28xf32>) -> (tensor<1x64x28x28xf32>, tensor<1x64x28x28xf32>) {
  %f = arith.constant dense<1.0> : tensor<64x64x3x3xf32>
  %a = linalg.conv_2d_nchw_fchw {convopt.pinned, convopt.primitive = #convopt.primitive<im2row>}
    ins(%x, %f : tensor<1x64x30x30xf32>, tensor<64x64x3x3xf32>) outs(%z : tensor<1x64x28x28xf32>) -> tensor<1x64x28x28xf32>
  %b = linalg.conv_2d_nchw_fchw {convopt.pinned, convopt.primitive = #convopt.primitive<im2row>}
    ins(%x, %f : tensor<1x64x30x30xf32>, tensor<64x64x3x3xf32>) outs(%z : tensor<1x64x28x28xf32>) -> tensor<1x64x28x28xf32>
  return %a, %b : tensor<1x64x28x28xf32>, tensor<1x64x28x28xf32>
}

// A program in NHWC, as TOSA and IREE write it: arguments and results are NHWC, so nothing is transposed for a
// primitive that reads and writes that.
// CHECK-LABEL: func.func @channels_last(
// CHECK: linalg.conv_2d_nhwc_hwcf {convopt.primitive = #convopt.primitive<winograd_f4x4_3x3 variant = "{{[^"]+}}" in = nhwc out = nhwc
func.func @channels_last(%x: tensor<1x30x30x64xf32>, %z: tensor<1x28x28x64xf32>) -> tensor<1x28x28x64xf32> {
  %f = arith.constant dense<1.0> : tensor<3x3x64x64xf32>
  %c = linalg.conv_2d_nhwc_hwcf ins(%x, %f : tensor<1x30x30x64xf32>, tensor<3x3x64x64xf32>) outs(%z : tensor<1x28x28x64xf32>) -> tensor<1x28x28x64xf32>
  return %c : tensor<1x28x28x64xf32>
}

// And these must stay without: a filter that is no constant (unless asked for), pooling, other types.
// CHECK-LABEL: func.func @others(
// CHECK-NOT: convopt.primitive
// CHECK: return
// ANY-LABEL: func.func @others(
// ANY: linalg.conv_2d_nchw_fchw {convopt.primitive = #convopt.primitive<winograd_f4x4_3x3
// ANY-NOT: convopt.primitive
// ANY: return
func.func @others(%x: tensor<1x64x30x30xf32>, %f: tensor<64x64x3x3xf32>, %z: tensor<1x64x28x28xf32>, %w: tensor<3x3xf32>,
                  %xi: tensor<1x4x6x6xi32>, %zi: tensor<1x4x4x4xi32>) -> (tensor<1x64x28x28xf32>, tensor<1x64x28x28xf32>, tensor<1x4x4x4xi32>) {
  %c = linalg.conv_2d_nchw_fchw ins(%x, %f : tensor<1x64x30x30xf32>, tensor<64x64x3x3xf32>) outs(%z : tensor<1x64x28x28xf32>) -> tensor<1x64x28x28xf32>
  %p = linalg.pooling_nchw_sum ins(%x, %w : tensor<1x64x30x30xf32>, tensor<3x3xf32>) outs(%z : tensor<1x64x28x28xf32>) -> tensor<1x64x28x28xf32>
  %fi = arith.constant dense<1> : tensor<4x4x3x3xi32>
  %i = linalg.conv_2d_nchw_fchw ins(%xi, %fi : tensor<1x4x6x6xi32>, tensor<4x4x3x3xi32>) outs(%zi : tensor<1x4x4x4xi32>) -> tensor<1x4x4x4xi32>
  return %c, %p, %i : tensor<1x64x28x28xf32>, tensor<1x64x28x28xf32>, tensor<1x4x4x4xi32>
}
