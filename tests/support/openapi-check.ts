/**
 * What the OpenAPI 3.1 specification demands of a document, as far as ours uses it, and whether a value is as a schema
 * says. Written from the specification (https://spec.openapis.org/oas/v3.1.1), not from our code.
 */
type Json = Readonly<Record<string, unknown>>;

const METHODS = ["get", "put", "post", "delete", "options", "head", "patch", "trace"];
const PATH_FIELDS = ["$ref", "summary", "description", "servers", "parameters", ...METHODS];
const OPERATION_FIELDS = [
  "tags",
  "summary",
  "description",
  "externalDocs",
  "operationId",
  "parameters",
  "requestBody",
  "responses",
  "callbacks",
  "deprecated",
  "security",
  "servers",
];
const TYPES = ["null", "boolean", "object", "array", "number", "string", "integer"];

/** Everything that is wrong with a document, each with where it is; empty: nothing. */
export function faultsOf(document: Json): string[] {
  const faults: string[] = [];
  const demand = (is: boolean, where: string, what: string): void => {
    if (!is) faults.push(`${where}: ${what}`);
  };
  demand(/^3\.1\.\d+$/u.test(word(document["openapi"])), "openapi", "is no version of 3.1");
  const info = of(document["info"]);
  demand(isText(info["title"]) && isText(info["version"]), "info", "title and version are required");
  const licence = of(info["license"]);
  demand(
    isText(licence["name"]) && !("identifier" in licence && "url" in licence),
    "license",
    "is not right",
  );
  const components = of(document["components"]);
  for (const part of ["schemas", "securitySchemes"])
    for (const name of Object.keys(of(components[part])))
      demand(/^[a-zA-Z0-9._-]+$/u.test(name), `components.${part}`, `${name} is no name`);
  const schemes = of(components["securitySchemes"]);
  for (const [name, scheme] of Object.entries(schemes)) {
    const { type, in: place, name: key, scheme: kind } = of(scheme);
    if (type === "apiKey")
      demand(["query", "header", "cookie"].includes(word(place)) && isText(key), name, "in and name");
    else demand(type === "http" && isText(kind), name, "is no scheme that is known here");
  }
  checkSecurity(document["security"], "security", schemes, demand);
  const operationIds = new Set<unknown>();
  for (const [path, item] of Object.entries(of(document["paths"]))) {
    demand(path.startsWith("/"), path, "does not begin with a slash");
    for (const [field, operation] of Object.entries(of(item))) {
      demand(PATH_FIELDS.includes(field), path, `${field} is no field of a path`);
      if (!METHODS.includes(field)) continue;
      const where = `${field} ${path}`;
      const { operationId, responses, requestBody } = of(operation);
      demand(isText(operationId) && !operationIds.has(operationId), where, "operationId is not its own");
      operationIds.add(operationId);
      for (const name of Object.keys(of(operation)))
        demand(OPERATION_FIELDS.includes(name), where, `${name} is no field of an operation`);
      checkParameters(path, of(operation), where, demand);
      if ("security" in of(operation)) checkSecurity(of(operation)["security"], where, schemes, demand);
      if (requestBody !== undefined) demand("content" in of(requestBody), where, "a body has content");
      demand(Object.keys(of(responses)).length > 0, where, "has no responses");
      for (const [status, response] of Object.entries(of(responses))) {
        demand(/^[1-5]\d\d$/u.test(status), where, `${status} is no status`);
        demand(isText(of(response)["description"]), where, `${status} has no description`);
        for (const header of Object.values(of(of(response)["headers"])))
          demand("schema" in of(header) && !("name" in of(header)), where, "a header has a schema, no name");
        for (const [type, media] of Object.entries(of(of(response)["content"])))
          demand(type.includes("/") && "schema" in of(media), where, `${type} is not right`);
      }
    }
  }
  eachSchema(document, "", (schema, where) => {
    const { type, $ref, pattern, enum: allowed } = schema;
    if (type !== undefined) demand(TYPES.includes(word(type)), where, `${word(type)} is no type`);
    if ($ref !== undefined) demand(resolved(document, word($ref)) !== undefined, where, `no ${word($ref)}`);
    if (pattern !== undefined) new RegExp(word(pattern), "u");
    if (allowed !== undefined) demand(Array.isArray(allowed) && allowed.length > 0, where, "an empty enum");
    for (const name of (schema["required"] as string[] | undefined) ?? [])
      demand(name in of(schema["properties"]), where, `${name} is required and not there`);
  });
  return faults;
}

type Demand = (is: boolean, where: string, what: string) => void;

function checkParameters(path: string, operation: Json, where: string, demand: Demand): void {
  const parameters = (operation["parameters"] ?? []) as Json[];
  const keys = parameters.map(({ name, in: place }) => `${word(place)} ${word(name)}`);
  demand(new Set(keys).size === keys.length, where, "a parameter stands there twice");
  const inPath = Array.from(path.matchAll(/\{(\w+)\}/gu), ([, name]) => name!);
  const told = parameters.filter(({ in: place }) => place === "path").map(({ name }) => name);
  demand(
    inPath.toSorted().join() === told.toSorted().join(),
    where,
    "path parameters are not those of the path",
  );
  for (const { name, in: place, required, schema, content } of parameters) {
    demand(["path", "query", "header", "cookie"].includes(word(place)), where, `${word(name)} is nowhere`);
    demand(place !== "path" || required === true, where, `${word(name)} must be required`);
    demand(
      (schema === undefined) !== (content === undefined),
      where,
      `${word(name)} has one of schema, content`,
    );
  }
}

function checkSecurity(security: unknown, where: string, schemes: Json, demand: Demand): void {
  for (const requirement of security as Json[])
    for (const name of Object.keys(requirement)) demand(name in schemes, where, `no scheme ${name}`);
}

/** Calls `look` with everything that stands where a schema stands. */
function eachSchema(value: unknown, where: string, look: (schema: Json, where: string) => void): void {
  if (typeof value !== "object" || value === null) return;
  for (const [name, part] of Object.entries(value)) {
    const at = `${where}/${name}`;
    if (/(^|\/)(schema|items|additionalProperties)$/u.test(at)) look(of(part), at);
    if (/\/(schemas|properties)\/[^/]+$/u.test(at)) look(of(part), at);
    eachSchema(part, at, look);
  }
}

function resolved(document: Json, reference: string): unknown {
  let value: unknown = document;
  for (const name of reference.replace(/^#\//u, "").split("/")) value = of(value)[name];
  return value;
}

/** What of `value` is not as the schema says, each with where it is; empty: nothing. */
export function misfits(document: Json, schema: Json, value: unknown, where = "it"): string[] {
  if ("$ref" in schema) return misfits(document, of(resolved(document, word(schema["$ref"]))), value, where);
  const allowed = schema["enum"] as unknown[] | undefined;
  if (allowed !== undefined && !allowed.includes(value)) return [`${where}: ${word(value)} is not allowed`];
  if (!isOfType(schema["type"], value)) return [`${where}: is no ${word(schema["type"])}`];
  if (Array.isArray(value))
    return value.flatMap((item, index) => misfits(document, of(schema["items"]), item, `${where}[${index}]`));
  if (typeof value !== "object" || value === null) return [];
  const properties = of(schema["properties"]);
  const required = (schema["required"] as string[] | undefined) ?? [];
  return [
    ...required.filter((name) => !(name in value)).map((name) => `${where}: has no ${name}`),
    ...Object.entries(value).flatMap(([name, part]) =>
      name in properties
        ? misfits(document, of(properties[name]), part, `${where}.${name}`)
        : "additionalProperties" in schema
          ? misfits(document, of(schema["additionalProperties"]), part, `${where}.${name}`)
          : [`${where}: ${name} is not told`],
    ),
  ];
}

function isOfType(type: unknown, value: unknown): boolean {
  switch (type) {
    case "array":
      return Array.isArray(value);
    case "integer":
      return Number.isInteger(value);
    case "object":
      return typeof value === "object" && value !== null && !Array.isArray(value);
    default:
      return type === undefined || typeof value === type;
  }
}

function of(value: unknown): Json {
  return (value ?? {}) as Json;
}

function isText(value: unknown): boolean {
  return typeof value === "string" && value !== "";
}

function word(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}
