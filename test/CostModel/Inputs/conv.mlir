func.func @main(%image: tensor<1x16x14x14xf32>) -> tensor<1x32x12x12xf32> {
  %filter = arith.constant dense<0.5> : tensor<32x16x3x3xf32>
  %zero = arith.constant 0.0 : f32
  %empty = tensor.empty() : tensor<1x32x12x12xf32>
  %init = linalg.fill ins(%zero : f32) outs(%empty : tensor<1x32x12x12xf32>) -> tensor<1x32x12x12xf32>
  %0 = linalg.conv_2d_nchw_fchw ins(%image, %filter : tensor<1x16x14x14xf32>, tensor<32x16x3x3xf32>)
         outs(%init : tensor<1x32x12x12xf32>) -> tensor<1x32x12x12xf32>
  return %0 : tensor<1x32x12x12xf32>
}
