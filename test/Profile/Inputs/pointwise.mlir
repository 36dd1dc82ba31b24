func.func @main(%x: tensor<1x8x4x4xf32> {convopt.name = "x", convopt.type = "f32"}) -> (tensor<1x16x4x4xf32> {convopt.name = "y", convopt.type = "f32"}) {
  %f = arith.constant dense<1.0> : tensor<16x8x1x1xf32>
  %zero = arith.constant 0.0 : f32
  %e = tensor.empty() : tensor<1x16x4x4xf32>
  %z = linalg.fill ins(%zero : f32) outs(%e : tensor<1x16x4x4xf32>) -> tensor<1x16x4x4xf32>
  %y = linalg.conv_2d_nchw_fchw ins(%x, %f : tensor<1x8x4x4xf32>, tensor<16x8x1x1xf32>) outs(%z : tensor<1x16x4x4xf32>) -> tensor<1x16x4x4xf32>
  return %y : tensor<1x16x4x4xf32>
}
