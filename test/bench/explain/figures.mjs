// Figures of the checks against the facts.

/** Side of a picture of the demo model's world, in pixels. */
const SIDE = 560;

/** Chance that a value of the first list is above one of the second; ties count half. */
export function auc(above, below) {
  let sum = 0;
  for (const high of above) {
    for (const low of below) {
      sum += high > low ? 1 : high === low ? 0.5 : 0;
    }
  }
  return sum / (above.length * below.length);
}

/** Boxes of what a question asks about, in shares of the first picture. */
export function boxesIn({ boxes }) {
  return boxes
    .filter(([picture]) => picture === 0)
    .map(([, ...sides]) => {
      const [left, top, right, bottom] = sides.map((pixels) => pixels / SIDE);
      return { left, top, right, bottom };
    });
}

export function overlaps(region, boxes) {
  return boxes.some(
    (box) =>
      region.left < box.right &&
      box.left < region.right &&
      region.top < box.bottom &&
      box.top < region.bottom,
  );
}

/** Index of the region whose covering moves the reward most. */
export function strongest({ own, regions }) {
  const changes = regions.map(({ reward }) => Math.abs(reward - own.reward));
  return changes.indexOf(Math.max(...changes));
}
