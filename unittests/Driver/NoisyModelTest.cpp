// A model that adds noise computes what it did without.

#include "Calibration/NoisyModel.h"
#include "CalibrationFixture.h"

using namespace convopt;

namespace {
using Noise = Calibrated;
} // namespace

TEST_F(Noise, OfSizeZeroIsNone) {
  auto module = parse(chain(1, "return %x1 : tensor<1x64x16x16xf32>\n}"));
  KernelMemory kernels;
  auto model = llvm::cantFail(
      NoisyModel::compile(*module, options, environment, kernels));
  EXPECT_EQ(model->convolutions(), 1);
  const std::vector<float> image = normal(channels * pixels);
  std::vector<Bytes> outputs;
  ASSERT_TRUE(model->run(0, {0, 0}, {1, 2}, sample(image), outputs));
  ASSERT_EQ(outputs.size(), 1u);
  const auto *found = reinterpret_cast<const float *>(outputs[0].data());
  auto exact = [&](int64_t channel, int64_t pixel) {
    double sum = 0;
    for (int64_t c = 0; c < channels; ++c)
      sum += static_cast<double>(filters[0][channel * channels + c]) *
             image[c * pixels + pixel];
    return sum;
  };
  for (int64_t i = 0; i < channels * pixels; i += 37)
    EXPECT_NEAR(found[i], exact(i / pixels, i % pixels), 1e-5);
  // And of another size it is some, by the seed.
  std::vector<Bytes> noisy, again, other;
  ASSERT_TRUE(model->run(0, {0.5, 0}, {1, 2}, sample(image), noisy));
  ASSERT_TRUE(model->run(0, {0.5, 0}, {1, 3}, sample(image), again));
  ASSERT_TRUE(model->run(0, {0.5, 0}, {2, 2}, sample(image), other));
  EXPECT_NE(noisy, outputs);
  EXPECT_EQ(noisy, again);
  EXPECT_NE(noisy, other);
}
