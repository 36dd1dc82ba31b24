// What a frontend might make: a convolution of 3x3 and one of 1x1, NCHW.
func.func @main(%image: tensor<1x16x34x34xf32>) -> tensor<1x32x32x32xf32> {
  %filter3 = arith.constant dense<0.5> : tensor<32x16x3x3xf32>
  %filter1 = arith.constant dense<0.25> : tensor<32x32x1x1xf32>
  %zero = arith.constant 0.0 : f32
  %empty = tensor.empty() : tensor<1x32x32x32xf32>
  %none = linalg.fill ins(%zero : f32) outs(%empty : tensor<1x32x32x32xf32>) -> tensor<1x32x32x32xf32>
  %a = linalg.conv_2d_nchw_fchw ins(%image, %filter3 : tensor<1x16x34x34xf32>, tensor<32x16x3x3xf32>)
      outs(%none : tensor<1x32x32x32xf32>) -> tensor<1x32x32x32xf32>
  %b = linalg.conv_2d_nchw_fchw ins(%a, %filter1 : tensor<1x32x32x32xf32>, tensor<32x32x1x1xf32>)
      outs(%none : tensor<1x32x32x32xf32>) -> tensor<1x32x32x32xf32>
  return %b : tensor<1x32x32x32xf32>
}
