/** A person's end ranges over the sessions: before and after each stretch, with the band of the smallest detectable change. */

import { api } from "/static/api.js";
import { drawWhenSeen } from "/static/charts.js";

const person = document.querySelector("[data-person]").dataset.person;
const section = document.getElementById("history");
const template = document.getElementById("trend");

const history = await api("GET", `/api/people/${person}/history`);
if (history.sessions > 1) {
  section.hidden = false;
  document.getElementById("history-words").textContent = history.words;
  for (const outcome of history.outcomes) document.getElementById("trends").append(card(outcome));
}

function card(outcome) {
  const made = template.content.cloneNode(true);
  const place = made.querySelector(".trend");
  made.querySelector("h3").textContent = outcome.label;
  made.querySelector(".trend-words").textContent = outcome.words;
  made.querySelector("summary span").textContent = `: ${outcome.label}`;
  made.querySelector("tbody").append(...outcome.sessions.map(row));
  place.setAttribute("aria-label", `${outcome.label}, ${outcome.sessions.length} sessions. ${outcome.words}`);
  drawWhenSeen(place, (theme) => chart(outcome, theme));
  return made;
}

function row(visit) {
  const line = document.createElement("tr");
  const name = document.createElement("th");
  const link = document.createElement("a");
  name.scope = "row";
  link.href = `/sessions/${visit.session_id}/result`;
  link.textContent = visit.date;
  name.append(link);
  const change = visit.change_deg === null ? "–" : `${degrees(visit.change_deg, true)}, ${visit.verdict}`;
  const cells = [degrees(visit.before_deg), degrees(visit.retest_deg), change].map((text, place) => {
    const cell = document.createElement("td");
    cell.textContent = text;
    cell.classList.toggle("num", place < 2);
    return cell;
  });
  line.append(name, ...cells);
  return line;
}

function degrees(value, sign = false) {
  if (value === null) return "–";
  const text = Math.abs(value).toFixed(0);
  return `${value < 0 ? "−" : sign ? "+" : ""}${text}°`;
}

function chart(outcome, theme) {
  const visits = outcome.sessions;
  const first = visits.find((visit) => visit.before_deg !== null)?.before_deg ?? null;
  const band = first !== null && outcome.mdc95_deg !== null ? [first - outcome.mdc95_deg, first + outcome.mdc95_deg] : null;
  const values = visits.flatMap((visit) => [visit.before_deg, visit.retest_deg]).filter((value) => value !== null);
  const [low, high] = [Math.min(...values, ...(band ?? [])), Math.max(...values, ...(band ?? []))];
  const x = visits.map((_, place) => place);
  const marks = [
    { name: "Before", key: "before_deg", colour: theme.pre, width: 3, point: { fill: theme.paper, size: 11, width: 2.5 } },
    { name: "Re-test", key: "retest_deg", colour: theme.accent, width: 1.6, dash: [2, 3], point: { fill: theme.accent, size: 8 } },
  ];
  return {
    lines: marks.flatMap(({ name, key, colour, width, dash, point }) => {
      const line = { x, y: visits.map((visit) => visit[key]), colour };
      const words = (place, value) => `${visits[place].date}, ${name.toLowerCase()}: ${value.toFixed(0)}°`;
      return [{ ...line, width, dash }, { ...line, point, name, words }];
    }),
    x: { names: visits.map((visit) => visit.date) },
    y: { suffix: "°", range: [low - 4, high + 4], band },
  };
}
