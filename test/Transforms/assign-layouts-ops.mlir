// RUN: convopt-opt %s --split-input-file --pass-pipeline='builtin.module(func.func(convopt-assign-layouts))' | FileCheck %s

// Pooling, channel split and shuffle, concatenation and a residual addition between two NHWC convolutions: nothing is
// transposed but the function's argument and, for the shuffle, channels against groups.

#id = affine_map<(n, c, h, w) -> (n, c, h, w)>

// CHECK-LABEL: func.func @between(
// CHECK: linalg.transpose ins(%arg0 : tensor<1x4x9x9xf32>) outs(%{{.*}} : tensor<1x9x9x4xf32>)
// CHECK: %[[CONV:.*]] = linalg.generic {{.*}}convopt.primitive
// CHECK: %[[POOL:.*]] = linalg.generic {{.*}} ins(%[[CONV]], %{{.*}} : tensor<1x9x9x8xf32>, tensor<3x3xf32>) outs(%{{.*}} : tensor<1x4x4x8xf32>)
// CHECK: arith.maximumf
// CHECK: %[[GROUPS:.*]] = tensor.expand_shape %[[POOL]] {{.*}} : tensor<1x4x4x8xf32> into tensor<1x4x4x2x4xf32>
// CHECK: linalg.transpose ins(%[[GROUPS]] : {{.*}} permutation = [0, 1, 2, 4, 3]
// CHECK: %[[SHUFFLED:.*]] = tensor.collapse_shape {{.*}} into tensor<1x4x4x8xf32>
// CHECK: %[[HALF:.*]] = tensor.extract_slice %[[SHUFFLED]][0, 0, 0, 4] [1, 4, 4, 4] [1, 1, 1, 1] : tensor<1x4x4x8xf32> to tensor<1x4x4x4xf32>
// CHECK: %[[CAT:.*]] = tensor.concat dim(3) %[[HALF]], %[[HALF]]
// CHECK: %[[SUM:.*]] = linalg.generic {{.*}} ins(%[[CAT]], %[[POOL]] : tensor<1x4x4x8xf32>, tensor<1x4x4x8xf32>)
// CHECK-NOT: linalg.transpose
// CHECK: linalg.generic {{.*}} ins(%[[SUM]], {{.*}}convopt.primitive
// CHECK: linalg.transpose
// CHECK: return
func.func @between(%x: tensor<1x4x9x9xf32>, %f: tensor<8x4x1x1xf32>, %g: tensor<8x8x1x1xf32>) -> tensor<1x8x4x4xf32> {
  %zero = arith.constant 0.0 : f32
  %e9 = tensor.empty() : tensor<1x8x9x9xf32>
  %z9 = linalg.fill ins(%zero : f32) outs(%e9 : tensor<1x8x9x9xf32>) -> tensor<1x8x9x9xf32>
  %c = linalg.conv_2d_nchw_fchw {convopt.primitive = #convopt.primitive<pointwise in = nhwc out = nhwc>}
    ins(%x, %f : tensor<1x4x9x9xf32>, tensor<8x4x1x1xf32>) outs(%z9 : tensor<1x8x9x9xf32>) -> tensor<1x8x9x9xf32>
  %window = tensor.empty() : tensor<3x3xf32>
  %e4 = tensor.empty() : tensor<1x8x4x4xf32>
  %z4 = linalg.fill ins(%zero : f32) outs(%e4 : tensor<1x8x4x4xf32>) -> tensor<1x8x4x4xf32>
  %p = linalg.pooling_nchw_max {strides = dense<2> : vector<2xi64>}
    ins(%c, %window : tensor<1x8x9x9xf32>, tensor<3x3xf32>) outs(%z4 : tensor<1x8x4x4xf32>) -> tensor<1x8x4x4xf32>
  %s = tensor.expand_shape %p [[0], [1, 2], [3], [4]] output_shape [1, 2, 4, 4, 4] : tensor<1x8x4x4xf32> into tensor<1x2x4x4x4xf32>
  %es = tensor.empty() : tensor<1x4x2x4x4xf32>
  %t = linalg.transpose ins(%s : tensor<1x2x4x4x4xf32>) outs(%es : tensor<1x4x2x4x4xf32>) permutation = [0, 2, 1, 3, 4]
  %u = tensor.collapse_shape %t [[0], [1, 2], [3], [4]] : tensor<1x4x2x4x4xf32> into tensor<1x8x4x4xf32>
  %h = tensor.extract_slice %u[0, 4, 0, 0] [1, 4, 4, 4] [1, 1, 1, 1] : tensor<1x8x4x4xf32> to tensor<1x4x4x4xf32>
  %cat = tensor.concat dim(1) %h, %h : (tensor<1x4x4x4xf32>, tensor<1x4x4x4xf32>) -> tensor<1x8x4x4xf32>
  %sum = linalg.generic {indexing_maps = [#id, #id, #id], iterator_types = ["parallel", "parallel", "parallel", "parallel"]}
    ins(%cat, %p : tensor<1x8x4x4xf32>, tensor<1x8x4x4xf32>) outs(%e4 : tensor<1x8x4x4xf32>) {
  ^bb0(%a: f32, %b: f32, %o: f32):
    %m = arith.addf %a, %b : f32
    linalg.yield %m : f32
  } -> tensor<1x8x4x4xf32>
  %r = linalg.conv_2d_nchw_fchw {convopt.primitive = #convopt.primitive<pointwise in = nhwc out = nhwc>}
    ins(%sum, %g : tensor<1x8x4x4xf32>, tensor<8x8x1x1xf32>) outs(%z4 : tensor<1x8x4x4xf32>) -> tensor<1x8x4x4xf32>
  return %r : tensor<1x8x4x4xf32>
}

// -----

// A model's own permutation to NHWC is free where the convolution before it writes NHWC; what follows works on the last
// dimension and goes back.

// CHECK-LABEL: func.func @permuted(
// CHECK: linalg.transpose ins(%arg0
// CHECK: %[[CONV:.*]] = linalg.generic {{.*}}convopt.primitive
// CHECK: %[[SUM:.*]] = linalg.generic {{.*}} ins(%[[CONV]] : tensor<1x5x6x8xf32>)
// CHECK-SAME: tensor<1x5x6xf32>
// CHECK: linalg.generic {{.*}} ins(%[[CONV]], %[[SUM]] :
// CHECK-NOT: linalg.transpose
// CHECK: linalg.generic {{.*}}convopt.primitive
// CHECK: linalg.transpose
// CHECK-NOT: linalg
// CHECK: return
#full = affine_map<(n, h, w, c) -> (n, h, w, c)>
#row = affine_map<(n, h, w, c) -> (n, h, w)>
func.func @permuted(%x: tensor<1x4x5x6xf32>, %f: tensor<8x4x1x1xf32>, %g: tensor<8x8x1x1xf32>) -> tensor<1x8x5x6xf32> {
  %zero = arith.constant 0.0 : f32
  %e = tensor.empty() : tensor<1x8x5x6xf32>
  %z = linalg.fill ins(%zero : f32) outs(%e : tensor<1x8x5x6xf32>) -> tensor<1x8x5x6xf32>
  %c = linalg.conv_2d_nchw_fchw {convopt.primitive = #convopt.primitive<pointwise in = nhwc out = nhwc>}
    ins(%x, %f : tensor<1x4x5x6xf32>, tensor<8x4x1x1xf32>) outs(%z : tensor<1x8x5x6xf32>) -> tensor<1x8x5x6xf32>
  %et = tensor.empty() : tensor<1x5x6x8xf32>
  %t = linalg.transpose ins(%c : tensor<1x8x5x6xf32>) outs(%et : tensor<1x5x6x8xf32>) permutation = [0, 2, 3, 1]
  %er = tensor.empty() : tensor<1x5x6xf32>
  %zr = linalg.fill ins(%zero : f32) outs(%er : tensor<1x5x6xf32>) -> tensor<1x5x6xf32>
  %sum = linalg.generic {indexing_maps = [#full, #row], iterator_types = ["parallel", "parallel", "parallel", "reduction"]}
    ins(%t : tensor<1x5x6x8xf32>) outs(%zr : tensor<1x5x6xf32>) {
  ^bb0(%a: f32, %o: f32):
    %m = arith.addf %a, %o : f32
    linalg.yield %m : f32
  } -> tensor<1x5x6xf32>
  %d = linalg.generic {indexing_maps = [#full, #row, #full], iterator_types = ["parallel", "parallel", "parallel", "parallel"]}
    ins(%t, %sum : tensor<1x5x6x8xf32>, tensor<1x5x6xf32>) outs(%et : tensor<1x5x6x8xf32>) {
  ^bb0(%a: f32, %b: f32, %o: f32):
    %m = arith.subf %a, %b : f32
    linalg.yield %m : f32
  } -> tensor<1x5x6x8xf32>
  %back = linalg.transpose ins(%d : tensor<1x5x6x8xf32>) outs(%e : tensor<1x8x5x6xf32>) permutation = [0, 3, 1, 2]
  %r = linalg.conv_2d_nchw_fchw {convopt.primitive = #convopt.primitive<pointwise in = nhwc out = nhwc>}
    ins(%back, %g : tensor<1x8x5x6xf32>, tensor<8x8x1x1xf32>) outs(%z : tensor<1x8x5x6xf32>) -> tensor<1x8x5x6xf32>
  return %r : tensor<1x8x5x6xf32>
}

// -----

// Flattening after global pooling costs nothing; a flattened image has to be in order.

// CHECK-LABEL: func.func @flatten(
// CHECK: linalg.generic {{.*}}convopt.primitive
// CHECK: %[[MEAN:.*]] = linalg.generic {{.*}} outs(%{{.*}} : tensor<1x1x1x8xf32>)
// CHECK: tensor.collapse_shape %[[MEAN]] {{.*}} tensor<1x1x1x8xf32> into tensor<1x8xf32>
// CHECK-LABEL: func.func @flatten_image(
// CHECK: %[[ROWS:.*]] = linalg.transpose {{.*}} permutation = [0, 3, 1, 2]
// CHECK: tensor.collapse_shape %[[ROWS]] {{.*}} tensor<1x8x5x6xf32> into tensor<1x240xf32>
func.func @flatten(%x: tensor<1x4x5x6xf32>, %f: tensor<8x4x1x1xf32>) -> tensor<1x8xf32> {
  %zero = arith.constant 0.0 : f32
  %e = tensor.empty() : tensor<1x8x5x6xf32>
  %z = linalg.fill ins(%zero : f32) outs(%e : tensor<1x8x5x6xf32>) -> tensor<1x8x5x6xf32>
  %c = linalg.conv_2d_nchw_fchw {convopt.primitive = #convopt.primitive<pointwise in = nhwc out = nhwc>}
    ins(%x, %f : tensor<1x4x5x6xf32>, tensor<8x4x1x1xf32>) outs(%z : tensor<1x8x5x6xf32>) -> tensor<1x8x5x6xf32>
  %w = tensor.empty() : tensor<5x6xf32>
  %e1 = tensor.empty() : tensor<1x8x1x1xf32>
  %z1 = linalg.fill ins(%zero : f32) outs(%e1 : tensor<1x8x1x1xf32>) -> tensor<1x8x1x1xf32>
  %p = linalg.pooling_nchw_sum ins(%c, %w : tensor<1x8x5x6xf32>, tensor<5x6xf32>) outs(%z1 : tensor<1x8x1x1xf32>) -> tensor<1x8x1x1xf32>
  %a = tensor.collapse_shape %p [[0], [1, 2, 3]] : tensor<1x8x1x1xf32> into tensor<1x8xf32>
  return %a : tensor<1x8xf32>
}
func.func @flatten_image(%x: tensor<1x4x5x6xf32>, %f: tensor<8x4x1x1xf32>) -> tensor<1x240xf32> {
  %zero = arith.constant 0.0 : f32
  %e = tensor.empty() : tensor<1x8x5x6xf32>
  %z = linalg.fill ins(%zero : f32) outs(%e : tensor<1x8x5x6xf32>) -> tensor<1x8x5x6xf32>
  %c = linalg.conv_2d_nchw_fchw {convopt.primitive = #convopt.primitive<pointwise in = nhwc out = nhwc>}
    ins(%x, %f : tensor<1x4x5x6xf32>, tensor<8x4x1x1xf32>) outs(%z : tensor<1x8x5x6xf32>) -> tensor<1x8x5x6xf32>
  %b = tensor.collapse_shape %c [[0], [1, 2, 3]] : tensor<1x8x5x6xf32> into tensor<1x240xf32>
  return %b : tensor<1x240xf32>
}

// -----

// Grouped: channels split into groups where they stand, last; padding on five dimensions.

// CHECK-LABEL: func.func @grouped(
// CHECK: linalg.transpose
// CHECK: %[[X:.*]] = tensor.expand_shape {{.*}} : tensor<1x5x6x8xf32> into tensor<1x5x6x2x4xf32>
// CHECK: %[[P:.*]] = tensor.pad %[[X]] low[0, 1, 1, 0, 0] high[0, 1, 1, 0, 0]
// CHECK: %[[Y:.*]] = linalg.generic {{.*}} ins(%[[P]], %{{.*}} : tensor<1x7x8x2x4xf32>, tensor<2x4x4x3x3xf32>) outs(%{{.*}} : tensor<1x5x6x2x4xf32>)
// CHECK: tensor.collapse_shape %[[Y]] {{.*}} into tensor<1x5x6x8xf32>
// CHECK: linalg.transpose
func.func @grouped(%x: tensor<1x8x5x6xf32>, %f: tensor<2x4x4x3x3xf32>) -> tensor<1x8x5x6xf32> {
  %zero = arith.constant 0.0 : f32
  %g = tensor.expand_shape %x [[0], [1, 2], [3], [4]] output_shape [1, 2, 4, 5, 6] : tensor<1x8x5x6xf32> into tensor<1x2x4x5x6xf32>
  %p = tensor.pad %g low[0, 0, 0, 1, 1] high[0, 0, 0, 1, 1] {
  ^bb0(%i: index, %j: index, %k: index, %l: index, %m: index):
    tensor.yield %zero : f32
  } : tensor<1x2x4x5x6xf32> to tensor<1x2x4x7x8xf32>
  %e = tensor.empty() : tensor<1x2x4x5x6xf32>
  %z = linalg.fill ins(%zero : f32) outs(%e : tensor<1x2x4x5x6xf32>) -> tensor<1x2x4x5x6xf32>
  %c = linalg.conv_2d_ngchw_gfchw {convopt.primitive = #convopt.primitive<grouped in = nhwc out = nhwc>}
    ins(%p, %f : tensor<1x2x4x7x8xf32>, tensor<2x4x4x3x3xf32>) outs(%z : tensor<1x2x4x5x6xf32>) -> tensor<1x2x4x5x6xf32>
  %r = tensor.collapse_shape %c [[0], [1, 2], [3], [4]] : tensor<1x2x4x5x6xf32> into tensor<1x8x5x6xf32>
  return %r : tensor<1x8x5x6xf32>
}

// -----

// A dimension of one element can be taken for image or for channels: the same empty tensor serves both.

// CHECK-LABEL: func.func @one_element(
// CHECK: linalg.generic {{.*}} outs(%{{.*}} : tensor<1x5x6x1xf32>)
// CHECK: math.sqrt
// CHECK: linalg.generic {{.*}} outs(%{{.*}} : tensor<1x1x5x6xf32>)
// CHECK: math.absf
// CHECK: linalg.generic {{.*}}convopt.primitive
#all = affine_map<(n, h, w, c) -> (n, h, w, c)>
func.func @one_element(%x: tensor<1x8x5x6xf32>, %f: tensor<1x8x1x1xf32>, %g: tensor<1x1x1x8xf32>) -> tensor<1x5x6x8xf32> {
  %zero = arith.constant 0.0 : f32
  %e = tensor.empty() : tensor<1x1x5x6xf32>
  %z = linalg.fill ins(%zero : f32) outs(%e : tensor<1x1x5x6xf32>) -> tensor<1x1x5x6xf32>
  %c = linalg.conv_2d_nchw_fchw {convopt.primitive = #convopt.primitive<pointwise>}
    ins(%x, %f : tensor<1x8x5x6xf32>, tensor<1x8x1x1xf32>) outs(%z : tensor<1x1x5x6xf32>) -> tensor<1x1x5x6xf32>
  %plane = tensor.collapse_shape %c [[0, 1], [2], [3]] : tensor<1x1x5x6xf32> into tensor<1x5x6xf32>
  %wide = tensor.expand_shape %plane [[0], [1], [2, 3]] output_shape [1, 5, 6, 1] : tensor<1x5x6xf32> into tensor<1x5x6x1xf32>
  %shared = tensor.empty() : tensor<1x5x6x1xf32>
  %root = linalg.generic {indexing_maps = [#all, #all], iterator_types = ["parallel", "parallel", "parallel", "parallel"]}
    ins(%wide : tensor<1x5x6x1xf32>) outs(%shared : tensor<1x5x6x1xf32>) {
  ^bb0(%a: f32, %o: f32):
    %m = math.sqrt %a : f32
    linalg.yield %m : f32
  } -> tensor<1x5x6x1xf32>
  %image = linalg.generic {indexing_maps = [#all, #all], iterator_types = ["parallel", "parallel", "parallel", "parallel"]}
    ins(%root : tensor<1x5x6x1xf32>) outs(%shared : tensor<1x5x6x1xf32>) {
  ^bb0(%a: f32, %o: f32):
    %m = math.absf %a : f32
    linalg.yield %m : f32
  } -> tensor<1x5x6x1xf32>
  %e8 = tensor.empty() : tensor<1x5x6x8xf32>
  %z8 = linalg.fill ins(%zero : f32) outs(%e8 : tensor<1x5x6x8xf32>) -> tensor<1x5x6x8xf32>
  %r = linalg.conv_2d_nhwc_hwcf {convopt.primitive = #convopt.primitive<pointwise in = nchw out = nhwc>}
    ins(%image, %g : tensor<1x5x6x1xf32>, tensor<1x1x1x8xf32>) outs(%z8 : tensor<1x5x6x8xf32>) -> tensor<1x5x6x8xf32>
  return %r : tensor<1x5x6x8xf32>
}
