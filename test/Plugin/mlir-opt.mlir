// Stock mlir-opt annotates with the plugin alone; what it prints, it reads again with the dialect.
// RUN: mlir-opt %s --load-pass-plugin=%convopt_plugin --pass-pipeline='builtin.module(func.func(convopt-select-primitives{target=x86-64}))' -o %t.mlir
// RUN: FileCheck %s < %t.mlir
// RUN: mlir-opt %t.mlir --load-dialect-plugin=%convopt_plugin --load-pass-plugin=%convopt_plugin --canonicalize --cse | FileCheck %s
// RUN: mlir-opt %t.mlir --load-dialect-plugin=%convopt_plugin --load-pass-plugin=%convopt_plugin --pass-pipeline='builtin.module(func.func(convopt-select-primitives{force=direct target=aarch64}))' | FileCheck %s --check-prefix=DIRECT
// RUN: mlir-opt %t.mlir --load-dialect-plugin=%convopt_plugin --load-pass-plugin=%convopt_plugin --pass-pipeline='builtin.module(func.func(convopt-assign-layouts))' | FileCheck %s --check-prefix=LAYOUTS

// CHECK: linalg.conv_2d_nhwc_hwcf {convopt.primitive = #convopt.primitive<{{[a-z0-9_]+}} variant = "
// DIRECT: linalg.conv_2d_nhwc_hwcf {convopt.primitive = #convopt.primitive<direct variant = "
// LAYOUTS: convopt.primitive = #convopt.primitive<
func.func @nhwc(%x: tensor<1x30x30x64xf32>, %z: tensor<1x28x28x64xf32>) -> tensor<1x28x28x64xf32> {
  %f = arith.constant dense<1.0> : tensor<3x3x64x64xf32>
  %c = linalg.conv_2d_nhwc_hwcf ins(%x, %f : tensor<1x30x30x64xf32>, tensor<3x3x64x64xf32>) outs(%z : tensor<1x28x28x64xf32>) -> tensor<1x28x28x64xf32>
  return %c : tensor<1x28x28x64xf32>
}

// CHECK: linalg.generic {{.*}}convopt.primitive = #convopt.primitive<
#image = affine_map<(n, k, h, w, c, r, s) -> (n, c, h + r, w + s)>
#filter = affine_map<(n, k, h, w, c, r, s) -> (k, c, r, s)>
#result = affine_map<(n, k, h, w, c, r, s) -> (n, k, h, w)>
func.func @generic(%x: tensor<1x64x30x30xf32>, %z: tensor<1x32x28x28xf32>) -> tensor<1x32x28x28xf32> {
  %f = arith.constant dense<1.0> : tensor<32x64x3x3xf32>
  %c = linalg.generic {indexing_maps = [#image, #filter, #result],
                       iterator_types = ["parallel", "parallel", "parallel", "parallel", "reduction", "reduction", "reduction"]}
    ins(%x, %f : tensor<1x64x30x30xf32>, tensor<32x64x3x3xf32>) outs(%z : tensor<1x32x28x28xf32>) {
  ^bb0(%a: f32, %b: f32, %o: f32):
    %m = arith.mulf %a, %b : f32
    %s = arith.addf %o, %m : f32
    linalg.yield %s : f32
  } -> tensor<1x32x28x28xf32>
  return %c : tensor<1x32x28x28xf32>
}
