(() => {
  "use strict";

  const data = JSON.parse(document.getElementById("findings-data").textContent);
  const $ = (id) => document.getElementById(id);
  const SEVERITIES = ["error", "warning", "note"];
  const CHUNK = 100;
  const PRINTED_AT_MOST = 500;
  const LISTED_AT_MOST = 15;
  const PARTS = { overview: "Overview", findings: "Findings", endpoints: "Endpoints", trend: "Trend", rules: "Rules" };
  const families = new Map(data.families);
  const ruleOf = (finding) => data.rules[finding.code];
  const placeOf = (number) => data.places[number];
  const pathOf = (finding) => data.files[placeOf(finding.place).file];
  const spotOf = (place) => `${data.files[place.file]}:${place.line}`;

  // ---- making elements: texts are set as texts, never as markup -------------

  function element(name, properties, ...children) {
    const made = document.createElement(name);
    for (const [key, value] of Object.entries(properties || {})) {
      if (key in made && key !== "list") made[key] = value;
      else made.setAttribute(key, value);
    }
    made.append(...children.filter((child) => child !== null && child !== undefined && child !== ""));
    return made;
  }

  function drawn(name, attributes, ...children) {
    const made = document.createElementNS("http://www.w3.org/2000/svg", name);
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, String(value));
    made.append(...children);
    return made;
  }

  const collator = new Intl.Collator("en", { numeric: true });
  const counted = (number, noun) => `${number.toLocaleString("en")} ${noun}${number === 1 ? "" : "s"}`;

  // Code in backticks, and addresses as they are.
  function words(text) {
    return text.split(/(`[^`\n]+`|\*\*[^*\n]+\*\*)/).map((part) => {
      if (/^`[^`]+`$/.test(part)) return element("code", {}, part.slice(1, -1));
      if (/^\*\*[^*]+\*\*$/.test(part)) return element("strong", {}, part.slice(2, -2));
      return part;
    });
  }

  // The Markdown that the catalogue uses: paragraphs, lists, blocks of code.
  function prose(text) {
    const made = document.createDocumentFragment();
    text.split(/^(```[^\n]*\n[\s\S]*?^```)$/m).forEach((block) => {
      if (block.startsWith("```")) {
        made.append(element("pre", { className: "plain" }, block.replace(/^```[^\n]*\n/, "").replace(/\n?```$/, "")));
        return;
      }
      for (const part of block.split(/\n\s*\n/)) {
        if (!part.trim()) continue;
        const items = part.trim().split(/^[-*] /m);
        if (items.length > 1) {
          if (items[0].trim()) made.append(element("p", {}, ...words(items[0].trim())));
          made.append(element("ul", {}, ...items.slice(1).map((item) => element("li", {}, ...words(item.trim())))));
        } else made.append(element("p", {}, ...words(part.trim())));
      }
    });
    return made;
  }

  function code(place, label) {
    if (!place.rows.length) return null;
    const rows = place.rows.map((row, index) => {
      const [before, marked, after] = row;
      const texts = row.length === 1 ? [before] : [before, element("mark", {}, marked), after];
      return element(
        "span",
        { className: row.length === 1 ? "row" : "row on" },
        element("span", { className: "no", "aria-hidden": "true" }, String(place.first + index)),
        ...texts,
        "\n",
      );
    });
    return element("pre", { tabIndex: 0, role: "region", "aria-label": label }, ...rows);
  }

  function table(caption, heads, rows) {
    const cell = (name, one) => (one instanceof Node && one.nodeName === name ? one : element(name.toLowerCase(), {}, one));
    return element(
      "table",
      {},
      element("caption", {}, caption),
      element("thead", {}, element("tr", {}, ...heads.map((head) => (head instanceof Node ? head : element("th", { scope: "col" }, head))))),
      element("tbody", {}, ...rows.map((row) => element("tr", {}, ...row.map((one) => cell("TD", one))))),
    );
  }

  const number = (value) => element("td", { className: "number" }, value.toLocaleString("en"));
  const numberHead = (text) => element("th", { scope: "col", className: "number" }, text);

  // ---- where one is: the address has the part, the filters, or a finding ------

  const CONTROLS = ["text", "family", "rule", "severity", "file", "state", "grouping"];

  function address(part, filters) {
    const given = new URLSearchParams(Object.entries(filters || {}).filter(([, value]) => value));
    return `#${part}${given.size ? `?${given}` : ""}`;
  }

  const link = (text, part, filters) => element("a", { href: address(part, filters) }, text);

  let ready = new Set();
  function show(focus) {
    const [part, query] = location.hash.slice(1).split(/\?(.*)/s);
    const chosen = part in PARTS ? part : "overview";
    if (part === "main") return;
    for (const name of Object.keys(PARTS)) $(name).hidden = name !== chosen;
    for (const tab of $("tabs").children) {
      if (tab.dataset.part === chosen) tab.setAttribute("aria-current", "page");
      else tab.removeAttribute("aria-current");
    }
    build(chosen);
    const given = new URLSearchParams(query || "");
    if (chosen === "findings") {
      for (const name of CONTROLS) $(name).value = given.get(name) || (name === "grouping" ? "family" : "");
      list();
      if (given.get("finding")) open(given.get("finding"));
    }
    if (chosen === "rules" && given.get("rule")) openRule(given.get("rule"));
    if (focus) {
      $("main").focus({ preventScroll: true });
      if (!given.get("finding") && !given.get("rule")) scrollTo(0, 0);
    }
  }

  function build(part) {
    if (ready.has(part)) return;
    ready.add(part);
    ({ overview, findings: filterChoices, endpoints, trend, rules })[part]();
  }

  // ---- overview ---------------------------------------------------------------

  function tally(keyOf) {
    const counts = new Map();
    data.findings.forEach((finding) => {
      const key = keyOf(finding);
      counts.set(key, (counts.get(key) || 0) + 1);
    });
    return [...counts].sort((one, other) => other[1] - one[1] || collator.compare(one[0], other[0]));
  }

  function bar(value, most) {
    return element("td", { className: "share" }, element("meter", { min: 0, max: most, value, "aria-label": `${value} of ${most}` }));
  }

  function ranking(title, head, rows, nameOf) {
    const most = Math.max(1, ...rows.map((row) => row[1]));
    const shown = rows.slice(0, LISTED_AT_MOST);
    const more = rows.length > shown.length ? ` The ${shown.length} with most of ${rows.length}.` : "";
    const body = shown.map(([key, value]) => [nameOf(key), number(value), bar(value, most)]);
    return element("div", {}, element("h3", {}, title), table(more, [head, numberHead("findings"), element("th", { scope: "col" }, element("span", { className: "hidden" }, "compared with the most"))], body));
  }

  function overview() {
    const target = $("overview");
    const bySeverity = new Map(tally((finding) => finding.severity));
    const cards = SEVERITIES.map((severity) => [severity, bySeverity.get(severity) || 0, severity]);
    cards.push(["files checked", data.files_checked, ""]);
    if (data.trend) cards.push(["new", data.trend.new, data.trend.new ? "warning" : "good"], ["in the baseline", data.trend.known, ""]);
    if (data.suppressed) cards.push(["silenced by comments", data.suppressed, ""]);
    if (data.endpoints.length) cards.push(["endpoints", data.endpoints.length, ""]);
    const plural = (word, value) => (SEVERITIES.includes(word) && value !== 1 ? `${word}s` : word);
    target.append(element("ul", { className: "cards" }, ...cards.map(([word, value, kind]) => element("li", { className: kind }, element("b", {}, value.toLocaleString("en")), plural(word, value)))));
    if (data.crashed) target.append(element("p", { className: "sev error" }, "archlint failed in at least one rule, so this report is incomplete."));
    if (!data.findings.length) {
      target.append(element("p", {}, data.files_checked ? `All clear: nothing was found in ${counted(data.files_checked, "file")}.` : "No file was checked."));
    } else {
      decisions(target);
      const columns = element("div", { className: "columns" });
      columns.append(
        ranking("By family", "family", tally((finding) => ruleOf(finding).family).sort(([one], [other]) => collator.compare(families.get(one) || one, families.get(other) || other)), (key) => link(families.get(key) || key, "findings", { family: key })),
        ranking("By rule", "rule", tally((finding) => finding.code), (key) => link(`${key} ${data.rules[key].name}`, "findings", { rule: key })),
        ranking("Files with most findings", "file", tally(pathOf), (key) => link(key, "findings", { file: key, grouping: "file" })),
        ranking("Functions with most findings", "function", tally((finding) => (finding.scope ? `${pathOf(finding)}\n${finding.scope}` : "")).filter(([key]) => key), (key) => link(key.slice(key.indexOf("\n") + 1), "findings", { file: key.slice(0, key.indexOf("\n")), text: key.slice(key.indexOf("\n") + 1), grouping: "place" })),
      );
      target.append(columns);
    }
    if (data.skipped.length) {
      target.append(element("h3", {}, "Not checked"), element("div", { className: "scroll" }, table(counted(data.skipped.length, "file"), ["file", "reason"], data.skipped)));
    }
  }

  function decisions(target) {
    if (!data.causes.length) return;
    const shown = data.causes.slice(0, LISTED_AT_MOST);
    const rows = shown.map((cause) => [
      number(cause.number),
      element("td", {}, link(`${cause.code} ${data.rules[cause.code].name}`, "findings", { rule: cause.code, grouping: "cause" })),
      element("td", {}, ...words(cause.text), cause.place < 0 ? "" : element("div", { className: "path soft" }, spotOf(placeOf(cause.place)))),
    ]);
    target.append(
      element("h3", {}, "Decisions"),
      element("p", { className: "soft" }, "Findings of one rule whose chains meet at one place, or that say the same. What is decided there may settle all of them."),
      element("div", { className: "scroll" }, table(shown.length < data.causes.length ? `The ${shown.length} largest of ${data.causes.length}.` : "", [numberHead("findings"), "rule", "what they share"], rows)),
    );
  }

  // ---- findings -----------------------------------------------------------------

  const haystacks = data.findings.map((finding) =>
    [finding.message, finding.scope, finding.code, ruleOf(finding).name, pathOf(finding), finding.fingerprint].join("\n").toLowerCase(),
  );
  let visible = [];
  let drawnUpTo = 0;
  let lastGroup = null;

  function filterChoices() {
    const option = (value, text) => element("option", { value }, text);
    const present = new Set(data.findings.map((finding) => ruleOf(finding).family));
    for (const [key, title] of data.families) if (present.has(key)) $("family").append(option(key, title));
    for (const [key, rule] of Object.entries(data.rules)) $("rule").append(option(key, `${key} ${rule.name}`));
    for (const severity of SEVERITIES) $("severity").append(option(severity, severity));
    const names = new Set();
    for (const finding of data.findings) {
      const path = pathOf(finding);
      names.add(path);
      for (let at = path.indexOf("/"); at > 0; at = path.indexOf("/", at + 1)) names.add(path.slice(0, at + 1));
    }
    $("files").append(...[...names].sort(collator.compare).slice(0, 2000).map((name) => option(name, "")));
    $("state-label").hidden = !data.trend;
    let waiting = 0;
    const changed = () => {
      clearTimeout(waiting);
      waiting = setTimeout(() => {
        history.replaceState(null, "", address("findings", chosen()));
        list();
      }, 120);
    };
    for (const name of CONTROLS) $(name).addEventListener("input", changed);
    $("filters").addEventListener("submit", (event) => event.preventDefault());
    $("filters").addEventListener("reset", changed);
  }

  function chosen() {
    const values = Object.fromEntries(CONTROLS.map((name) => [name, $(name).value]));
    if (values.grouping === "family") values.grouping = "";
    return values;
  }

  function matches(finding, at, wanted) {
    if (wanted.family && ruleOf(finding).family !== wanted.family) return false;
    if (wanted.rule && finding.code !== wanted.rule) return false;
    if (wanted.severity && finding.severity !== wanted.severity) return false;
    if (wanted.state && (wanted.state === "known") !== Boolean(finding.known)) return false;
    if (wanted.file && !pathOf(finding).startsWith(wanted.file)) return false;
    return !wanted.text || wanted.text.toLowerCase().split(/\s+/).every((word) => haystacks[at].includes(word));
  }

  const GROUPS = {
    family: (finding) => `${families.get(ruleOf(finding).family) || ruleOf(finding).family}\n${finding.code} ${ruleOf(finding).name}`,
    file: (finding) => pathOf(finding),
    place: (finding) => `${pathOf(finding)}\n${finding.scope || "(no function)"}`,
    cause: (finding) => {
      const cause = data.causes[finding.cause];
      if (!cause) return "Without a common place";
      return `${cause.text}\n${cause.code}${cause.place < 0 ? "" : ` ${spotOf(placeOf(cause.place))}`}`;
    },
  };

  function list() {
    const wanted = chosen();
    const groupOf = GROUPS[wanted.grouping || "family"] || GROUPS.family;
    const order = (row) => (wanted.grouping === "cause" ? (row.finding.cause < 0 ? Infinity : row.finding.cause) : 0);
    visible = data.findings
      .map((finding, at) => ({ finding, at, group: groupOf(finding) }))
      .filter((row) => matches(row.finding, row.at, wanted));
    const sizes = new Map();
    for (const row of visible) sizes.set(row.group, (sizes.get(row.group) || 0) + 1);
    // The families come in the order of their codes: their titles begin with these.
    visible.sort((one, other) => order(one) - order(other) || collator.compare(one.group, other.group) || one.at - other.at);
    visible.sizes = sizes;
    $("found").textContent = `${counted(visible.length, "finding")}${visible.length === data.findings.length ? "" : ` of ${data.findings.length.toLocaleString("en")}`}`;
    $("list").replaceChildren();
    drawnUpTo = 0;
    lastGroup = null;
    drawMore(CHUNK);
  }

  const watcher = new IntersectionObserver((entries) => {
    if (entries.some((entry) => entry.isIntersecting)) drawMore(CHUNK);
  }, { rootMargin: "600px" });

  function drawMore(most) {
    const target = $("list");
    const button = $("more");
    if (button) {
      watcher.unobserve(button);
      button.remove();
    }
    for (const row of visible.slice(drawnUpTo, drawnUpTo + most)) {
      if (row.group !== lastGroup) {
        lastGroup = row.group;
        const [first, second] = row.group.split("\n");
        target.append(element("h3", { className: "group" }, ...words(second ? `${first}: ${second}` : first), " ", element("small", {}, counted(visible.sizes.get(row.group), "finding"))));
      }
      target.append(rowOf(row.finding));
    }
    drawnUpTo = Math.min(drawnUpTo + most, visible.length);
    if (drawnUpTo < visible.length) {
      const more = element("button", { id: "more", type: "button", className: "more" }, `Show more: ${counted(visible.length - drawnUpTo, "finding")} left`);
      more.addEventListener("click", () => drawMore(CHUNK));
      target.append(more);
      watcher.observe(more);
    }
  }

  function rowOf(finding) {
    const made = element(
      "details",
      { className: "finding", id: `finding-${finding.fingerprint}` },
      element(
        "summary",
        {},
        element("span", { className: `sev ${finding.severity}` }, finding.severity),
        " ",
        element("span", { className: "tag" }, finding.code),
        " ",
        ...(finding.known ? [element("span", { className: "tag" }, "in the baseline"), " "] : []),
        ...words(finding.message),
        element("span", { className: "path" }, `${spotOf(placeOf(finding.place))}${finding.scope ? ` in ${finding.scope}` : ""}`),
      ),
    );
    made.addEventListener("toggle", () => fill(made, finding));
    return made;
  }

  function fill(made, finding) {
    if (made.children.length > 1) return;
    const rule = ruleOf(finding);
    const place = placeOf(finding.place);
    const body = element("div", { className: "body" }, code(place, `Code at ${spotOf(place)}`));
    if (finding.flow) body.append(element("h4", {}, "How it happens"), steps(finding.flow, "ol"));
    if (finding.related) body.append(element("h4", {}, "Look also at"), steps(finding.related, "ul"));
    body.append(element("h4", {}, "Why it matters"), prose(rule.rationale), element("h4", {}, "Instead"), prose(rule.instead));
    const facts = [["rule", link(`${finding.code} ${rule.name}`, "rules", { rule: finding.code })], ["confidence", finding.confidence]];
    if (finding.fix) facts.push(["fix", `${finding.fix[0]} (${finding.fix[1]})`]);
    if (finding.known) facts.push(["baseline", finding.known]);
    const cause = data.causes[finding.cause];
    if (cause) facts.push(["decision", `one of ${cause.number} findings that share this: ${cause.text}`]);
    facts.push(["fingerprint", link(finding.fingerprint, "findings", { finding: finding.fingerprint })]);
    body.append(element("dl", { className: "facts" }, ...facts.flatMap(([term, value]) => [element("dt", {}, term), element("dd", {}, value)])));
    made.append(body);
  }

  function steps(given, kind) {
    return element(kind, { className: "chain" }, ...given.map(([at, text]) => {
      const place = placeOf(at);
      return element("li", {}, ...words(text), " ", element("span", { className: "path soft" }, spotOf(place)), code(place, `Code at ${spotOf(place)}`));
    }));
  }

  function open(fingerprint) {
    const at = visible.findIndex((row) => row.finding.fingerprint === fingerprint);
    if (at < 0) return;
    if (at >= drawnUpTo) drawMore(at + 1 - drawnUpTo);
    const row = $(`finding-${fingerprint}`);
    row.open = true;
    fill(row, visible[at].finding);
    row.scrollIntoView({ block: "center" });
    row.firstChild.focus({ preventScroll: true });
  }

  // ---- endpoints ------------------------------------------------------------------

  const SHORT = { "does not apply": "n/a" };
  let printEndpoints = () => {};

  function endpoints() {
    const target = $("endpoints");
    if (!data.endpoints.length) {
      target.classList.add("empty");
      target.append(element("p", {}, "No route was found."));
      return;
    }
    const search = element("input", { type: "search", id: "endpoint-text", autocomplete: "off", spellcheck: false, placeholder: "path, handler, file" });
    const aspect = element("select", { id: "endpoint-aspect" }, element("option", { value: "" }, "any answer"));
    for (const [at, name] of data.aspects.entries()) {
      for (const answer of ["no", "none seen", "unknown", "yes"]) aspect.append(element("option", { value: `${at}:${answer}` }, `${name}: ${answer}`));
    }
    const status = element("p", { role: "status", className: "soft" });
    target.append(
      element("p", {}, "What the code says of each route. “None seen” is no proof: a proxy in front of the program is not in its code. “Unknown” means that archlint does not know."),
      element("form", { role: "search", className: "search", "aria-label": "Filter the endpoints" }, element("label", { className: "search" }, "Endpoint ", search), element("label", { className: "search" }, "Answer ", aspect)),
      status,
    );
    const body = element("tbody");
    const heads = ["endpoint", ...data.aspects, "findings"].map((text) => element("th", { scope: "col" }, text));
    target.append(element("div", { className: "scroll", tabIndex: 0, role: "region", "aria-label": "Endpoints" }, element("table", {}, element("caption", {}, summaryOfAspects()), element("thead", {}, element("tr", {}, ...heads)), body)));
    const more = element("button", { type: "button", className: "more" }, "Show more");
    target.append(more);
    let rows = [];
    let upTo = 0;
    const draw = (most) => {
      for (const one of rows.slice(upTo, upTo + most)) body.append(endpointRow(one));
      upTo = Math.min(upTo + most, rows.length);
      more.hidden = upTo >= rows.length;
    };
    const filter = () => {
      const [at, answer] = aspect.value.split(":");
      const text = search.value.toLowerCase();
      rows = data.endpoints.filter((one) => {
        const spot = one.spot.length ? data.files[one.spot[0]] : "";
        return `${one.label}\n${one.handler}\n${spot}`.toLowerCase().includes(text) && (!answer || one.known[Number(at)][0] === answer);
      });
      body.replaceChildren();
      upTo = 0;
      status.textContent = `${counted(rows.length, "endpoint")}${rows.length === data.endpoints.length ? "" : ` of ${data.endpoints.length}`}`;
      draw(CHUNK);
    };
    search.addEventListener("input", filter);
    aspect.addEventListener("input", filter);
    target.querySelector("form").addEventListener("submit", (event) => event.preventDefault());
    more.addEventListener("click", () => draw(CHUNK));
    new IntersectionObserver((entries) => entries.some((entry) => entry.isIntersecting) && draw(CHUNK), { rootMargin: "600px" }).observe(more);
    printEndpoints = () => draw(Math.max(0, PRINTED_AT_MOST - upTo));
    filter();
  }

  function summaryOfAspects() {
    const known = data.aspects.map((name, at) => {
      const yes = data.endpoints.filter((one) => one.known[at][0] === "yes").length;
      const asked = data.endpoints.filter((one) => one.known[at][0] !== "does not apply").length;
      return `${name} ${yes} of ${asked}`;
    });
    return `Answered yes: ${known.join(", ")}.`;
  }

  function endpointRow(one) {
    const place = one.spot.length ? `${data.files[one.spot[0]]}:${one.spot[1]}` : "";
    const first = element("td", {}, element("strong", {}, one.label), element("small", {}, place || one.handler));
    const cells = one.known.map(([answer, why], at) => element("td", { className: answer.split(" ")[0], "data-label": data.aspects[at] }, element("span", { className: `answer ${answer.split(" ")[0]}` }, SHORT[answer] || answer), why ? element("small", {}, ...words(why)) : ""));
    const only = one.findings.length === 1 ? data.findings[one.findings[0]].fingerprint : "";
    const found = one.findings.length
      ? element("details", {}, element("summary", {}, String(one.findings.length)), element("ul", { className: "legend" }, ...one.findings.map((at) => element("li", {}, link(`${data.findings[at].code} ${ruleOf(data.findings[at]).name}`, "findings", { finding: data.findings[at].fingerprint })))))
      : "0";
    return element("tr", {}, first, ...cells, element("td", { "data-label": "findings" }, only ? link("1", "findings", { finding: only }) : found));
  }

  // ---- trend ------------------------------------------------------------------------

  function trend() {
    const target = $("trend");
    if (!data.trend) {
      target.classList.add("empty");
      target.append(element("p", {}, "There is no baseline to compare with; ", element("code", {}, "archlint baseline write"), " makes one."));
      return;
    }
    const { file, new: fresh, known, fixed, sizes } = data.trend;
    const gone = fixed.reduce((sum, one) => sum + one[4], 0);
    const cards = [["new", fresh, fresh ? "warning" : "good"], ["still there", known, ""], ["fixed", gone, "good"]];
    target.append(
      element("p", {}, `Against ${file}:`),
      element("ul", { className: "cards" }, ...cards.map(([word, value, kind]) => element("li", { className: kind }, element("b", {}, value.toLocaleString("en")), word))),
    );
    if (fresh) target.append(element("p", {}, link("Show what is new", "findings", { state: "new" })));
    if (sizes.length > 1) target.append(element("h3", {}, "Size of the baseline"), curve(sizes));
    if (sizes.length) target.append(element("div", { className: "scroll" }, table("After each commit that changed it, the last first.", ["commit", "day", numberHead("findings")], [...sizes].reverse().map(([commit, day, value]) => [element("td", {}, element("code", {}, commit)), day, number(value)]))));
    if (fixed.length) {
      target.append(element("h3", {}, "Fixed, and still in the file"), element("div", { className: "scroll" }, table("", ["rule", "file", "function", "code"], fixed.slice(0, 200).map(([path, rule, scope, text, times]) => [rule, element("td", { className: "path" }, path), scope, element("td", {}, element("code", {}, text), times > 1 ? ` (${times} times)` : "")]))));
      if (fixed.length > 200) target.append(element("p", { className: "soft" }, `${fixed.length - 200} more.`));
    }
  }

  function curve(sizes) {
    const width = 820;
    const height = 220;
    const most = Math.max(1, ...sizes.map((one) => one[2]));
    const x = (at) => 50 + (at * (width - 80)) / (sizes.length - 1);
    const y = (value) => height - 34 - (value * (height - 60)) / most;
    const points = sizes.map((one, at) => `${at ? "L" : "M"}${x(at).toFixed(1)} ${y(one[2]).toFixed(1)}`);
    const [first, last] = [sizes[0], sizes[sizes.length - 1]];
    return drawn(
      "svg",
      { viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": `From ${first[2]} findings on ${first[1]} to ${last[2]} on ${last[1]}; the table below has each commit.` },
      drawn("text", { x: 44, y: y(most) + 4, "text-anchor": "end" }, String(most)),
      drawn("text", { x: 44, y: y(0) + 4, "text-anchor": "end" }, "0"),
      drawn("text", { x: x(0), y: height - 10 }, first[1]),
      drawn("text", { x: x(sizes.length - 1), y: height - 10, "text-anchor": "end" }, last[1]),
      drawn("path", { d: points.join("") }),
      ...sizes.map((one, at) => drawn("circle", { cx: x(at).toFixed(1), cy: y(one[2]).toFixed(1), r: 3 }, drawn("title", {}, `${one[1]} ${one[0]}: ${one[2]}`))),
    );
  }

  // ---- rules --------------------------------------------------------------------------

  function rules() {
    const target = $("rules");
    const all = Object.entries(data.rules);
    if (!all.length) {
      target.classList.add("empty");
      target.append(element("p", {}, "No rule found anything."));
    }
    for (const [key, rule] of all) {
      const body = element("div", { className: "body" }, prose(rule.summary), element("h4", {}, "Why it matters"), prose(rule.rationale), element("h4", {}, "Instead"), prose(rule.instead));
      for (const [bad, good] of rule.examples) {
        body.append(element("h4", {}, "Bad"), element("pre", { className: "plain", tabIndex: 0 }, bad), element("h4", {}, "Good"), element("pre", { className: "plain", tabIndex: 0 }, good));
      }
      if (rule.limits.length) body.append(element("h4", {}, "Limits"), element("ul", {}, ...rule.limits.map((text) => element("li", {}, ...words(text)))));
      body.append(element("p", {}, link("Show its findings", "findings", { rule: key })));
      target.append(element("details", { className: "rule", id: `rule-${key}` }, element("summary", {}, element("strong", {}, `${key} ${rule.name}`), " ", ...words(rule.summary)), body));
    }
  }

  function openRule(key) {
    const row = $(`rule-${key}`);
    if (!row) return;
    row.open = true;
    row.scrollIntoView({ block: "center" });
    row.firstChild.focus({ preventScroll: true });
  }

  // ---- the frame of the page ------------------------------------------------------------

  function start() {
    const numbers = { findings: data.findings.length, endpoints: data.endpoints.length };
    for (const [part, title] of Object.entries(PARTS)) {
      if ((part === "trend" && !data.trend) || (part === "endpoints" && !data.endpoints.length)) continue;
      $("tabs").append(element("a", { href: `#${part}`, "data-part": part }, part in numbers ? `${title} (${numbers[part].toLocaleString("en")})` : title));
    }
    $("counts").textContent = `${counted(data.findings.length, "finding")} in ${counted(data.files_checked, "file")}, by archlint ${data.version}`;
    const themes = ["system", "light", "dark"];
    $("theme").addEventListener("click", () => {
      const next = themes[(themes.indexOf(document.documentElement.dataset.theme || "system") + 1) % themes.length];
      if (next === "system") delete document.documentElement.dataset.theme;
      else document.documentElement.dataset.theme = next;
      $("theme").textContent = `Colours: ${next}`;
    });
    addEventListener("hashchange", () => show(true));
    addEventListener("beforeprint", () => {
      const present = [...$("tabs").children].map((tab) => tab.dataset.part);
      for (const part of Object.keys(PARTS)) {
        if (present.includes(part)) build(part);
        else $(part).classList.add("empty");
      }
      if (!visible.length) list();
      drawMore(Math.max(0, PRINTED_AT_MOST - drawnUpTo));
      $("printed").textContent = drawnUpTo < visible.length ? `The first ${drawnUpTo} of ${visible.length} findings are printed; filter to print others.` : "";
      printEndpoints();
    });
    show(false);
  }

  start();
})();
