// Draws /docs from /openapi.json with text nodes alone; nothing comes from another host.

function element(name, properties = {}, ...children) {
  const made = Object.assign(document.createElement(name), properties);
  made.append(...children);
  return made;
}

function resolved(schema, document_) {
  if (!schema?.$ref) return schema ?? {};
  return schema.$ref.slice(2).split("/").reduce((at, key) => at[key], document_);
}

function kind(schema) {
  if (schema.$ref) return schema.$ref.split("/").pop();
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (schema.enum) return schema.enum.map((value) => JSON.stringify(value)).join(" | ");
  if (schema.anyOf) return schema.anyOf.map(kind).join(" | ");
  return schema.pattern ? `${schema.type} ${schema.pattern}` : schema.type ?? "any";
}

function table(caption, rows) {
  const body = rows.map(([name, type, note]) =>
    element("tr", {}, element("td", {}, element("code", { textContent: name })), element("td", { textContent: type }), element("td", { textContent: note })));
  return element("table", {}, element("caption", { className: "soft", textContent: caption }), element("tbody", {}, ...body));
}

function bodyRows(schema) {
  const required = new Set(schema.required ?? []);
  return Object.entries(schema.properties ?? {}).map(([name, field]) => [name, kind(field), required.has(name) ? "required" : "optional"]);
}

function example(path, method, schema) {
  const lines = [`curl -X ${method.toUpperCase()} ${location.origin}${path}`];
  if (schema) {
    const given = Object.fromEntries((schema.required ?? []).map((name) => [name, "…"]));
    lines.push("  -H 'Content-Type: application/json'", `  -d '${JSON.stringify(given)}'`);
  }
  return element("pre", {}, element("code", { textContent: lines.join(" \\\n") }));
}

function operation(path, method, described, document_) {
  const summary = element("summary", {}, element("span", { className: "method", textContent: method.toUpperCase() }), element("code", { textContent: path }),
    element("span", { className: "soft", textContent: `  ${described.summary ?? ""}` }));
  const inside = element("div", { className: "inside" });
  if (described.description) inside.append(element("p", { textContent: described.description }));
  const parameters = (described.parameters ?? []).map((one) => [one.name, kind(one.schema ?? {}), `${one.in}${one.required ? ", required" : ""}`]);
  if (parameters.length) inside.append(table("Parameters", parameters));
  const body = described.requestBody?.content?.["application/json"]?.schema;
  const schema = body && resolved(body, document_);
  if (schema) inside.append(table("Body (application/json)", bodyRows(schema)));
  inside.append(example(path, method, schema));
  return element("details", {}, summary, inside);
}

function draw(document_) {
  const sections = new Map();
  for (const [path, methods] of Object.entries(document_.paths)) {
    for (const [method, described] of Object.entries(methods)) {
      const tag = described.tags?.[0] ?? "other";
      if (!sections.has(tag)) sections.set(tag, element("section", {}, element("h2", { textContent: tag })));
      sections.get(tag).append(operation(path, method, described, document_));
    }
  }
  document.getElementById("operations").replaceChildren(...sections.values());
}

try {
  draw(await (await fetch("/openapi.json")).json());
} catch {
  document.getElementById("operations").replaceChildren(element("p", { textContent: "openapi.json could not be read. Reload the page in a moment." }));
}
