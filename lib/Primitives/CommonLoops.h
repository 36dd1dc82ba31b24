#ifndef CONVOPT_LIB_PRIMITIVES_COMMONLOOPS_H
#define CONVOPT_LIB_PRIMITIVES_COMMONLOOPS_H

#include "convopt/Primitives/Primitive.h"

namespace convopt {

// The loops that several primitives have.

/// Strips of rows; nothing is said of blocks and tiles yet but the register
/// tile.
LoopNest stripLoops(const ConvLayer &layer, const Choice &choice);

/// Channels last: tiles are rectangles of the image, blocks are of one tile's
/// channels.
LoopNest rectangleLoops(const ConvLayer &layer, const Choice &choice);

/// NCHW: tiles are `rows` rows of vectors of a row's pixels, blocks of at most
/// `channels` channels that lie within a group. A strip is of one group.
LoopNest channelMajorLoops(const ConvLayer &layer, const Choice &choice,
                           int64_t channels, int64_t rows);

/// Tiles run through the plane as if it were one row, blocks are of one tile's
/// channels, of which there are whole ones in a group if there are several.
LoopNest planeLoops(const ConvLayer &layer, const Choice &choice);

/// The same where Variant::strip counts rows, which may have a pitch.
LoopNest planeOfRowsLoops(const ConvLayer &layer, const Choice &choice);

} // namespace convopt

#endif // CONVOPT_LIB_PRIMITIVES_COMMONLOOPS_H
