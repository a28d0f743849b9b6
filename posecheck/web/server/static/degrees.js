/** How an angle is told: in whole degrees, with a real minus sign; as `posecheck/comparison/rounding.py` has it. */

const SIGNS = { deg: "°", pct: " %" };

/** `87°`, with `sign` also `+7°`; a dash where it is missing. */
export function told(value, unit = "deg", { sign = false } = {}) {
  if (value === null || value === undefined || !Number.isFinite(value)) return "–";
  const whole = Math.round(value) + 0;
  return `${whole < 0 ? "−" : sign && whole > 0 ? "+" : ""}${Math.abs(whole)}${SIGNS[unit] ?? ""}`;
}
