// RUN: convopt-opt %s -convopt-narrow-images -split-input-file | FileCheck %s

// What a convolution in bf16 alone reads is rounded where it is computed;
// padding is of the halves.

// CHECK-LABEL: func.func @one_reader(
// CHECK:         %[[Y:.*]] = linalg.conv_2d_nhwc_hwcf {{.*}} -> tensor<1x8x8x16xf32>
// CHECK:         %[[H:.*]] = linalg.generic {{.*}} ins(%[[Y]] : tensor<1x8x8x16xf32>) outs(%{{.*}} : tensor<1x8x8x16xbf16>)
// CHECK:           arith.truncf %{{.*}} : f32 to bf16
// CHECK:         %[[ZERO:.*]] = arith.constant 0.000000e+00 : bf16
// CHECK:         %[[P:.*]] = tensor.pad %[[H]] low[0, 1, 1, 0] high[0, 1, 1, 0]
// CHECK:           tensor.yield %[[ZERO]] : bf16
// CHECK:         linalg.conv_2d_nhwc_hwcf {convopt.primitive = {{.*}}6x1-bf16{{.*}}} ins(%[[P]], %{{.*}} : tensor<1x10x10x16xbf16>, tensor<3x3x16x16xf32>) outs(%{{.*}} : tensor<1x8x8x16xf32>)
func.func @one_reader(%x: tensor<1x8x8x16xf32>, %a: tensor<1x1x16x16xf32>, %b: tensor<3x3x16x16xf32>, %init: tensor<1x8x8x16xf32>) -> tensor<1x8x8x16xf32> {
  %zero = arith.constant 0.0 : f32
  %y = linalg.conv_2d_nhwc_hwcf ins(%x, %a : tensor<1x8x8x16xf32>, tensor<1x1x16x16xf32>) outs(%init : tensor<1x8x8x16xf32>) -> tensor<1x8x8x16xf32>
  %p = tensor.pad %y low[0, 1, 1, 0] high[0, 1, 1, 0] {
  ^bb0(%i: index, %j: index, %k: index, %l: index):
    tensor.yield %zero : f32
  } : tensor<1x8x8x16xf32> to tensor<1x10x10x16xf32>
  %z = linalg.conv_2d_nhwc_hwcf {convopt.primitive = #convopt.primitive<direct variant = "6x1-bf16">} ins(%p, %b : tensor<1x10x10x16xf32>, tensor<3x3x16x16xf32>) outs(%init : tensor<1x8x8x16xf32>) -> tensor<1x8x8x16xf32>
  return %z : tensor<1x8x8x16xf32>
}

// -----

// Two readers that round alike read the same halves.

// CHECK-LABEL: func.func @two_readers(
// CHECK:         %[[H:.*]] = linalg.generic {{.*}} outs(%{{.*}} : tensor<1x8x8x16xf16>)
// CHECK:         linalg.conv_2d_nhwc_hwcf {{.*}} ins(%[[H]], %
// CHECK:         linalg.conv_2d_nhwc_hwcf {{.*}} ins(%[[H]], %
func.func @two_readers(%x: tensor<1x8x8x16xf32>, %a: tensor<1x1x16x16xf32>, %init: tensor<1x8x8x16xf32>) -> (tensor<1x8x8x16xf32>, tensor<1x8x8x16xf32>) {
  %y = linalg.conv_2d_nhwc_hwcf ins(%x, %a : tensor<1x8x8x16xf32>, tensor<1x1x16x16xf32>) outs(%init : tensor<1x8x8x16xf32>) -> tensor<1x8x8x16xf32>
  %z = linalg.conv_2d_nhwc_hwcf {convopt.primitive = #convopt.primitive<pointwise variant = "6x1-f16">} ins(%y, %a : tensor<1x8x8x16xf32>, tensor<1x1x16x16xf32>) outs(%init : tensor<1x8x8x16xf32>) -> tensor<1x8x8x16xf32>
  %w = linalg.conv_2d_nhwc_hwcf {convopt.primitive = #convopt.primitive<direct variant = "6x1-f16">} ins(%y, %a : tensor<1x8x8x16xf32>, tensor<1x1x16x16xf32>) outs(%init : tensor<1x8x8x16xf32>) -> tensor<1x8x8x16xf32>
  return %z, %w : tensor<1x8x8x16xf32>, tensor<1x8x8x16xf32>
}

// -----

// Somebody else wants it whole; a transformation rounds what comes of it; a
// filter alone in fewer bits leaves the image as it is.

// CHECK-LABEL: func.func @stay(
// CHECK-NOT:     truncf
// CHECK:         return
func.func @stay(%x: tensor<1x8x8x16xf32>, %a: tensor<1x1x16x16xf32>, %b: tensor<3x3x16x16xf32>, %init: tensor<1x8x8x16xf32>, %small: tensor<1x6x6x16xf32>) -> (tensor<1x8x8x16xf32>, tensor<1x8x8x16xf32>, tensor<1x6x6x16xf32>, tensor<1x8x8x16xf32>) {
  %y = linalg.conv_2d_nhwc_hwcf ins(%x, %a : tensor<1x8x8x16xf32>, tensor<1x1x16x16xf32>) outs(%init : tensor<1x8x8x16xf32>) -> tensor<1x8x8x16xf32>
  %z = linalg.conv_2d_nhwc_hwcf {convopt.primitive = #convopt.primitive<direct variant = "6x1-bf16">} ins(%y, %a : tensor<1x8x8x16xf32>, tensor<1x1x16x16xf32>) outs(%init : tensor<1x8x8x16xf32>) -> tensor<1x8x8x16xf32>
  %v = linalg.conv_2d_nhwc_hwcf ins(%z, %a : tensor<1x8x8x16xf32>, tensor<1x1x16x16xf32>) outs(%init : tensor<1x8x8x16xf32>) -> tensor<1x8x8x16xf32>
  %w = linalg.conv_2d_nhwc_hwcf {convopt.primitive = #convopt.primitive<winograd_f2x2_3x3 variant = "6x1-bf16">} ins(%v, %b : tensor<1x8x8x16xf32>, tensor<3x3x16x16xf32>) outs(%small : tensor<1x6x6x16xf32>) -> tensor<1x6x6x16xf32>
  %u = linalg.conv_2d_nhwc_hwcf {convopt.primitive = #convopt.primitive<direct variant = "6x1-w16">} ins(%z, %a : tensor<1x8x8x16xf32>, tensor<1x1x16x16xf32>) outs(%init : tensor<1x8x8x16xf32>) -> tensor<1x8x8x16xf32>
  return %y, %z, %w, %u : tensor<1x8x8x16xf32>, tensor<1x8x8x16xf32>, tensor<1x6x6x16xf32>, tensor<1x8x8x16xf32>
}

// -----

// Ones around an image are no part of a layer.

// CHECK-LABEL: func.func @padded_with_ones(
// CHECK-NOT:     truncf
// CHECK:         return
func.func @padded_with_ones(%x: tensor<1x8x8x16xf32>, %a: tensor<1x1x16x16xf32>, %b: tensor<3x3x16x16xf32>, %init: tensor<1x8x8x16xf32>) -> tensor<1x8x8x16xf32> {
  %one = arith.constant 1.0 : f32
  %y = linalg.conv_2d_nhwc_hwcf ins(%x, %a : tensor<1x8x8x16xf32>, tensor<1x1x16x16xf32>) outs(%init : tensor<1x8x8x16xf32>) -> tensor<1x8x8x16xf32>
  %p = tensor.pad %y low[0, 1, 1, 0] high[0, 1, 1, 0] {
  ^bb0(%i: index, %j: index, %k: index, %l: index):
    tensor.yield %one : f32
  } : tensor<1x8x8x16xf32> to tensor<1x10x10x16xf32>
  %z = linalg.conv_2d_nhwc_hwcf {convopt.primitive = #convopt.primitive<direct variant = "6x1-bf16">} ins(%p, %b : tensor<1x10x10x16xf32>, tensor<3x3x16x16xf32>) outs(%init : tensor<1x8x8x16xf32>) -> tensor<1x8x8x16xf32>
  return %z : tensor<1x8x8x16xf32>
}

// -----

// Readers that round to different numbers.

// CHECK-LABEL: func.func @unfit(
// CHECK-NOT:     truncf
// CHECK:         return
func.func @unfit(%x: tensor<1x8x8x16xf32>, %a: tensor<1x1x16x16xf32>, %init: tensor<1x8x8x16xf32>) -> (tensor<1x8x8x16xf32>, tensor<1x8x8x16xf32>) {
  %y = linalg.conv_2d_nhwc_hwcf ins(%x, %a : tensor<1x8x8x16xf32>, tensor<1x1x16x16xf32>) outs(%init : tensor<1x8x8x16xf32>) -> tensor<1x8x8x16xf32>
  %z = linalg.conv_2d_nhwc_hwcf {convopt.primitive = #convopt.primitive<direct variant = "6x1-bf16">} ins(%y, %a : tensor<1x8x8x16xf32>, tensor<1x1x16x16xf32>) outs(%init : tensor<1x8x8x16xf32>) -> tensor<1x8x8x16xf32>
  %w = linalg.conv_2d_nhwc_hwcf {convopt.primitive = #convopt.primitive<direct variant = "6x1-f16">} ins(%y, %a : tensor<1x8x8x16xf32>, tensor<1x1x16x16xf32>) outs(%init : tensor<1x8x8x16xf32>) -> tensor<1x8x8x16xf32>
  return %z, %w : tensor<1x8x8x16xf32>, tensor<1x8x8x16xf32>
}

// -----

// All elements of an image are halves, extended: element-wise readers extend
// them as well.

// CHECK-LABEL: func.func @residual(
// CHECK:         %[[H:.*]] = linalg.generic {{.*}} outs(%{{.*}} : tensor<1x8x8x16xbf16>)
// CHECK:           %[[T:.*]] = arith.truncf %{{.*}} : f32 to bf16
// CHECK:           linalg.yield %[[T]] : bf16
// CHECK:         linalg.conv_2d_nhwc_hwcf {{.*}} ins(%[[H]], %
// CHECK:         linalg.generic {{.*}} ins(%[[H]], %
// CHECK-NEXT:    ^bb0(%[[A:.*]]: bf16,
// CHECK-NEXT:      %[[E:.*]] = arith.extf %[[A]] : bf16 to f32
// CHECK-NEXT:      arith.addf %[[E]],
func.func @residual(%x: tensor<1x8x8x16xf32>, %a: tensor<1x1x16x16xf32>, %init: tensor<1x8x8x16xf32>) -> tensor<1x8x8x16xf32> {
  %y = linalg.generic {indexing_maps = [affine_map<(a, b, c, d) -> (a, b, c, d)>, affine_map<(a, b, c, d) -> (a, b, c, d)>], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%x : tensor<1x8x8x16xf32>) outs(%init : tensor<1x8x8x16xf32>) {
  ^bb0(%p: f32, %o: f32):
    %m = arith.mulf %p, %p : f32
    %h = arith.truncf %m : f32 to bf16
    %e = arith.extf %h : bf16 to f32
    linalg.yield %e : f32
  } -> tensor<1x8x8x16xf32>
  %z = linalg.conv_2d_nhwc_hwcf {convopt.primitive = #convopt.primitive<pointwise variant = "6x1-bf16">} ins(%y, %a : tensor<1x8x8x16xf32>, tensor<1x1x16x16xf32>) outs(%init : tensor<1x8x8x16xf32>) -> tensor<1x8x8x16xf32>
  %s = linalg.generic {indexing_maps = [affine_map<(a, b, c, d) -> (a, b, c, d)>, affine_map<(a, b, c, d) -> (a, b, c, d)>, affine_map<(a, b, c, d) -> (a, b, c, d)>], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%y, %z : tensor<1x8x8x16xf32>, tensor<1x8x8x16xf32>) outs(%init : tensor<1x8x8x16xf32>) {
  ^bb0(%p: f32, %q: f32, %o: f32):
    %m = arith.addf %p, %q : f32
    linalg.yield %m : f32
  } -> tensor<1x8x8x16xf32>
  return %s : tensor<1x8x8x16xf32>
}

// -----

// A convolution in groups sees the channels of an image parted, and its result
// is put together again: halves are, too.

// CHECK-LABEL: func.func @reshaped(
// CHECK:         %[[Y:.*]] = linalg.conv_2d_nhwc_hwcf
// CHECK:         %[[H:.*]] = linalg.generic {{.*}} ins(%[[Y]] : {{.*}}) outs(%{{.*}} : tensor<1x8x8x16xbf16>)
// CHECK-NOT:     expand_shape {{.*}}f32
// CHECK:         %[[E:.*]] = tensor.expand_shape %[[H]] {{.*}} : tensor<1x8x8x16xbf16> into tensor<1x8x8x4x4xbf16>
// CHECK-NOT:     collapse_shape {{.*}}f32
// CHECK:         %[[C:.*]] = tensor.collapse_shape %[[E]] {{.*}} : tensor<1x8x8x4x4xbf16> into tensor<1x8x8x16xbf16>
// CHECK:         linalg.conv_2d_nhwc_hwcf {{.*}} ins(%[[C]], %
func.func @reshaped(%x: tensor<1x8x8x16xf32>, %a: tensor<1x1x16x16xf32>, %init: tensor<1x8x8x16xf32>) -> tensor<1x8x8x16xf32> {
  %y = linalg.conv_2d_nhwc_hwcf ins(%x, %a : tensor<1x8x8x16xf32>, tensor<1x1x16x16xf32>) outs(%init : tensor<1x8x8x16xf32>) -> tensor<1x8x8x16xf32>
  %e = tensor.expand_shape %y [[0], [1], [2], [3, 4]] output_shape [1, 8, 8, 4, 4] : tensor<1x8x8x16xf32> into tensor<1x8x8x4x4xf32>
  %c = tensor.collapse_shape %e [[0], [1], [2], [3, 4]] : tensor<1x8x8x4x4xf32> into tensor<1x8x8x16xf32>
  %z = linalg.conv_2d_nhwc_hwcf {convopt.primitive = #convopt.primitive<direct variant = "6x1-bf16">} ins(%c, %a : tensor<1x8x8x16xf32>, tensor<1x1x16x16xf32>) outs(%init : tensor<1x8x8x16xf32>) -> tensor<1x8x8x16xf32>
  return %z : tensor<1x8x8x16xf32>
}

// -----

// The largest of rounded numbers is the largest, rounded: what maxima of
// windows are taken of is stored as halves as they are.

// CHECK-LABEL: func.func @maxima(
// CHECK:         %[[Y:.*]] = linalg.conv_2d_nhwc_hwcf
// CHECK:         %[[H:.*]] = linalg.generic {{.*}} ins(%[[Y]] : {{.*}}) outs(%{{.*}} : tensor<1x8x8x16xbf16>)
// CHECK:         %[[INF:.*]] = arith.constant 0xFF80 : bf16
// CHECK:         %[[P:.*]] = tensor.pad %[[H]]
// CHECK:           tensor.yield %[[INF]] : bf16
// CHECK:         %[[M:.*]] = linalg.pooling_nhwc_max {{.*}} ins(%[[P]], %{{.*}} : tensor<1x9x9x16xbf16>, tensor<3x3xf32>) outs(%{{.*}} : tensor<1x4x4x16xf32>)
// CHECK:         %[[G:.*]] = linalg.generic {{.*}} ins(%[[M]] : {{.*}}) outs(%{{.*}} : tensor<1x4x4x16xbf16>)
// CHECK:         linalg.conv_2d_nhwc_hwcf {{.*}} ins(%[[G]], %
func.func @maxima(%x: tensor<1x8x8x16xf32>, %a: tensor<1x1x16x16xf32>, %init: tensor<1x8x8x16xf32>, %small: tensor<1x4x4x16xf32>) -> tensor<1x4x4x16xf32> {
  %inf = arith.constant 0xFF800000 : f32
  %y = linalg.conv_2d_nhwc_hwcf ins(%x, %a : tensor<1x8x8x16xf32>, tensor<1x1x16x16xf32>) outs(%init : tensor<1x8x8x16xf32>) -> tensor<1x8x8x16xf32>
  %p = tensor.pad %y low[0, 1, 1, 0] high[0, 0, 0, 0] {
  ^bb0(%i: index, %j: index, %k: index, %l: index):
    tensor.yield %inf : f32
  } : tensor<1x8x8x16xf32> to tensor<1x9x9x16xf32>
  %f = linalg.fill ins(%inf : f32) outs(%small : tensor<1x4x4x16xf32>) -> tensor<1x4x4x16xf32>
  %w = tensor.empty() : tensor<3x3xf32>
  %m = linalg.pooling_nhwc_max {strides = dense<2> : vector<2xi64>} ins(%p, %w : tensor<1x9x9x16xf32>, tensor<3x3xf32>) outs(%f : tensor<1x4x4x16xf32>) -> tensor<1x4x4x16xf32>
  %z = linalg.conv_2d_nhwc_hwcf {convopt.primitive = #convopt.primitive<direct variant = "6x1-bf16">} ins(%m, %a : tensor<1x4x4x16xf32>, tensor<1x1x16x16xf32>) outs(%small : tensor<1x4x4x16xf32>) -> tensor<1x4x4x16xf32>
  return %z : tensor<1x4x4x16xf32>
}

// -----

// A mean of windows is of what was not rounded.

// CHECK-LABEL: func.func @sums_of_windows(
// CHECK:         %[[Y:.*]] = linalg.conv_2d_nhwc_hwcf
// CHECK:         linalg.pooling_nhwc_sum {{.*}} ins(%[[Y]], %{{.*}} : tensor<1x8x8x16xf32>, tensor<2x2xf32>)
func.func @sums_of_windows(%x: tensor<1x8x8x16xf32>, %a: tensor<1x1x16x16xf32>, %init: tensor<1x8x8x16xf32>, %small: tensor<1x4x4x16xf32>) -> tensor<1x4x4x16xf32> {
  %y = linalg.conv_2d_nhwc_hwcf ins(%x, %a : tensor<1x8x8x16xf32>, tensor<1x1x16x16xf32>) outs(%init : tensor<1x8x8x16xf32>) -> tensor<1x8x8x16xf32>
  %w = tensor.empty() : tensor<2x2xf32>
  %m = linalg.pooling_nhwc_sum {strides = dense<2> : vector<2xi64>} ins(%y, %w : tensor<1x8x8x16xf32>, tensor<2x2xf32>) outs(%small : tensor<1x4x4x16xf32>) -> tensor<1x4x4x16xf32>
  %z = linalg.conv_2d_nhwc_hwcf {convopt.primitive = #convopt.primitive<direct variant = "6x1-bf16">} ins(%m, %a : tensor<1x4x4x16xf32>, tensor<1x1x16x16xf32>) outs(%small : tensor<1x4x4x16xf32>) -> tensor<1x4x4x16xf32>
  return %z : tensor<1x4x4x16xf32>
}

// -----

// The maxima of halves are halves, for element-wise readers, too, if nothing
// that is none is among what they are taken of, as a third would be.

#map = affine_map<(a, b, c, d) -> (a, b, c, d)>

// CHECK-LABEL: func.func @residual_maxima(
// CHECK:         %[[H:.*]] = linalg.generic {{.*}} outs(%{{.*}} : tensor<1x8x8x16xbf16>)
// CHECK:         %[[M:.*]] = linalg.pooling_nhwc_max {{.*}} ins(%[[H]], %
// CHECK:         %[[G:.*]] = linalg.generic {{.*}} ins(%[[M]] : {{.*}}) outs(%{{.*}} : tensor<1x4x4x16xbf16>)
// CHECK:         linalg.pooling_nhwc_max {{.*}} : tensor<1x8x8x16xbf16>, tensor<2x2xf32>) outs(%{{.*}} : tensor<1x4x4x16xf32>)
// CHECK:         %[[Z:.*]] = linalg.conv_2d_nhwc_hwcf {{.*}} ins(%[[G]], %{{.*}} : tensor<1x4x4x16xbf16>
// CHECK:         %[[W:.*]] = linalg.conv_2d_nhwc_hwcf {{.*}} : tensor<1x4x4x16xf32>, tensor<1x1x16x16xf32>)
// CHECK:         linalg.generic {{.*}} ins(%[[G]], %[[Z]], %{{.*}}, %[[W]] : tensor<1x4x4x16xbf16>, tensor<1x4x4x16xf32>, tensor<1x4x4x16xf32>, tensor<1x4x4x16xf32>)
func.func @residual_maxima(%x: tensor<1x8x8x16xf32>, %x2: tensor<1x8x8x16xf32>, %a: tensor<1x1x16x16xf32>, %init: tensor<1x8x8x16xf32>, %small: tensor<1x4x4x16xf32>) -> tensor<1x4x4x16xf32> {
  %inf = arith.constant 0xFF800000 : f32
  %third = arith.constant 0.333333333 : f32
  %w = tensor.empty() : tensor<2x2xf32>
  %y = linalg.generic {indexing_maps = [#map, #map], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%x : tensor<1x8x8x16xf32>) outs(%init : tensor<1x8x8x16xf32>) {
  ^bb0(%p: f32, %o: f32):
    %h = arith.truncf %p : f32 to bf16
    %e = arith.extf %h : bf16 to f32
    linalg.yield %e : f32
  } -> tensor<1x8x8x16xf32>
  %f = linalg.fill ins(%inf : f32) outs(%small : tensor<1x4x4x16xf32>) -> tensor<1x4x4x16xf32>
  %m = linalg.pooling_nhwc_max {strides = dense<2> : vector<2xi64>} ins(%y, %w : tensor<1x8x8x16xf32>, tensor<2x2xf32>) outs(%f : tensor<1x4x4x16xf32>) -> tensor<1x4x4x16xf32>
  %y2 = linalg.generic {indexing_maps = [#map, #map], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%x2 : tensor<1x8x8x16xf32>) outs(%init : tensor<1x8x8x16xf32>) {
  ^bb0(%p: f32, %o: f32):
    %n = arith.negf %p : f32
    %h = arith.truncf %n : f32 to bf16
    %e = arith.extf %h : bf16 to f32
    linalg.yield %e : f32
  } -> tensor<1x8x8x16xf32>
  %f2 = linalg.fill ins(%third : f32) outs(%small : tensor<1x4x4x16xf32>) -> tensor<1x4x4x16xf32>
  %m2 = linalg.pooling_nhwc_max {strides = dense<2> : vector<2xi64>} ins(%y2, %w : tensor<1x8x8x16xf32>, tensor<2x2xf32>) outs(%f2 : tensor<1x4x4x16xf32>) -> tensor<1x4x4x16xf32>
  %z = linalg.conv_2d_nhwc_hwcf {convopt.primitive = #convopt.primitive<direct variant = "6x1-bf16">} ins(%m, %a : tensor<1x4x4x16xf32>, tensor<1x1x16x16xf32>) outs(%small : tensor<1x4x4x16xf32>) -> tensor<1x4x4x16xf32>
  %v = linalg.conv_2d_nhwc_hwcf {convopt.primitive = #convopt.primitive<direct variant = "6x1-bf16">} ins(%m2, %a : tensor<1x4x4x16xf32>, tensor<1x1x16x16xf32>) outs(%small : tensor<1x4x4x16xf32>) -> tensor<1x4x4x16xf32>
  %s = linalg.generic {indexing_maps = [#map, #map, #map, #map, #map], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%m, %z, %m2, %v : tensor<1x4x4x16xf32>, tensor<1x4x4x16xf32>, tensor<1x4x4x16xf32>, tensor<1x4x4x16xf32>) outs(%small : tensor<1x4x4x16xf32>) {
  ^bb0(%p: f32, %q: f32, %r: f32, %t: f32, %o: f32):
    %1 = arith.addf %p, %q : f32
    %2 = arith.addf %r, %t : f32
    %3 = arith.addf %1, %2 : f32
    linalg.yield %3 : f32
  } -> tensor<1x4x4x16xf32>
  return %s : tensor<1x4x4x16xf32>
}
