// RUN: convopt-compile %s --target=aarch64 --cpu=cortex-a73 --force-primitive=winograd_f6x6_3x3 --emit=kernels -o - | FileCheck %s

// Two registers at a time where an instruction loads or stores two: the copy
// of the image takes four, the output transform two vectors of a tile, which
// lie next to each other. The bias is added once for a row of a tile.
// CHECK: padded[ramp({{.*}}, 1, 16)
// CHECK: rowsOut[ramp({{.*}}, 1, 8){{.*}}] = product[ramp({{.*}}, 1, 8)
// CHECK: produce tileOut
// CHECK: in2[ramp({{.*}}, 1, 8)
// CHECK: {{^ *}}out[ramp({{.*}}, 1, 8){{.*}}] = tileOut[ramp(
// CHECK-NOT: in2[

func.func @main(%x: tensor<1x24x24x64xf32>, %b: tensor<64xf32>) -> tensor<1x24x24x64xf32> {
  %w = arith.constant dense<0.125> : tensor<64x3x3x64xf32>
  %zero = arith.constant 0.0 : f32
  %p = tensor.pad %x low[0, 1, 1, 0] high[0, 1, 1, 0] {
  ^bb0(%n: index, %h: index, %v: index, %c: index):
    tensor.yield %zero : f32
  } : tensor<1x24x24x64xf32> to tensor<1x26x26x64xf32>
  %e = tensor.empty() : tensor<1x24x24x64xf32>
  %init = linalg.broadcast ins(%b : tensor<64xf32>) outs(%e : tensor<1x24x24x64xf32>) dimensions = [0, 1, 2]
  %y = linalg.conv_2d_nhwc_fhwc ins(%p, %w : tensor<1x26x26x64xf32>, tensor<64x3x3x64xf32>)
         outs(%init : tensor<1x24x24x64xf32>) -> tensor<1x24x24x64xf32>
  return %y : tensor<1x24x24x64xf32>
}
