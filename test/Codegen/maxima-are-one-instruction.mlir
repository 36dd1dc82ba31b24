// RUN: rm -rf %t && convopt-compile %s --target=aarch64 --cpu=cortex-a73 --force-primitive=pointwise --emit=asm -o %t
// RUN: cat %t/conv_pointwise_*.s | FileCheck %s

// An activation that passes NaN is fmax and fmin, which do, too; no comparison
// and no selection.
// CHECK: Inner Loop Header
// CHECK-NOT: {{fcm|bsl|bit|bif|bic|maxnm|minnm}}
// CHECK: fmax v{{[0-9]+}}.4s
// CHECK-NOT: {{fcm|bsl|bit|bif|bic|maxnm|minnm}}
// CHECK: fmin v{{[0-9]+}}.4s
// CHECK-NOT: {{fcm|bsl|bit|bif|bic|maxnm|minnm}}
// CHECK-LABEL: .Lfunc_end

#map = affine_map<(n, y, x, c) -> (n, y, x, c)>
func.func @main(%x: tensor<1x20x20x256xf32>) -> tensor<1x20x20x128xf32> {
  %w = arith.constant dense<0.125> : tensor<128x1x1x256xf32>
  %zero = arith.constant 0.0 : f32
  %six = arith.constant 6.0 : f32
  %e = tensor.empty() : tensor<1x20x20x128xf32>
  %init = linalg.fill ins(%zero : f32) outs(%e : tensor<1x20x20x128xf32>) -> tensor<1x20x20x128xf32>
  %y = linalg.conv_2d_nhwc_fhwc ins(%x, %w : tensor<1x20x20x256xf32>, tensor<128x1x1x256xf32>)
         outs(%init : tensor<1x20x20x128xf32>) -> tensor<1x20x20x128xf32>
  %r = linalg.generic {indexing_maps = [#map, #map], iterator_types = ["parallel", "parallel", "parallel", "parallel"]}
         ins(%y : tensor<1x20x20x128xf32>) outs(%e : tensor<1x20x20x128xf32>) {
  ^bb0(%sum: f32, %old: f32):
    %larger = arith.maximumf %sum, %zero : f32
    %smaller = arith.minimumf %larger, %six : f32
    linalg.yield %smaller : f32
  } -> tensor<1x20x20x128xf32>
  return %r : tensor<1x20x20x128xf32>
}
