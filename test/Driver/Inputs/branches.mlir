// Two convolutions read the input, one with padding and a rectifier behind it; what both give is added.
func.func @main(%x: tensor<1x16x12x12xf32>) -> tensor<1x32x12x12xf32> {
  %narrow = arith.constant dense<0.5> : tensor<32x16x1x1xf32>
  %wide = arith.constant dense<0.25> : tensor<32x16x3x3xf32>
  %zero = arith.constant 0.0 : f32
  %e = tensor.empty() : tensor<1x32x12x12xf32>
  %init = linalg.fill ins(%zero : f32) outs(%e : tensor<1x32x12x12xf32>) -> tensor<1x32x12x12xf32>
  %a = linalg.conv_2d_nchw_fchw ins(%x, %narrow : tensor<1x16x12x12xf32>, tensor<32x16x1x1xf32>)
         outs(%init : tensor<1x32x12x12xf32>) -> tensor<1x32x12x12xf32> loc("narrow")
  %p = tensor.pad %x low[0, 0, 1, 1] high[0, 0, 1, 1] {
  ^bb0(%i: index, %j: index, %k: index, %l: index):
    tensor.yield %zero : f32
  } : tensor<1x16x12x12xf32> to tensor<1x16x14x14xf32> loc("padding")
  %b = linalg.conv_2d_nchw_fchw ins(%p, %wide : tensor<1x16x14x14xf32>, tensor<32x16x3x3xf32>)
         outs(%init : tensor<1x32x12x12xf32>) -> tensor<1x32x12x12xf32> loc("wide")
  %sum = linalg.generic {indexing_maps = [affine_map<(n, c, h, w) -> (n, c, h, w)>,
                                          affine_map<(n, c, h, w) -> (n, c, h, w)>,
                                          affine_map<(n, c, h, w) -> (n, c, h, w)>],
                         iterator_types = ["parallel", "parallel", "parallel", "parallel"]}
      ins(%a, %b : tensor<1x32x12x12xf32>, tensor<1x32x12x12xf32>) outs(%e : tensor<1x32x12x12xf32>) {
  ^bb0(%u: f32, %v: f32, %w: f32):
    %s = arith.addf %u, %v : f32
    %r = arith.maximumf %s, %zero : f32
    linalg.yield %r : f32
  } -> tensor<1x32x12x12xf32> loc("sum")
  return %sum : tensor<1x32x12x12xf32>
}
