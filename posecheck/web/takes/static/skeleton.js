/** A body and its angle, drawn on a canvas over the picture that they were found in. */

const LEFT = "#56b4e9", RIGHT = "#ff961e", TRUNK = "#ebeef2", EDGE = "rgb(0 0 0 / 55%)";
export const ANGLE = "#f5e61e";
const LIMBS = ["shoulder elbow", "elbow wrist", "hip knee", "knee ankle", "ankle heel", "heel foot_index", "ankle foot_index"];

/**
 * @param {CanvasRenderingContext2D} pen
 * @param {object} points as /api/takes/ID/landmarks gives them
 * @param {number} k which picture
 * @param {(x: number, y: number) => number[]} onto a point of the picture to one of the canvas
 * @param {number} width of a line, in pixels of the canvas
 */
export function drawSkeleton(pen, points, k, onto, width) {
  const row = points.xy_px[k];
  const at = (name) => {
    const j = points.points.indexOf(name);
    return row[2 * j] === null ? null : onto(row[2 * j], row[2 * j + 1]);
  };
  pen.lineCap = pen.lineJoin = "round";
  const middle = (part) => mean(at(`left_${part}`), at(`right_${part}`));
  line(pen, middle("shoulder"), middle("hip"), TRUNK, width);
  for (const [side, colour] of [["left", LEFT], ["right", RIGHT]]) {
    for (const limb of LIMBS) line(pen, ...limb.split(" ").map((part) => at(`${side}_${part}`)), colour, width);
  }
  for (const name of points.points) dot(pen, at(name), name.startsWith("left") ? LEFT : name.startsWith("right") ? RIGHT : TRUNK, width);
}

/**
 * An angle as an arc between its two lines, with its number beside it.
 * @param {CanvasRenderingContext2D} pen
 * @param {number[]} corner
 * @param {number[]} from direction of the line at which the angle is 0
 * @param {number[]} to direction of the body's own line
 * @param {string} words
 * @param {number} radius
 */
export function drawAngle(pen, corner, from, to, words, radius) {
  const [x, y] = corner;
  const begin = Math.atan2(from[1], from[0]);
  const turn = Math.atan2(from[0] * to[1] - from[1] * to[0], from[0] * to[0] + from[1] * to[1]);
  pen.lineCap = "round";
  pen.fillStyle = "rgb(245 230 30 / 26%)";
  pen.beginPath();
  pen.moveTo(x, y);
  pen.arc(x, y, radius, begin, begin + turn, turn < 0);
  pen.fill();
  for (const [style, wide] of [[EDGE, radius * 0.14], [ANGLE, radius * 0.075]]) {
    pen.strokeStyle = style;
    pen.lineWidth = wide;
    pen.setLineDash([]);
    pen.beginPath();
    pen.arc(x, y, radius, begin, begin + turn, turn < 0);
    pen.stroke();
    pen.setLineDash([radius * 0.16, radius * 0.16]);
    pen.beginPath();
    pen.moveTo(x, y);
    pen.lineTo(x + 1.3 * radius * from[0], y + 1.3 * radius * from[1]);
    pen.stroke();
  }
  pen.setLineDash([]);
  const away = begin + turn / 2, size = radius * 0.62;
  pen.font = `700 ${size}px system-ui, sans-serif`;
  pen.textAlign = "center";
  pen.textBaseline = "middle";
  const half = pen.measureText(words).width / 2;
  const at = [x + (1.25 * radius + half) * Math.cos(away), y + (1.25 * radius + size / 2) * Math.sin(away)];
  at[0] = Math.max(half + 4, Math.min(pen.canvas.width - half - 4, at[0]));
  at[1] = Math.max(size, Math.min(pen.canvas.height - size, at[1]));
  pen.lineJoin = "round";
  pen.lineWidth = size * 0.22;
  pen.strokeStyle = "#05080c";
  pen.strokeText(words, ...at);
  pen.fillStyle = ANGLE;
  pen.fillText(words, ...at);
}

function mean(a, b) {
  return a && b ? [(a[0] + b[0]) / 2, (a[1] + b[1]) / 2] : null;
}

function line(pen, a, b, colour, width) {
  if (!a || !b) return;
  for (const [style, wide] of [[EDGE, width + 2.5], [colour, width]]) {
    pen.strokeStyle = style;
    pen.lineWidth = wide;
    pen.beginPath();
    pen.moveTo(...a);
    pen.lineTo(...b);
    pen.stroke();
  }
}

function dot(pen, a, colour, width) {
  if (!a) return;
  pen.fillStyle = colour;
  pen.strokeStyle = EDGE;
  pen.lineWidth = 1.5;
  pen.beginPath();
  pen.arc(...a, width, 0, 2 * Math.PI);
  pen.fill();
  pen.stroke();
}
