// Convolutions in three dimensions as such in two; the values are the same with
// the pass and without.
// RUN: convopt-opt %s | %execute | FileCheck %s
// RUN: convopt-opt %s -convopt-planar-convolutions | %execute | FileCheck %s
// RUN: convopt-opt %s -convopt-planar-convolutions -canonicalize | FileCheck %s --check-prefix=IR

#id = affine_map<(n, c, d, h, w) -> (n, c, d, h, w)>
#channel = affine_map<(n, c, d, h, w) -> (0, c, 0, 0, 0)>

// The slices that a slice of the result reads become channels of one image;
// scale and activation are computed on images, with one transposition at the
// end.
// IR-DAG:     #[[$GATHER:.*]] = affine_map<(d0, d1, d2, d3, d4, d5, d6) -> (d0, d1 * 2 + d3, d2, d4, d5, d6)>
// IR-DAG:     #[[$CHANNEL:.*]] = affine_map<(d0, d1, d2, d3) -> (0, d1, 0, 0, 0)>
// IR-LABEL: func.func private @volume(
// IR:         %[[S:.*]] = linalg.transpose ins(%{{.*}} : tensor<1x1x3x1x2xf32>)
// IR:         linalg.broadcast {{.*}} outs(%{{.*}} : tensor<2x2x1x2xf32>) dimensions = [0, 2, 3]
// IR:         tensor.pad %[[S]] low[0, 1, 0, 0, 0] high[0, 1, 0, 0, 0]
// IR:         linalg.generic {indexing_maps = [#[[$GATHER]], {{.*}} outs(%{{.*}} : tensor<1x2x1x3x1x1x2xf32>)
// IR:         tensor.pad {{.*}} low[0, 0, 0, 1] high[0, 0, 0, 0]
// IR:         %[[Y:.*]] = linalg.conv_2d_nchw_fchw {{.*}} ins(%{{.*}}, %{{.*}} : tensor<2x3x1x3xf32>, tensor<2x3x1x2xf32>)
// IR-NEXT:    tensor.empty
// IR-NEXT:    %[[R:.*]] = linalg.generic {indexing_maps = [#{{.*}}, #[[$CHANNEL]], {{.*}} ins(%[[Y]], %
// IR:         %[[E:.*]] = tensor.expand_shape %[[R]]
// IR:         linalg.transpose ins(%[[E]]
func.func private @volume(%x: tensor<1x1x3x1x2xf32>) -> tensor<1x2x2x1x2xf32> {
  %zero = arith.constant 0.0 : f32
  %w = arith.constant dense<[[[[[1.0, 2.0]], [[3.0, 4.0]], [[5.0, 6.0]]]], [[[[-1.0, 0.5]], [[1.0, -0.5]], [[2.0, 0.0]]]]]> : tensor<2x1x3x1x2xf32>
  %b = arith.constant dense<[0.25, -0.5]> : tensor<2xf32>
  %s = arith.constant dense<[[[[[2.0]]], [[[4.0]]]]]> : tensor<1x2x1x1x1xf32>
  %p = tensor.pad %x low[0, 0, 1, 0, 1] high[0, 0, 1, 0, 0] {
  ^bb0(%n: index, %c: index, %d: index, %h: index, %q: index):
    tensor.yield %zero : f32
  } : tensor<1x1x3x1x2xf32> to tensor<1x1x5x1x3xf32>
  %e = tensor.empty() : tensor<1x2x2x1x2xf32>
  %i = linalg.broadcast ins(%b : tensor<2xf32>) outs(%e : tensor<1x2x2x1x2xf32>) dimensions = [0, 2, 3, 4]
  %y = linalg.conv_3d_ncdhw_fcdhw {strides = dense<[2, 1, 1]> : tensor<3xi64>} ins(%p, %w : tensor<1x1x5x1x3xf32>, tensor<2x1x3x1x2xf32>) outs(%i : tensor<1x2x2x1x2xf32>) -> tensor<1x2x2x1x2xf32>
  %r = linalg.generic {indexing_maps = [#id, #channel, #id], iterator_types = ["parallel", "parallel", "parallel", "parallel", "parallel"]} ins(%y, %s : tensor<1x2x2x1x2xf32>, tensor<1x2x1x1x1xf32>) outs(%e : tensor<1x2x2x1x2xf32>) {
  ^bb0(%a: f32, %k: f32, %o: f32):
    %m = arith.mulf %a, %k : f32
    %z = arith.maximumf %m, %zero : f32
    linalg.yield %z : f32
  } -> tensor<1x2x2x1x2xf32>
  return %r : tensor<1x2x2x1x2xf32>
}

// A filter of one slice leaves the slices as they are, one of slices alone sees
// each as a row; no element is copied between.
// IR-LABEL: func.func private @apart(
// IR-NOT:     linalg.generic
// IR:         linalg.conv_2d_nchw_fchw {{.*}} ins(%{{.*}}, %{{.*}} : tensor<3x1x1x2xf32>, tensor<1x1x1x2xf32>)
// IR-NOT:     linalg.generic
// IR:         linalg.conv_2d_nchw_fchw {{.*}} ins(%{{.*}}, %{{.*}} : tensor<1x1x3x1xf32>, tensor<1x1x2x1xf32>)
// IR:         return
func.func private @apart(%x: tensor<1x1x3x1x2xf32>) -> tensor<1x1x2x1x1xf32> {
  %zero = arith.constant 0.0 : f32
  %plane = arith.constant dense<[[[[[1.0, 2.0]]]]]> : tensor<1x1x1x1x2xf32>
  %depth = arith.constant dense<[[[[[1.0]], [[-3.0]]]]]> : tensor<1x1x2x1x1xf32>
  %e = tensor.empty() : tensor<1x1x3x1x1xf32>
  %i = linalg.fill ins(%zero : f32) outs(%e : tensor<1x1x3x1x1xf32>) -> tensor<1x1x3x1x1xf32>
  %y = linalg.conv_3d_ncdhw_fcdhw ins(%x, %plane : tensor<1x1x3x1x2xf32>, tensor<1x1x1x1x2xf32>) outs(%i : tensor<1x1x3x1x1xf32>) -> tensor<1x1x3x1x1xf32>
  %f = tensor.empty() : tensor<1x1x2x1x1xf32>
  %j = linalg.fill ins(%zero : f32) outs(%f : tensor<1x1x2x1x1xf32>) -> tensor<1x1x2x1x1xf32>
  %z = linalg.conv_3d_ncdhw_fcdhw ins(%y, %depth : tensor<1x1x3x1x1xf32>, tensor<1x1x2x1x1xf32>) outs(%j : tensor<1x1x2x1x1xf32>) -> tensor<1x1x2x1x1xf32>
  return %z : tensor<1x1x2x1x1xf32>
}

// Channels last, as others write it; the filter is of slices alone.
// IR-LABEL: func.func private @last(
// IR:         linalg.conv_2d_nchw_fchw {{.*}} ins(%{{.*}}, %{{.*}} : tensor<1x2x2x2xf32>, tensor<1x2x2x1xf32>)
func.func private @last(%x: tensor<1x2x1x2x2xf32>) -> tensor<1x1x1x2x1xf32> {
  %zero = arith.constant 0.0 : f32
  %w = arith.constant dense<[[[[[1.0], [2.0]]]], [[[[3.0], [4.0]]]]]> : tensor<2x1x1x2x1xf32>
  %e = tensor.empty() : tensor<1x1x1x2x1xf32>
  %i = linalg.fill ins(%zero : f32) outs(%e : tensor<1x1x1x2x1xf32>) -> tensor<1x1x1x2x1xf32>
  %y = linalg.conv_3d_ndhwc_dhwcf {strides = dense<[2, 1, 1]> : tensor<3xi64>} ins(%x, %w : tensor<1x2x1x2x2xf32>, tensor<2x1x1x2x1xf32>) outs(%i : tensor<1x1x1x2x1xf32>) -> tensor<1x1x1x2x1xf32>
  return %y : tensor<1x1x1x2x1xf32>
}

// A filter that only the run knows stays.
// IR-LABEL: func.func private @given(
// IR:         linalg.conv_3d_ncdhw_fcdhw
func.func private @given(%x: tensor<1x1x3x3x3xf32>, %w: tensor<1x1x2x2x2xf32>) -> tensor<1x1x2x2x2xf32> {
  %zero = arith.constant 0.0 : f32
  %e = tensor.empty() : tensor<1x1x2x2x2xf32>
  %i = linalg.fill ins(%zero : f32) outs(%e : tensor<1x1x2x2x2xf32>) -> tensor<1x1x2x2x2xf32>
  %y = linalg.conv_3d_ncdhw_fcdhw ins(%x, %w : tensor<1x1x3x3x3xf32>, tensor<1x1x2x2x2xf32>) outs(%i : tensor<1x1x2x2x2xf32>) -> tensor<1x1x2x2x2xf32>
  return %y : tensor<1x1x2x2x2xf32>
}

func.func private @printMemrefF32(tensor<*xf32>)

// Computed by hand, in Python.
// CHECK:      [44.5,  100.5,  52.5,  100.5,  0,  22,  0,  2]
// CHECK:      [-28,  -40]
// CHECK:      [44,  64]
func.func @main() {
  %x = arith.constant dense<[[[[[1.0, 2.0]], [[3.0, 4.0]], [[5.0, 6.0]]]]]> : tensor<1x1x3x1x2xf32>
  %v = call @volume(%x) : (tensor<1x1x3x1x2xf32>) -> tensor<1x2x2x1x2xf32>
  %v0 = tensor.collapse_shape %v [[0, 1, 2, 3, 4]] : tensor<1x2x2x1x2xf32> into tensor<8xf32>
  %v1 = tensor.cast %v0 : tensor<8xf32> to tensor<*xf32>
  call @printMemrefF32(%v1) : (tensor<*xf32>) -> ()
  %a = call @apart(%x) : (tensor<1x1x3x1x2xf32>) -> tensor<1x1x2x1x1xf32>
  %a0 = tensor.collapse_shape %a [[0, 1, 2, 3, 4]] : tensor<1x1x2x1x1xf32> into tensor<2xf32>
  %a1 = tensor.cast %a0 : tensor<2xf32> to tensor<*xf32>
  call @printMemrefF32(%a1) : (tensor<*xf32>) -> ()
  %y = arith.constant dense<[[[[[1.0, 2.0], [3.0, 4.0]]], [[[5.0, 6.0], [7.0, 8.0]]]]]> : tensor<1x2x1x2x2xf32>
  %l = call @last(%y) : (tensor<1x2x1x2x2xf32>) -> tensor<1x1x1x2x1xf32>
  %l0 = tensor.collapse_shape %l [[0, 1, 2, 3, 4]] : tensor<1x1x1x2x1xf32> into tensor<2xf32>
  %l1 = tensor.cast %l0 : tensor<2xf32> to tensor<*xf32>
  call @printMemrefF32(%l1) : (tensor<*xf32>) -> ()
  return
}
