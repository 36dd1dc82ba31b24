// Numbers for people: three digits that count, in the unit that needs no zeros before them.

function digits(value) {
  if (value === 0) return "0";
  const magnitude = Math.abs(value);
  if (magnitude >= 100) return value.toFixed(0);
  return value.toFixed(magnitude >= 10 ? 1 : magnitude >= 1 ? 2 : 3);
}

function timeText(seconds) {
  if (!seconds) return seconds === 0 ? "0" : "\u2013";
  if (seconds >= 1) return `${digits(seconds)} s`;
  return seconds >= 1e-3 ? `${digits(seconds * 1e3)} ms` : `${digits(seconds * 1e6)} \u00b5s`;
}

function bytesText(bytes) {
  if (bytes < 1024) return `${bytes} B`;
  return bytes < 1 << 20 ? `${digits(bytes / 1024)} KiB` : `${digits(bytes / (1 << 20))} MiB`;
}

function errorText(error) {
  return error.toExponential(1);
}

function percentText(share) {
  return `${(100 * share).toFixed(1)} %`;
}

function shapeText(shape) {
  return shape.length ? shape.join("\u00d7") : "scalar";
}

function countText(count, singular, plural = `${singular}s`) {
  return `${count} ${count === 1 ? singular : plural}`;
}

/** The end of a name tells more than its beginning. */
function shortened(text, most) {
  return text.length <= most ? text : `\u2026${text.slice(text.length - most + 1)}`;
}

function shortenedEnd(text, most) {
  return text.length <= most ? text : `${text.slice(0, most - 1)}\u2026`;
}

/** Round numbers from 0 to `most`, about `count` of them. */
function ticksTo(most, count) {
  const rough = most / count || 1;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].find((factor) => factor * power >= rough) * power;
  return Array.from({ length: Math.floor(most / step) + 1 }, (_, i) => i * step);
}
