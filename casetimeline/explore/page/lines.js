// Fields of several lines, each a part of a key of case.yaml: how its parts are written, and read again. A line that
// stands as the case was opened is the part that it was, whatever else it could be read as.

/** A part on one line: a line break that it came with is a blank here. */
function onOneLine(text) {
  return text.replace(/\s*\n\s*/g, " ").trim();
}

/** What the lines say: a part that was opened where it is written so, and else what is read of the line. */
function partsOf(lines, opened, lineOf, read) {
  return lines.map((line) => opened.find((part) => lineOf(part) === line) ?? read(line));
}

/** Names with a text each; what has faults may be a list of such, or of texts. */
function pairsOf(content) {
  const parts = content && typeof content === "object" ? [content].flat() : [];
  return parts.flatMap((part) => (part && typeof part === "object" ? Object.entries(part) : [[String(part), ""]]));
}

/** Pairs as one mapping; where a name stands twice as a list, which is a fault, so that neither of the two is lost. */
function mapped(pairs) {
  const names = new Set(pairs.map(([name]) => name));
  return names.size === pairs.length ? Object.fromEntries(pairs) : pairs.map((pair) => Object.fromEntries([pair]));
}

function textOfPairs(content, lineOf) {
  return typeof content === "string" ? content : pairsOf(content).map(lineOf).join("\n");
}

/** Number and name, as in `1 Before treatment`. */
const numberedLine = ([number, name]) => onOneLine(`${number} ${name}`);

function readNumbered(line) {
  return line.match(/^(\d+(?=[.,:;)]?(?:\s|$))|\S+)[.,:;)]?\s*(.*)$/).slice(1);
}

export const NUMBERED = {
  textOf: (content) => textOfPairs(content, numberedLine),
  contentOf: (lines, opened) => mapped(partsOf(lines, pairsOf(opened), numberedLine, readNumbered)),
};

/** Name and state, as in `ANA: positive 1:320`: what is behind the first colon is the state. */
const namedLine = ([name, state]) => onOneLine(`${name}: ${state}`);

function readNamed(line) {
  const [, name, state] = line.match(/^([^:]*):?(.*)$/);
  return [name.trim(), state.trim()];
}

export const NAMED = {
  textOf: (content) => textOfPairs(content, namedLine),
  contentOf(lines, opened) {
    // A line alone without a state is a text, such as `not reported`.
    if (lines.length === 1 && !lines[0].includes(":")) return lines[0];
    return mapped(partsOf(lines, pairsOf(opened), namedLine, readNamed));
  },
};

export const LISTED = {
  textOf: (content) => (Array.isArray(content) ? content.map((text) => onOneLine(String(text))).join("\n") : content || ""),
  contentOf(lines, opened) {
    if (lines.length === 1 && lines[0] === "not reported") return lines[0];
    const texts = Array.isArray(opened) ? opened.filter((text) => typeof text === "string") : [];
    return partsOf(lines, texts, onOneLine, (line) => line);
  },
};

function placeOf(source) {
  return source.doi || source.url || source.pmid || "";
}

/** Name, place and what was read; a line of more parts stays the text that it is, which is a fault. */
function sourceLine(source) {
  if (typeof source === "string") return onOneLine(source);
  return onOneLine([source.id, placeOf(source), source.read || ""].join(" | ").replace(/[ |]+$/, ""));
}

function sourcesOf(content) {
  return Array.isArray(content) ? content.filter((one) => one && ["string", "object"].includes(typeof one)) : [];
}

function readSource(line) {
  const parts = line.split("|").map((part) => part.trim());
  const [id, place = "", read = ""] = parts;
  return parts.length > 3 ? line : { id, place, read };
}

/** What was known of a source beside its line stays with its name and place; where one is typed anew, with the other. */
function sourcesFrom(lines, content) {
  const opened = sourcesOf(content).filter((one) => typeof one === "object");
  const told = partsOf(lines, opened, sourceLine, readSource);
  return told.map((part, i) => {
    if (typeof part === "string" || opened.includes(part)) return structuredClone(part);
    const { id, place, read } = part;
    const renamed = told.length === opened.length && !told.some((one) => one.id === opened[i].id) ? [opened[i]] : [];
    const same =
      opened.find((one) => one.id === id && placeOf(one) === place) ||
      opened.find((one) => place && placeOf(one) === place) ||
      opened.find((one) => one.id === id) ||
      renamed.find((one) => placeOf(one) === place);
    const known = { ...same, id };
    if (place !== placeOf(known)) {
      for (const name of ["doi", "url", "pmid"]) delete known[name];
      if (place) known[place.startsWith("10.") ? "doi" : /^[0-9]+$/.test(place) ? "pmid" : "url"] = place;
    }
    if (read) known.read = read;
    else delete known.read;
    return known;
  });
}

export const SOURCES = {
  textOf: (content) => sourcesOf(content).map(sourceLine).join("\n"),
  contentOf: sourcesFrom,
};
