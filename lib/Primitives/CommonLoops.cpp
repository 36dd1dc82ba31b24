// Loops are described before anything is generated, as numbers: images, strips,
// blocks, tiles, and what each takes. Three ask for them. The cost model's
// features compare them with caches, the division among threads counts tasks,
// and the schedule is built of them; told apart by each they would drift apart.
// Primitives differ in few ways: tiles are rectangles of the image or pieces of
// a line of pixels, vectors are of channels or of pixels, and strips count one
// thing or another.

#include "CommonLoops.h"
#include "convopt/Primitives/Tiling.h"
#include <algorithm>

namespace convopt {

LoopNest stripLoops(const ConvLayer &l, const Choice &choice) {
  LoopNest nest;
  nest.images = l.batch;
  nest.extent = l.outHeight;
  nest.strip = choice.variant.strip;
  nest.width = nest.columns = l.outWidth;
  nest.tile = registerTile(choice);
  nest.filter = l.filterElements();
  nest.image = l.inputElements() / l.batch;
  return nest;
}

LoopNest rectangleLoops(const ConvLayer &l, const Choice &choice) {
  LoopNest nest = stripLoops(l, choice);
  nest.pixels = pixelTile(choice.variant.pixels, l.outWidth, l.outHeight);
  nest.granule = nest.pixels.rows;
  nest.channels = channelBlocks(l, nest.tile.channels).size;
  nest.blocks = divideUp(l.groups * l.outChannels, nest.channels);
  return nest;
}

LoopNest channelMajorLoops(const ConvLayer &l, const Choice &choice,
                           int64_t channels, int64_t rows) {
  LoopNest nest = stripLoops(l, choice);
  nest.pixels = {vectorTile(choice.variant), rows};
  nest.granule = rows;
  nest.channels = channelBlocks(l, channels).size;
  nest.blocks = divideUp(l.groups * l.outChannels, nest.channels);
  nest.blocksOutside = l.groups > 1;
  return nest;
}

LoopNest planeLoops(const ConvLayer &l, const Choice &choice) {
  LoopNest nest = stripLoops(l, choice);
  nest.unit = StripUnit::Pixels;
  nest.extent = l.outHeight * l.outWidth;
  nest.width = nest.columns = 1;
  nest.pixels.columns = nest.granule = nest.tile.pixels;
  nest.channels = nest.tile.channels;
  nest.blocks = divideUp(l.groups * l.outChannels, nest.channels);
  return nest;
}

LoopNest planeOfRowsLoops(const ConvLayer &l, const Choice &choice) {
  LoopNest nest = planeLoops(l, choice);
  const int64_t pitch = rowPitch(l, choice.variant);
  nest.extent = pixelsOfRows(l, choice.variant, l.outHeight);
  nest.strip = std::min(nest.strip * pitch, nest.extent);
  nest.granule = roundUp(nest.granule, pitch);
  return nest;
}

} // namespace convopt
