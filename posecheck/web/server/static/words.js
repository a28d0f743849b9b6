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
  const [alone, several] = messages[one] ?? [one, many];
  const isOne = count === 1 || (LANGUAGE === "fr" && count === 0);
  return filled(isOne ? alone : several, { count, ...values });
}

/** A number as the reader writes it: `2.5` or `2,5`. */
export function number(value, digits = 0) {
  return value.toLocaleString(LANGUAGE, { minimumFractionDigits: digits, maximumFractionDigits: digits, useGrouping: false });
}

function filled(message, values) {
  const text = message.replace(/\{(\w+)\}/g, (place, name) => (name in values ? String(values[name]) : place));
  return marked ? `⟦${text}⟧` : text;
}
