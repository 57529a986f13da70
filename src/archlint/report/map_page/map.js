(() => {
  "use strict";

  const data = JSON.parse(document.getElementById("map-data").textContent);
  const $ = (id) => document.getElementById(id);
  const SVG = "http://www.w3.org/2000/svg";
  const ENTRIES = ["route", "entry point", "task"];
  const SYSTEMS = ["table", "external system"];
  const HEADINGS = {
    route: "Routes",
    "entry point": "Other entry points",
    task: "Tasks",
    table: "Tables",
    "external system": "External systems",
  };
  const SMALLEST_SCALE = 0.6;
  const VERBS = {
    call: "calls",
    await: "awaits",
    enqueue: "enqueues",
    read: "reads",
    write: "writes",
    external: "asks",
  };
  const DRAWN_AT_MOST = 150;
  const WHOLE_AT_MOST = 110;
  const SHOWN_AT_MOST = 60;

  const nodes = new Map(data.nodes.map((node) => [node.id, node]));
  const leaving = new Map(data.nodes.map((node) => [node.id, []]));
  const arriving = new Map(data.nodes.map((node) => [node.id, []]));
  for (const edge of data.edges) {
    leaving.get(edge.source).push(edge);
    arriving.get(edge.target).push(edge);
  }
  const isEntry = (id) => ENTRIES.includes(nodes.get(id).kind);
  const isSystem = (id) => SYSTEMS.includes(nodes.get(id).kind);

  const RUNS = {
    loop: "on the event loop that serves all requests",
    own_loop: "on an event loop of its own",
    thread: "in a thread of a pool that requests share",
    worker: "in the worker that serves this one request",
    process: "in a process of a pool",
    task: "in a worker of a task queue",
    command: "in a command",
    startup: "at start-up",
    unsupported: "where its framework does not support it",
  };
  const labels = new Map();
  for (const node of data.nodes) if (node.kind in HEADINGS) labels.set(node.label, (labels.get(node.label) || 0) + 1);

  let selected = null;

  // ---- small helpers -------------------------------------------------------

  function element(name, properties, ...children) {
    const made = document.createElement(name);
    for (const [key, value] of Object.entries(properties || {})) {
      if (key in made) made[key] = value;
      else made.setAttribute(key, value);
    }
    made.append(...children.filter((child) => child !== null && child !== ""));
    return made;
  }

  function drawn(name, attributes, ...children) {
    const made = document.createElementNS(SVG, name);
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, String(value));
    made.append(...children);
    return made;
  }

  const collator = new Intl.Collator("en");
  const byLabel = (one, other) => collator.compare(nodes.get(one).label, nodes.get(other).label) || collator.compare(one, other);
  const place = (spot) => (spot ? `${spot.path}:${spot.line}` : "");
  const counted = (number, noun) => `${number} ${noun}${number === 1 ? "" : "s"}`;

  // The edge by which each node is first met, going from a start along one of the tables.
  function tree(start, table, far) {
    const by = new Map([[start, null]]);
    const queue = [start];
    for (let at = 0; at < queue.length; at += 1) {
      for (const edge of table.get(queue[at])) {
        if (!by.has(edge[far])) {
          by.set(edge[far], edge);
          queue.push(edge[far]);
        }
      }
    }
    return by;
  }

  const ahead = (id) => tree(id, leaving, "target");
  const behind = (id) => tree(id, arriving, "source");

  const systemsOf = new Map();
  function systems(id) {
    if (!systemsOf.has(id)) systemsOf.set(id, [...ahead(id).keys()].filter((one) => one !== id && isSystem(one)).sort(byLabel));
    return systemsOf.get(id);
  }

  // ---- the list ------------------------------------------------------------

  const items = [];

  function buildList() {
    for (const [kind, heading] of Object.entries(HEADINGS)) {
      const own = data.nodes.filter((node) => node.kind === kind);
      if (!own.length) continue;
      const title = element("h2", { id: `group-${kind.replace(" ", "-")}` }, heading);
      const group = element("div", { role: "listbox", "aria-labelledby": title.id });
      for (const node of own) group.append(item(node, group, title));
      $("list").append(title, group);
    }
    if (items.length) items[0].row.tabIndex = 0;
  }

  function item(node, group, title) {
    const reached = ENTRIES.includes(node.kind) ? systems(node.id).map((id) => nodes.get(id).label) : [];
    const row = element("div", { className: "item", role: "option", tabIndex: -1, "aria-selected": "false" });
    if (node.kind === "route" && node.methods.length) {
      const methods = node.methods.join("|");
      const rest = node.label.startsWith(methods) ? node.label.slice(methods.length).trim() : node.label;
      row.append(element("span", { className: "method" }, methods), rest || node.name);
    } else {
      row.append(node.entry && node.kind === "entry point" ? `${node.entry}: ${node.label}` : node.label);
    }
    const more = ENTRIES.includes(node.kind) ? reached.join(", ") : node.name !== node.label ? node.name : "";
    if (more) row.append(element("small", {}, more));
    if (labels.get(node.label) > 1 && node.spot) row.append(element("small", {}, place(node.spot)));
    row.addEventListener("click", () => select(node.id));
    row.addEventListener("keydown", (event) => move(event, row, node.id));
    const words = [node.label, node.name, node.module, node.entry, place(node.spot), ...reached].join("\n").toLowerCase();
    items.push({ node, row, group, title, words });
    return row;
  }

  function move(event, row, id) {
    const seen = items.filter((one) => !one.row.hidden);
    const at = seen.findIndex((one) => one.row === row);
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: seen.length - 1 }[event.key];
    if (event.key === "Enter" || event.key === " ") select(id);
    else if (to === undefined) return;
    else if (seen[to]) focusOn(seen[to].row);
    event.preventDefault();
  }

  function focusOn(row) {
    for (const one of items) one.row.tabIndex = one.row === row ? 0 : -1;
    row.focus();
  }

  function filter() {
    const words = $("search").value.toLowerCase().split(/\s+/).filter(Boolean);
    const method = $("method").value;
    const kind = $("kind").value;
    const target = $("target").value;
    const leads = target ? behind(target) : null;
    let count = 0;
    for (const one of items) {
      const node = one.node;
      const fits =
        words.every((word) => one.words.includes(word)) &&
        (!method || (node.kind === "route" && (node.methods.includes(method) || !node.methods.length))) &&
        (!kind || node.kind === kind) &&
        (!leads || leads.has(node.id));
      one.row.hidden = !fits;
      if (fits) count += 1;
    }
    for (const title of new Set(items.map((one) => one.title))) {
      const own = items.filter((one) => one.title === title);
      title.hidden = own.every((one) => one.row.hidden);
    }
    const first = items.find((one) => !one.row.hidden);
    if (first && !items.some((one) => one.row.tabIndex === 0 && !one.row.hidden)) {
      for (const one of items) one.row.tabIndex = one === first ? 0 : -1;
    }
    $("found").textContent = count === items.length ? counted(count, "item") : `${count} of ${items.length} shown`;
    if (!selected) draw();
  }

  function options(id, values) {
    for (const [value, text] of values) $(id).append(element("option", { value }, text));
    $(id).disabled = !values.length;
  }

  // ---- what is drawn -------------------------------------------------------

  function select(id) {
    selected = nodes.has(id) ? id : null;
    document.body.classList.toggle("picked", Boolean(selected));
    for (const one of items) one.row.setAttribute("aria-selected", String(one.node.id === selected));
    history.replaceState(null, "", selected ? `#${encodeURIComponent(selected)}` : location.pathname + location.search);
    draw();
    describe(selected);
    if (matchMedia("(max-width: 699px)").matches) scrollTo(0, 0);
  }

  function draw() {
    $("drawing").replaceChildren();
    $("hint").textContent = "";
    const part = selected ? around(selected) : overview();
    if (!part) return;
    if (!part.ids.size) {
      $("hint").textContent = selected ? "It leads to no table and to no external system that is known." : "Nothing to draw.";
    }
    if (part.ids.size) $("drawing").append(picture(part));
    fit();
    if (selected && part.ids.has(selected)) {
      highlight(selected, part);
      center();
    }
  }

  function overview() {
    const entries = items.filter((one) => !one.row.hidden && isEntry(one.node.id)).map((one) => one.node.id);
    const ids = new Set();
    for (const id of entries) {
      if (leaving.get(id).length) for (const one of ahead(id).keys()) ids.add(one);
      if (ids.size > WHOLE_AT_MOST) {
        $("hint").textContent = "Choose a route, a table or a system to draw what belongs to it.";
        return null;
      }
    }
    return part(ids);
  }

  function part(ids) {
    return { ids, edges: data.edges.filter((edge) => ids.has(edge.source) && ids.has(edge.target)) };
  }

  function around(id) {
    const ids = new Set([...(isSystem(id) ? [] : ahead(id).keys()), ...(isEntry(id) && nodes.get(id).kind !== "task" ? [] : behind(id).keys())]);
    const whole = part(ids);
    if (ids.size <= DRAWN_AT_MOST) return ids.size > 1 ? whole : part(new Set());
    return shortcut(id, ids);
  }

  // Of too many nodes only the ends are drawn, with an edge for all that lies between.
  function shortcut(id, ids) {
    const ends = [...ids].filter((one) => one !== id && (isEntry(one) || isSystem(one)));
    const shown = ends.slice(0, SHOWN_AT_MOST);
    const forth = ahead(id);
    const back = behind(id);
    const edges = shown.map((one) => {
      const goes = forth.has(one);
      const last = goes ? forth.get(one) : lastOf(back, one);
      return { ...last, source: goes ? id : one, target: goes ? one : id };
    });
    const left = ends.length - shown.length;
    $("hint").textContent = `The functions in between are left out${left ? `, and ${left} more ends: all of them are in the details` : ""}.`;
    return { ids: new Set([id, ...shown]), edges };
  }

  function lastOf(back, start) {
    let edge = back.get(start);
    while (back.get(edge.target)) edge = back.get(edge.target);
    return edge;
  }

  // ---- the picture ---------------------------------------------------------

  const HEIGHT = 42;
  const GAP = 14;
  const LANE = 16;
  const LANES_AT_MOST = 300;
  const ASIDE = 76;
  const WIDEST = 250;
  const pen = document.createElement("canvas").getContext("2d");

  function widthOf(text, size) {
    pen.font = `${size}px system-ui, -apple-system, "Segoe UI", Roboto, sans-serif`;
    return pen.measureText(text).width;
  }

  function shortened(text, size) {
    if (widthOf(text, size) <= WIDEST - 24) return text;
    let kept = text.length - 1;
    while (kept > 4 && widthOf(text.slice(0, kept / 2) + "…" + text.slice(text.length - kept / 2), size) > WIDEST - 24) kept -= 1;
    return `${text.slice(0, kept / 2)}…${text.slice(text.length - kept / 2)}`;
  }

  function columnsOf({ ids, edges }) {
    const met = new Set(edges.map((edge) => edge.target));
    const depth = new Map();
    let level = [...ids].filter((id) => !met.has(id));
    if (!level.length) level = [...ids].filter(isEntry);
    for (let at = 0; level.length; at += 1) {
      const next = [];
      for (const id of level) if (!depth.has(id)) depth.set(id, at);
      for (const id of level) for (const edge of edges) if (edge.source === id && !depth.has(edge.target)) next.push(edge.target);
      level = [...new Set(next)];
    }
    const last = Math.max(0, ...[...depth].filter(([id]) => !isSystem(id)).map(([, at]) => at)) + 1;
    const columns = [];
    for (const id of ids) {
      const at = isSystem(id) ? last : depth.get(id) || 0;
      (columns[at] = columns[at] || []).push(id);
    }
    return columns.filter(Boolean);
  }

  // An edge over several columns gets a lane in each of them, so that it does not run behind boxes.
  function lanes(columns, edges) {
    const column = new Map();
    columns.forEach((ids, at) => ids.forEach((id) => column.set(id, at)));
    const pieces = [];
    const through = new Map();
    edges.forEach((edge, number) => {
      const stops = [];
      const [first, last] = [column.get(edge.source), column.get(edge.target)];
      for (let at = first + 1; at < last && edges.length <= LANES_AT_MOST; at += 1) {
        const lane = { lane: number };
        columns[at].push(lane);
        stops.push(lane);
      }
      through.set(edge, stops);
      const all = [edge.source, ...stops, edge.target];
      for (let at = 1; at < all.length; at += 1) pieces.push([all[at - 1], all[at]]);
    });
    return { pieces, through };
  }

  function untangle(columns, pieces) {
    const at = new Map();
    const number = () => columns.forEach((column) => column.forEach((one, index) => at.set(one, (index + 0.5) / column.length)));
    const sides = [new Map(), new Map()];
    for (const [one, other] of pieces) {
      sides[0].set(other, [...(sides[0].get(other) || []), one]);
      sides[1].set(one, [...(sides[1].get(one) || []), other]);
    }
    number();
    for (let sweep = 0; sweep < 6; sweep += 1) {
      const neighbours = sides[sweep % 2];
      for (const column of sweep % 2 ? [...columns].reverse() : columns) {
        const weight = new Map();
        for (const one of column) {
          const others = (neighbours.get(one) || []).map((other) => at.get(other));
          weight.set(one, others.length ? others.reduce((sum, other) => sum + other, 0) / others.length : at.get(one));
        }
        column.sort((one, other) => weight.get(one) - weight.get(other));
        number();
      }
    }
  }

  const isLane = (one) => typeof one !== "string";
  const room = (one) => (isLane(one) ? LANE : HEIGHT + GAP);

  function boxes(columns) {
    const found = new Map();
    const heights = columns.map((column) => column.reduce((sum, one) => sum + room(one), 0));
    const tallest = Math.max(...heights);
    let left = 10;
    columns.forEach((column, number) => {
      const widths = column.filter((one) => !isLane(one)).map((id) => {
        const [first, second] = lines(nodes.get(id));
        return Math.min(WIDEST, Math.max(90, widthOf(first, 13) + 24, widthOf(second, 11) + 24));
      });
      const width = Math.max(...widths);
      let top = 10 + (tallest - heights[number]) / 2;
      for (const one of column) {
        found.set(one, { x: left, y: top, width });
        top += room(one);
      }
      left += width + ASIDE;
    });
    return { found, width: left - ASIDE + 10, height: tallest + 20 };
  }

  function lines(node) {
    const second = ENTRIES.includes(node.kind) ? node.entry || node.name : node.kind === "function" ? node.module : node.kind;
    return [node.label, second];
  }

  function picture(shown) {
    const columns = columnsOf(shown);
    const { pieces, through } = lanes(columns, shown.edges);
    untangle(columns, pieces);
    const { found, width, height } = boxes(columns);
    const svg = drawn("svg", { width, height, viewBox: `0 0 ${width} ${height}`, role: "group", "aria-label": "Map" });
    svg.append(arrows());
    for (const edge of shown.edges) {
      const stops = through.get(edge).map((lane) => found.get(lane));
      svg.append(...line(edge, found.get(edge.source), found.get(edge.target), stops));
    }
    for (const column of columns) for (const id of column) if (!isLane(id)) svg.append(box(nodes.get(id), found.get(id), shown));
    return svg;
  }

  // A picture that is a little too wide is made smaller; one that is far too wide is scrolled.
  function fit() {
    const svg = $("drawing").querySelector("svg");
    if (!svg) return;
    const { width, height } = svg.viewBox.baseVal;
    const room = $("drawing").clientWidth - 20;
    const scale = room > 0 ? Math.min(1, Math.max(SMALLEST_SCALE, room / width)) : 1;
    svg.setAttribute("width", width * scale);
    svg.setAttribute("height", height * scale);
  }

  function center() {
    const [svg, rect] = [$("drawing").querySelector("svg"), $("drawing").querySelector(".chosen rect")];
    const scale = svg.getAttribute("height") / svg.viewBox.baseVal.height;
    $("drawing").scrollTop = (rect.getAttribute("y") * 1 + HEIGHT / 2) * scale - $("drawing").clientHeight / 2;
  }

  function arrows() {
    const made = drawn("defs", {});
    for (const kind of Object.keys(VERBS)) {
      made.append(
        drawn(
          "marker",
          { id: `arrow-${kind}`, class: kind, viewBox: "0 0 8 8", refX: 7, refY: 4, markerWidth: 8, markerHeight: 8, markerUnits: "userSpaceOnUse", orient: "auto-start-reverse" },
          drawn("path", { d: "M0 0L8 4L0 8z" }),
        ),
      );
    }
    return made;
  }

  const bent = (x1, y1, x2, y2) => {
    const bend = x2 > x1 ? (x2 - x1) / 2 : 60;
    return `C${x1 + bend} ${y1} ${x2 - bend} ${y2} ${x2} ${y2}`;
  };

  function line(edge, from, to, stops) {
    const [x1, y1] = [from.x + from.width, from.y + HEIGHT / 2];
    const [x2, y2] = [to.x - 1, to.y + HEIGHT / 2];
    let [x, y, d] = [x1, y1, `M${x1} ${y1}`];
    for (const stop of stops) {
      const middle = stop.y + LANE / 2;
      d += `${bent(x, y, stop.x, middle)}L${stop.x + stop.width} ${middle}`;
      [x, y] = [stop.x + stop.width, middle];
    }
    const path = drawn("path", {
      class: `edge ${edge.kind}`,
      d: d + bent(x, y, x2, y2),
      "marker-end": `url(#arrow-${edge.kind})`,
      "data-source": edge.source,
      "data-target": edge.target,
    });
    path.append(drawn("title", {}, sentence(edge)));
    if (!edge.in_loop) return [path];
    const mark = drawn("text", { class: "mark", x: (x + x2) / 2, y: (y + y2) / 2 - 3, "data-source": edge.source, "data-target": edge.target }, "in a loop");
    return [path, mark];
  }

  function box(node, at, shown) {
    const [first, second] = lines(node);
    const group = drawn("g", { class: `node ${node.kind.replace(" ", "-")}`, tabindex: 0, role: "button", "data-id": node.id, "aria-label": `${node.kind} ${node.label}` });
    group.append(
      drawn("title", {}, [node.label, node.name, place(node.spot)].filter(Boolean).join("\n")),
      drawn("rect", { x: at.x, y: at.y, width: at.width, height: HEIGHT, rx: ENTRIES.includes(node.kind) ? HEIGHT / 2 : SYSTEMS.includes(node.kind) ? 3 : 8 }),
      drawn("text", { x: at.x + 12, y: at.y + 18 }, shortened(first, 13)),
      drawn("text", { x: at.x + 12, y: at.y + 33, class: "sub" }, shortened(second, 11)),
    );
    const choose = () => {
      highlight(node.id, shown);
      describe(node.id);
    };
    group.addEventListener("click", choose);
    group.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" && event.key !== " ") return;
      event.preventDefault();
      choose();
    });
    return group;
  }

  function highlight(id, shown) {
    const kept = new Set([id]);
    const edges = new Set();
    for (const [near, far] of [["source", "target"], ["target", "source"]]) {
      const queue = [id];
      const seen = new Set(queue);
      while (queue.length) {
        const current = queue.pop();
        for (const edge of shown.edges) {
          if (edge[near] !== current) continue;
          edges.add(`${edge.source}\n${edge.target}`);
          if (seen.has(edge[far])) continue;
          seen.add(edge[far]);
          kept.add(edge[far]);
          queue.push(edge[far]);
        }
      }
    }
    for (const one of $("drawing").querySelectorAll(".node")) {
      one.classList.toggle("dim", !kept.has(one.dataset.id));
      one.classList.toggle("chosen", one.dataset.id === id);
    }
    for (const one of $("drawing").querySelectorAll("[data-source]")) {
      one.classList.toggle("dim", !edges.has(`${one.dataset.source}\n${one.dataset.target}`));
    }
  }

  // ---- details -------------------------------------------------------------

  function sentence(edge) {
    const [from, to] = [nodes.get(edge.source).label, nodes.get(edge.target).label];
    const how = edge.details.length ? ` (${edge.details.join(", ")})` : "";
    const starts = nodes.get(edge.source).kind;
    const verb = !ENTRIES.includes(starts) || isSystem(edge.target) ? VERBS[edge.kind] : starts === "route" ? "is answered by" : "runs";
    return `${from} ${verb} ${to}${how}${edge.in_loop ? ", in a loop" : ""}`;
  }

  function steps(edges) {
    const list = element("ol", {});
    for (const edge of edges) {
      const spots = edge.spots.map(place).join(", ");
      list.append(element("li", {}, sentence(edge), " ", spots ? element("code", {}, spots) : ""));
    }
    return list;
  }

  function chain(by, end, near) {
    const edges = [];
    for (let edge = by.get(end); edge; edge = by.get(edge[near])) edges.push(edge);
    return near === "source" ? edges.reverse() : edges;
  }

  // One chain for each thing that is done with a system, the shortest that ends so.
  function doings(by, id) {
    const found = new Map();
    for (const edge of arriving.get(id)) {
      if (!by.has(edge.source)) continue;
      const edges = [...chain(by, edge.source, "source"), edge];
      if (!found.has(edge.kind) || edges.length < found.get(edge.kind).length) found.set(edge.kind, edges);
    }
    return [...found].map(([kind, edges]) => [`${VERBS[kind]} ${nodes.get(id).label}`, edges]);
  }

  function chains(heading, rows) {
    const section = element("section", {}, element("h3", {}, `${heading} (${rows.length})`));
    rows.forEach(([text, edges], index) => {
      const summary = element("summary", {}, text);
      if (edges.some((edge) => edge.in_loop)) summary.append(element("span", { className: "tag" }, " in a loop"));
      section.append(element("details", { open: rows.length <= 8 || index < 3 }, summary, steps(edges)));
    });
    return section;
  }

  function describe(id) {
    const panel = $("details");
    panel.replaceChildren();
    if (!id) {
      panel.append(element("p", {}, "Choose a node to see its place, its guards and its chains."));
      return;
    }
    const node = nodes.get(id);
    const back = element("button", { id: "back", type: "button" }, "Back to the list");
    back.addEventListener("click", () => select(null));
    panel.append(back, element("h2", {}, node.label), element("p", {}, [node.entry || node.kind, node.framework].filter(Boolean).join(", ")));
    if (node.name && node.name !== node.label) panel.append(element("p", {}, element("code", {}, node.name)));
    if (node.spot) panel.append(element("p", {}, element("code", {}, place(node.spot))));
    if (node.runs) panel.append(element("p", {}, `Runs ${RUNS[node.runs] || node.runs}.`));
    if (node.kind === "route") panel.append(guards(node));
    const forth = ahead(id);
    const ends = [...forth.keys()].filter((one) => one !== id && (isSystem(one) || nodes.get(one).kind === "task")).sort(byLabel);
    if (!isSystem(id)) panel.append(chains("Reaches", ends.flatMap((one) => doings(forth, one))));
    const by = behind(id);
    const starts = [...by.keys()].filter((one) => one !== id && isEntry(one)).sort(byLabel);
    if (starts.length || !isEntry(id)) panel.append(chains("Reached from", starts.map((one) => [nodes.get(one).label, chain(by, one, "target")])));
    if (id !== selected) {
      const only = element("button", { type: "button" }, "Draw only this");
      only.addEventListener("click", () => select(id));
      panel.append(only);
    }
    panel.scrollTop = 0;
  }

  function guards(node) {
    const section = element("section", {}, element("h3", {}, `Guards (${node.guards.length})`));
    if (!node.guards.length) section.append(element("p", {}, "None that is known."));
    const list = element("ul", {});
    for (const guard of node.guards) {
      list.append(element("li", {}, `${guard.kind}: ${guard.name} (${guard.level}) `, guard.spot ? element("code", {}, place(guard.spot)) : ""));
    }
    if (node.guards.length) section.append(list);
    return section;
  }

  // ---- start ---------------------------------------------------------------

  function start() {
    const kinds = Object.keys(HEADINGS).filter((kind) => data.nodes.some((node) => node.kind === kind));
    const many = kinds.map((kind) => counted(data.nodes.filter((node) => node.kind === kind).length, kind));
    $("counts").textContent = many.join(", ") || "nothing that could be mapped";
    buildList();
    options("method", [...new Set(data.nodes.flatMap((node) => node.methods))].sort().map((one) => [one, one]));
    options("kind", kinds.map((kind) => [kind, HEADINGS[kind]]));
    options("target", data.nodes.filter((node) => SYSTEMS.includes(node.kind)).map((node) => [node.id, node.label]));
    for (const id of ["search", "method", "kind", "target"]) $(id).addEventListener("input", filter);
    $("controls").addEventListener("submit", (event) => event.preventDefault());
    document.addEventListener("keydown", (event) => {
      const typing = ["INPUT", "SELECT"].includes(document.activeElement.tagName);
      if (event.key === "Escape" && selected) select(null);
      else if (event.key === "/" && !typing) {
        event.preventDefault();
        $("search").focus();
      }
    });
    addEventListener("resize", fit);
    addEventListener("hashchange", () => select(wanted()));
    filter();
    if (wanted()) select(wanted());
    else describe(null);
  }

  function wanted() {
    try {
      const id = decodeURIComponent(location.hash.slice(1));
      return nodes.has(id) ? id : null;
    } catch {
      return null;
    }
  }

  start();
})();
