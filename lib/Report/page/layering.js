// Where to draw the nodes of an acyclic graph: K. Sugiyama, S. Tagawa and M. Toda, "Methods for Visual Understanding of
// Hierarchical System Structures" (IEEE SMC 11(2), 1981). A node stands one layer below the lowest of those it reads;
// an edge over several layers gets a place in each, so that it passes between the nodes there; layers are ordered by
// the mean place of neighbours, up and down, and the order with the fewest crossings is kept. Then each layer moves as
// close to its neighbours' means as order and distances allow, which is an isotonic regression: exact, by pooling
// adjacent violators. Where all of the network passes through one node, that stands on the axis; else a network of many
// modules would drift to a side, each a little further than the one before.

/** Layers of { node, width, above, below }; `edges` are pairs of numbers of `nodes`, the later reads the earlier. */
function makeLayers(nodes, edges, edgeWidth) {
  const depth = nodes.map(() => 0);
  const incoming = nodes.map(() => []);
  edges.forEach(([from, to], i) => incoming[to].push([from, i]));
  nodes.forEach((_, to) => {
    for (const [from] of incoming[to]) depth[to] = Math.max(depth[to], depth[from] + 1);
  });
  const places = nodes.map((node) => ({ node, width: node.width, above: [], below: [] }));
  const layers = Array.from({ length: Math.max(...depth) + 1 }, () => []);
  places.forEach((place, i) => layers[depth[i]].push(place));
  const routes = edges.map(([from, to]) => {
    const route = [places[from]];
    for (let layer = depth[from] + 1; layer < depth[to]; ++layer) {
      route.push({ node: null, width: edgeWidth, above: [], below: [] });
      layers[layer].push(route[route.length - 1]);
    }
    route.push(places[to]);
    for (let i = 1; i < route.length; ++i) {
      route[i - 1].below.push(route[i]);
      route[i].above.push(route[i - 1]);
    }
    return route;
  });
  return { layers, places, routes };
}

function number(layer) {
  layer.forEach((place, i) => (place.index = i));
}

function crossings(layers) {
  let count = 0;
  for (const layer of layers) {
    const ends = layer.flatMap((place) => place.below.map((below) => [place.index, below.index]));
    for (let i = 0; i < ends.length; ++i)
      for (let j = i + 1; j < ends.length; ++j)
        if ((ends[i][0] - ends[j][0]) * (ends[i][1] - ends[j][1]) < 0) ++count;
  }
  return count;
}

function orderLayers(layers) {
  layers.forEach(number);
  const mean = (places) => places.reduce((sum, place) => sum + place.index, 0) / places.length;
  let best = { count: crossings(layers), order: layers.map((layer) => [...layer]) };
  for (let sweep = 0; sweep < 12 && best.count > 0; ++sweep) {
    const side = sweep % 2 ? "below" : "above";
    for (const layer of sweep % 2 ? [...layers].reverse() : layers) {
      const keys = new Map(layer.map((place) => [place, place[side].length ? mean(place[side]) : place.index]));
      layer.sort((a, b) => keys.get(a) - keys.get(b));
      number(layer);
    }
    const count = crossings(layers);
    if (count < best.count) best = { count, order: layers.map((layer) => [...layer]) };
  }
  best.order.forEach((layer, i) => {
    layers[i].splice(0, layer.length, ...layer);
    number(layers[i]);
  });
}

/** The x of `layer` nearest to `wanted`, by weighted squares, with `gap` between neighbours. */
function spreadLayer(layer, wanted, gap) {
  let offset = 0;
  const blocks = [];
  layer.forEach((place, i) => {
    if (i) offset += (layer[i - 1].width + place.width) / 2 + gap;
    place.offset = offset;
    const weight = place.node ? 1 : 4; // Long edges shall be straight.
    blocks.push({ sum: weight * (wanted[i] - offset), weight, count: 1 });
    while (blocks.length > 1) {
      const [before, last] = blocks.slice(-2);
      if (before.sum / before.weight <= last.sum / last.weight) break;
      blocks.splice(-2, 2, {
        sum: before.sum + last.sum,
        weight: before.weight + last.weight,
        count: before.count + last.count,
      });
    }
  });
  let i = 0;
  for (const block of blocks)
    for (let k = 0; k < block.count; ++k, ++i) layer[i].x = layer[i].offset + block.sum / block.weight;
}

/** Sets x (a middle) and layer of each place; returns the places, the edges' routes and the width. */
function layOut(nodes, edges, { gap = 26, edgeWidth = 10 } = {}) {
  const { layers, places, routes } = makeLayers(nodes, edges, edgeWidth);
  orderLayers(layers);
  layers.forEach((layer, i) => {
    for (const place of layer) place.layer = i;
    spreadLayer(layer, layer.map(() => 0), gap);
  });
  const meanX = (around) => around.reduce((sum, place) => sum + place.x, 0) / around.length;
  const wantedX = (layer, side) =>
    layer.length === 1 ? [0] : layer.map((place) => (place[side].length ? meanX(place[side]) : place.x));
  for (let sweep = 0; sweep < 16; ++sweep) {
    const side = sweep % 2 ? "below" : "above";
    for (const layer of sweep % 2 ? [...layers].reverse() : layers)
      spreadLayer(layer, wantedX(layer, side), gap);
  }
  const all = layers.flat();
  const left = Math.min(...all.map((place) => place.x - place.width / 2));
  for (const place of all) place.x -= left;
  return { places, routes, layers: layers.length, width: Math.max(...all.map((place) => place.x + place.width / 2)) };
}
