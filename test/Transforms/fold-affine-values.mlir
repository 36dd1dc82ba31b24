// The same values with the pass and without; they come from numpy.
// RUN: convopt-opt %s | %execute | FileCheck %s
// RUN: convopt-opt %s -convopt-fold-affine | %execute | FileCheck %s
// RUN: convopt-opt %s -convopt-fold-affine | FileCheck %s --check-prefix=IR

// IR-NOT: linalg.generic
// IR-NOT: linalg.mul
// IR-NOT: linalg.sub

#id = affine_map<(n, c, h, w) -> (n, c, h, w)>
#channel = affine_map<(n, c, h, w) -> (c)>
#wide = affine_map<(n, c, h, w) -> (0, c, 0, 0)>

// Batch normalisation in one operation, after a bias.
func.func private @normalised(%x: tensor<1x4x2x3xf32>) -> tensor<1x2x2x2xf32> {
  %w = arith.constant dense<[[[[-1.0, 3.0]], [[0.0, -3.0]], [[2.0, 2.0]], [[2.0, -2.0]]], [[[-3.0, 3.0]], [[-3.0, 0.0]], [[-3.0, -1.0]], [[0.0, -1.0]]]]> : tensor<2x4x1x2xf32>
  %b = arith.constant dense<[1.0, -2.0]> : tensor<2xf32>
  %mean = arith.constant dense<[2.0, 3.0]> : tensor<2xf32>
  %var = arith.constant dense<[4.0, 0.25]> : tensor<2xf32>
  %gamma = arith.constant dense<[3.0, 5.0]> : tensor<2xf32>
  %beta = arith.constant dense<[0.5, -1.0]> : tensor<2xf32>
  %e = tensor.empty() : tensor<1x2x2x2xf32>
  %init = linalg.broadcast ins(%b : tensor<2xf32>) outs(%e : tensor<1x2x2x2xf32>) dimensions = [0, 2, 3]
  %c = linalg.conv_2d_nchw_fchw ins(%x, %w : tensor<1x4x2x3xf32>, tensor<2x4x1x2xf32>) outs(%init : tensor<1x2x2x2xf32>) -> tensor<1x2x2x2xf32>
  %y = linalg.generic {indexing_maps = [#id, #channel, #channel, #channel, #channel, #id], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%c, %mean, %var, %gamma, %beta : tensor<1x2x2x2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>) outs(%e : tensor<1x2x2x2xf32>) {
  ^bb0(%a: f32, %m: f32, %v: f32, %g: f32, %s: f32, %o: f32):
    %0 = arith.subf %a, %m : f32
    %1 = math.sqrt %v : f32
    %2 = arith.divf %0, %1 : f32
    %3 = arith.mulf %g, %2 : f32
    %4 = arith.addf %s, %3 : f32
    linalg.yield %4 : f32
  } -> tensor<1x2x2x2xf32>
  return %y : tensor<1x2x2x2xf32>
}

// Scale and shift after the reshape that joins the groups.
func.func private @grouped(%x: tensor<1x4x2x3xf32>) -> tensor<1x4x2x2xf32> {
  %zero = arith.constant 0.0 : f32
  %w = arith.constant dense<[[[[[-1.0, -3.0]], [[-3.0, -3.0]]], [[[-3.0, 1.0]], [[0.0, 1.0]]]], [[[[-2.0, 1.0]], [[2.0, -1.0]]], [[[0.0, 3.0]], [[2.0, 3.0]]]]]> : tensor<2x2x2x1x2xf32>
  %scale = arith.constant dense<[[[[2.0]], [[-1.0]], [[4.0]], [[3.0]]]]> : tensor<1x4x1x1xf32>
  %shift = arith.constant dense<[1.0, 2.0, 3.0, 4.0]> : tensor<4xf32>
  %e5 = tensor.empty() : tensor<1x2x2x2x2xf32>
  %e = tensor.empty() : tensor<1x4x2x2xf32>
  %init = linalg.fill ins(%zero : f32) outs(%e5 : tensor<1x2x2x2x2xf32>) -> tensor<1x2x2x2x2xf32>
  %x5 = tensor.expand_shape %x [[0], [1, 2], [3], [4]] output_shape [1, 2, 2, 2, 3] : tensor<1x4x2x3xf32> into tensor<1x2x2x2x3xf32>
  %c5 = linalg.conv_2d_ngchw_gfchw ins(%x5, %w : tensor<1x2x2x2x3xf32>, tensor<2x2x2x1x2xf32>) outs(%init : tensor<1x2x2x2x2xf32>) -> tensor<1x2x2x2x2xf32>
  %c = tensor.collapse_shape %c5 [[0], [1, 2], [3], [4]] : tensor<1x2x2x2x2xf32> into tensor<1x4x2x2xf32>
  %m = linalg.generic {indexing_maps = [#id, #wide, #id], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%c, %scale : tensor<1x4x2x2xf32>, tensor<1x4x1x1xf32>) outs(%e : tensor<1x4x2x2xf32>) {
  ^bb0(%a: f32, %s: f32, %o: f32):
    %0 = arith.mulf %a, %s : f32
    linalg.yield %0 : f32
  } -> tensor<1x4x2x2xf32>
  %y = linalg.generic {indexing_maps = [#channel, #id, #id], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%shift, %m : tensor<4xf32>, tensor<1x4x2x2xf32>) outs(%e : tensor<1x4x2x2xf32>) {
  ^bb0(%s: f32, %a: f32, %o: f32):
    %0 = arith.addf %s, %a : f32
    linalg.yield %0 : f32
  } -> tensor<1x4x2x2xf32>
  return %y : tensor<1x4x2x2xf32>
}

// Named operations, a difference the other way round, and depthwise.
func.func private @depthwise(%x: tensor<1x4x2x3xf32>) -> tensor<1x4x2x2xf32> {
  %zero = arith.constant 0.0 : f32
  %w = arith.constant dense<[[[-1.0, 1.0]], [[3.0, 1.0]], [[2.0, 1.0]], [[1.0, -1.0]]]> : tensor<4x1x2xf32>
  %ones = arith.constant dense<1.0> : tensor<1x4x2x2xf32>
  %scale = arith.constant dense<[2.0, -1.0, 4.0, 3.0]> : tensor<4xf32>
  %e = tensor.empty() : tensor<1x4x2x2xf32>
  %init = linalg.fill ins(%zero : f32) outs(%e : tensor<1x4x2x2xf32>) -> tensor<1x4x2x2xf32>
  %c = linalg.depthwise_conv_2d_nchw_chw ins(%x, %w : tensor<1x4x2x3xf32>, tensor<4x1x2xf32>) outs(%init : tensor<1x4x2x2xf32>) -> tensor<1x4x2x2xf32>
  %d = linalg.sub ins(%ones, %c : tensor<1x4x2x2xf32>, tensor<1x4x2x2xf32>) outs(%e : tensor<1x4x2x2xf32>) -> tensor<1x4x2x2xf32>
  %y = linalg.generic {indexing_maps = [#id, #channel, #id], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%d, %scale : tensor<1x4x2x2xf32>, tensor<4xf32>) outs(%e : tensor<1x4x2x2xf32>) {
  ^bb0(%a: f32, %s: f32, %o: f32):
    %0 = arith.mulf %a, %s : f32
    linalg.yield %0 : f32
  } -> tensor<1x4x2x2xf32>
  return %y : tensor<1x4x2x2xf32>
}

func.func private @printMemrefF32(tensor<*xf32>)

// CHECK:      {{\[\[\[\[}}8, 33.5],
// CHECK-NEXT: [5, -11.5]],
// CHECK-NEXT: {{\[\[}}-31, -31],
// CHECK-NEXT: [-161, -141]]]]
// CHECK:      {{\[\[\[\[}}27, 29],
// CHECK-NEXT: [-7, -3]],
// CHECK-NEXT: {{\[\[}}10, 7],
// CHECK-NEXT: [-4, -1]],
// CHECK-NEXT: {{\[\[}}-5, 39],
// CHECK-NEXT: [3, 15]],
// CHECK-NEXT: {{\[\[}}40, 31],
// CHECK-NEXT: [34, -17]]]]
// CHECK:      {{\[\[\[\[}}4, 4],
// CHECK-NEXT: [0, 6]],
// CHECK-NEXT: {{\[\[}}-13, -12],
// CHECK-NEXT: [6, 5]],
// CHECK-NEXT: {{\[\[}}0, -16],
// CHECK-NEXT: [-16, -4]],
// CHECK-NEXT: {{\[\[}}12, -12],
// CHECK-NEXT: [0, -9]]]]
func.func @main() {
  %x = arith.constant dense<[[[[2.0, 1.0, 0.0], [-2.0, -1.0, -3.0]], [[-3.0, -3.0, -2.0], [2.0, 1.0, 3.0]], [[0.0, 1.0, 3.0], [2.0, 1.0, 0.0]], [[0.0, 3.0, -2.0], [2.0, 1.0, -3.0]]]]> : tensor<1x4x2x3xf32>
  %0 = call @normalised(%x) : (tensor<1x4x2x3xf32>) -> tensor<1x2x2x2xf32>
  %1 = tensor.cast %0 : tensor<1x2x2x2xf32> to tensor<*xf32>
  call @printMemrefF32(%1) : (tensor<*xf32>) -> ()
  %2 = call @grouped(%x) : (tensor<1x4x2x3xf32>) -> tensor<1x4x2x2xf32>
  %3 = tensor.cast %2 : tensor<1x4x2x2xf32> to tensor<*xf32>
  call @printMemrefF32(%3) : (tensor<*xf32>) -> ()
  %4 = call @depthwise(%x) : (tensor<1x4x2x3xf32>) -> tensor<1x4x2x2xf32>
  %5 = tensor.cast %4 : tensor<1x4x2x2xf32> to tensor<*xf32>
  call @printMemrefF32(%5) : (tensor<*xf32>) -> ()
  return
}
