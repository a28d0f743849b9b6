/** What scripts say, in the page's language: the messages came with the page, as `words-LANGUAGE.js`; English stands in the code. */

const { messages = {}, marked = false } = globalThis.posecheckWords ?? {};

/** The page's language, for numbers, dates and speech. */
export const LANGUAGE = document.documentElement.lang || "en";

/** A message with its values: `phrase("{count} of {total} done", { count: 1, total: 3 })`. The message must be a literal. */
export function phrase(message, values = {}) {
  return filled(messages[message] ?? message, values);
}

/** One of two messages, by a number, which both may name as `{count}`. */
export function counted(one, many, count, values = {}) {
  const known = messages[one];
  const [alone, several] = Array.isArray(known) ? known : [one, many];
  const isOne = count === 1 || (LANGUAGE === "fr" && count === 0);
  return filled(isOne ? alone : several, { count, ...values });
}

/** A number as the reader writes it: `2.5` or `2,5`. */
export function number(value, digits = 0) {
  return value.toLocaleString(LANGUAGE, { minimumFractionDigits: digits, maximumFractionDigits: digits, useGrouping: false });
}

/** A date such as `2026-11-29` as the reader writes it; English has no one way that all would read alike. */
export function day(date) {
  if (!["de", "es", "fr"].includes(LANGUAGE)) return date;
  return new Date(`${date}T00:00:00Z`).toLocaleDateString(LANGUAGE, { dateStyle: "medium", timeZone: "UTC" });
}

function filled(message, values) {
  const text = message.replace(/\{(\w+)\}/g, (place, name) => (name in values ? String(values[name]) : place));
  return marked ? `⟦${text}⟧` : text;
}
