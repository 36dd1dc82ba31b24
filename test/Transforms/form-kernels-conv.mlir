// RUN: convopt-opt %s -convopt-form-kernels | FileCheck %s

// A block of a residual network: each convolution takes its padding, bias and
// what follows; of the two that are added, the later one takes the addition.

// CHECK:      convopt.kernel @[[SIDE:conv_pointwise_[0-9a-f]+]](
// CHECK:      convopt.kernel @[[FIRST:conv_direct_[0-9a-f]+]](%[[X:[a-z0-9]+]]: tensor<1x4x8x8xf32>, %[[F:[a-z0-9]+]]: tensor<4x4x3x3xf32>, %[[B:[a-z0-9]+]]: tensor<4xf32>) -> tensor<1x4x8x8xf32>
// CHECK:        %[[PAD:.*]] = tensor.pad %[[X]]
// CHECK:        %[[INIT:.*]] = linalg.broadcast ins(%[[B]]
// CHECK:        %[[C:[0-9]+]] = linalg.conv_2d_nchw_fchw {convopt.primitive = #convopt.primitive<direct variant = "6x4">} ins(%[[PAD]], %[[F]]
// CHECK-SAME:     outs(%[[INIT]]
// CHECK:        %[[R:.*]] = linalg.generic {{.*}} ins(%[[C]]
// CHECK:          arith.maximumf
// CHECK:        convopt.yield %[[R]]
// CHECK:      convopt.kernel @[[LAST:conv_direct_[0-9a-f]+]](
// CHECK-SAME:   %[[RESIDUAL:arg[0-9]+]]: tensor<1x4x8x8xf32>) -> tensor<1x4x8x8xf32>
// CHECK:          %[[C:[0-9]+]] = linalg.conv_2d_nchw_fchw
// CHECK:          linalg.add ins(%[[C]], %[[RESIDUAL]]
// CHECK:          arith.maximumf
// CHECK-NOT:  convopt.kernel
// CHECK:      func.func @main(%[[A:.*]]: tensor<1x4x8x8xf32>)
// CHECK:        %[[SKIP:.*]] = convopt.launch @[[SIDE]]
// CHECK:        %[[V1:.*]] = convopt.launch @[[FIRST]] ins(%[[A]],
// CHECK:        %[[V2:.*]] = convopt.launch @[[FIRST]] ins(%[[V1]],
// CHECK:        %[[V3:.*]] = convopt.launch @[[LAST]] ins(%[[V2]], {{.*}}, %[[SKIP]] :
// CHECK:        return %[[V3]]
#id = affine_map<(n, c, h, w) -> (n, c, h, w)>
func.func @main(%x: tensor<1x4x8x8xf32>) -> tensor<1x4x8x8xf32> {
  %zero = arith.constant 0.0 : f32
  %b1 = arith.constant dense<[1.0, 2.0, 3.0, 4.0]> : tensor<4xf32>
  %b2 = arith.constant dense<[5.0, 6.0, 7.0, 8.0]> : tensor<4xf32>
  %w1 = arith.constant dense_resource<w1> : tensor<4x4x3x3xf32>
  %w2 = arith.constant dense_resource<w2> : tensor<4x4x3x3xf32>
  // A splat, yet an argument: its kernel reads it packed.
  %w3 = arith.constant dense<1.0> : tensor<4x4x1x1xf32>
  %e = tensor.empty() : tensor<1x4x8x8xf32>
  %fill = linalg.fill ins(%zero : f32) outs(%e : tensor<1x4x8x8xf32>) -> tensor<1x4x8x8xf32>
  %i1 = linalg.broadcast ins(%b1 : tensor<4xf32>) outs(%e : tensor<1x4x8x8xf32>) dimensions = [0, 2, 3]
  %i2 = linalg.broadcast ins(%b2 : tensor<4xf32>) outs(%e : tensor<1x4x8x8xf32>) dimensions = [0, 2, 3]
  %side = linalg.conv_2d_nchw_fchw {convopt.primitive = #convopt.primitive<pointwise variant = "6x4" ns = 7>} ins(%x, %w3 : tensor<1x4x8x8xf32>, tensor<4x4x1x1xf32>) outs(%fill : tensor<1x4x8x8xf32>) -> tensor<1x4x8x8xf32>
  %p1 = tensor.pad %x low[0, 0, 1, 1] high[0, 0, 1, 1] {
  ^bb0(%a: index, %b: index, %c: index, %d: index):
    tensor.yield %zero : f32
  } : tensor<1x4x8x8xf32> to tensor<1x4x10x10xf32>
  %c1 = linalg.conv_2d_nchw_fchw {convopt.primitive = #convopt.primitive<direct variant = "6x4" ns = 5>} ins(%p1, %w1 : tensor<1x4x10x10xf32>, tensor<4x4x3x3xf32>) outs(%i1 : tensor<1x4x8x8xf32>) -> tensor<1x4x8x8xf32>
  %r1 = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%c1 : tensor<1x4x8x8xf32>) outs(%e : tensor<1x4x8x8xf32>) {
  ^bb0(%a: f32, %o: f32):
    %m = arith.maximumf %a, %zero : f32
    linalg.yield %m : f32
  } -> tensor<1x4x8x8xf32>
  // The same again with other weights and another estimate: the same kernel.
  %p2 = tensor.pad %r1 low[0, 0, 1, 1] high[0, 0, 1, 1] {
  ^bb0(%a: index, %b: index, %c: index, %d: index):
    tensor.yield %zero : f32
  } : tensor<1x4x8x8xf32> to tensor<1x4x10x10xf32>
  %c2 = linalg.conv_2d_nchw_fchw {convopt.pinned, convopt.primitive = #convopt.primitive<direct variant = "6x4" ns = 6>} ins(%p2, %w2 : tensor<1x4x10x10xf32>, tensor<4x4x3x3xf32>) outs(%i2 : tensor<1x4x8x8xf32>) -> tensor<1x4x8x8xf32>
  %r2 = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%c2 : tensor<1x4x8x8xf32>) outs(%e : tensor<1x4x8x8xf32>) {
  ^bb0(%a: f32, %o: f32):
    %m = arith.maximumf %a, %zero : f32
    linalg.yield %m : f32
  } -> tensor<1x4x8x8xf32>
  %p3 = tensor.pad %r2 low[0, 0, 1, 1] high[0, 0, 1, 1] {
  ^bb0(%a: index, %b: index, %c: index, %d: index):
    tensor.yield %zero : f32
  } : tensor<1x4x8x8xf32> to tensor<1x4x10x10xf32>
  %c3 = linalg.conv_2d_nchw_fchw {convopt.primitive = #convopt.primitive<direct variant = "6x4">} ins(%p3, %w1 : tensor<1x4x10x10xf32>, tensor<4x4x3x3xf32>) outs(%i1 : tensor<1x4x8x8xf32>) -> tensor<1x4x8x8xf32>
  %s = linalg.add ins(%c3, %side : tensor<1x4x8x8xf32>, tensor<1x4x8x8xf32>) outs(%e : tensor<1x4x8x8xf32>) -> tensor<1x4x8x8xf32>
  %r3 = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%s : tensor<1x4x8x8xf32>) outs(%e : tensor<1x4x8x8xf32>) {
  ^bb0(%a: f32, %o: f32):
    %m = arith.maximumf %a, %zero : f32
    linalg.yield %m : f32
  } -> tensor<1x4x8x8xf32>
  return %r3 : tensor<1x4x8x8xf32>
}

{-#
  dialect_resources: {
    builtin: {
      w1: "0x400000000000803F",
      w2: "0x400000000000803F"
    }
  }
#-}
