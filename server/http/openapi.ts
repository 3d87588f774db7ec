import { Elysia } from "elysia";
import { jsonAnswer } from "./answer.ts";
import type { OptionEntry, Schema } from "./openapi-options.ts";
import { type AnswerEntry, type RouteEntry, ROUTES } from "./openapi-routes.ts";
import { SCHEMAS } from "./openapi-schemas.ts";
import { Refusal, type RefusalCode } from "./refusal.ts";

/** What the document says of the service as a whole. */
export interface ServiceTitle {
  readonly version: string;
  /** What stands before every path; empty: nothing. */
  readonly basePath: string;
}

type Json = Readonly<Record<string, unknown>>;

/** Any route may refuse with these, depending on the settings. */
const COMMON_REFUSALS: readonly RefusalCode[] = ["method-not-allowed", "internal"];

/** What stands for the rest of a path. */
const PATH_PARTS: Readonly<Record<string, { readonly about: string; readonly example: string }>> = {
  pv: {
    about:
      "The PV's name: the rest of the path, percent-decoded. It may contain `/` and `:` as they are; `pva://` in front is taken off.",
    example: "13SIM1:Pva1:Image",
  },
  file: { about: "A file's name.", example: "index.js" },
};

/** `GET /openapi.json`: what this service answers, for programs and their authors (OpenAPI 3.1). */
export function openApiRoute(title: ServiceTitle) {
  const document = openApiDocument(title);
  return new Elysia({ name: "openapi" }).get("/openapi.json", () => jsonAnswer(document));
}

/** The document, out of ROUTES. */
export function openApiDocument({ version, basePath }: ServiceTitle): Json {
  const paths: Record<string, Json> = {};
  for (const route of ROUTES) paths[route.path] = { ...paths[route.path], ...operationsOf(route) };
  return {
    openapi: "3.1.1",
    info: {
      title: "pva-to-video",
      version,
      summary: "EPICS areaDetector cameras (NTNDArray over PV Access) as live pictures in any web browser.",
      license: { name: "Apache-2.0", identifier: "Apache-2.0" },
    },
    servers: [{ url: basePath === "" ? "/" : basePath }],
    // A token where the operator wants one, in any of three ways; nothing where he does not.
    security: [{}, { bearer: [] }, { query: [] }, { login: [] }],
    paths,
    components: {
      schemas: SCHEMAS,
      securitySchemes: {
        bearer: { type: "http", scheme: "bearer" },
        query: { type: "apiKey", in: "query", name: "token" },
        login: { type: "apiKey", in: "cookie", name: "pva-to-video" },
      },
    },
  };
}

/** Reading is done with GET, and HEAD gives the same headers: a second operation, because OpenAPI has no other word for it. */
function operationsOf(route: RouteEntry): Json {
  const operation = operationOf(route);
  if (route.method !== "get" || "101" in route.answers) return { [route.method]: operation };
  const summary = `${route.summary}: headers only`;
  return { get: operation, head: { ...operation, operationId: `${operationId(route)}Head`, summary } };
}

function operationOf(route: RouteEntry): Json {
  const { summary, about, options = [], answers, form, open = false } = route;
  const parameters = [...pathParameters(route.path), ...options.map(queryParameter)];
  return {
    operationId: operationId(route),
    summary,
    description: about,
    ...(parameters.length > 0 && { parameters }),
    ...(form && { requestBody: formBody(form) }),
    responses: { ...mapped(answers, answerOf), ...refusalsOf(route) },
    ...(open && { security: [] }),
  };
}

/** `/ws/mjpg/{pv}` is getWsMjpg. */
function operationId({ path, method }: RouteEntry): string {
  const words = path.split(/[^a-z]+/iu).filter((word) => word !== "" && !Object.hasOwn(PATH_PARTS, word));
  const name = words.map((word) => word[0]!.toUpperCase() + word.slice(1)).join("");
  const one = path.endsWith("}") && path.startsWith("/api/") ? "One" : "";
  return `${method}${name === "" ? "Page" : name}${one}`;
}

function pathParameters(path: string): Json[] {
  return Array.from(path.matchAll(/\{(\w+)\}/gu), ([, name = ""]) => {
    const { about, example } = PATH_PARTS[name]!;
    return { name, in: "path", required: true, description: about, schema: { type: "string" }, example };
  });
}

function queryParameter({ name, about, schema, example }: OptionEntry): Json {
  return {
    name,
    in: "query",
    description: about,
    schema,
    example: schema["type"] === "string" ? example : Number(example),
  };
}

function formBody(properties: Readonly<Record<string, Schema>>): Json {
  const schema = { type: "object", properties };
  return { content: { "application/x-www-form-urlencoded": { schema } } };
}

function answerOf({ about, content, headers = {} }: AnswerEntry): Json {
  const described = mapped(headers, (description) => ({ description, schema: { type: "string" } }));
  return {
    description: about,
    ...(Object.keys(headers).length > 0 && { headers: described }),
    ...(Object.keys(content).length > 0 && { content: mapped(content, (schema) => ({ schema })) }),
  };
}

/** Refusals of one status are one answer, which names their codes. */
function refusalsOf({ refusals = [], open = false }: RouteEntry): Json {
  const asksForToken: readonly RefusalCode[] = open ? [] : ["unauthorized", "too-many-attempts"];
  const codes = new Set([...refusals, ...asksForToken, ...COMMON_REFUSALS]);
  const byStatus = Map.groupBy(codes, (code) => new Refusal(code, "").status);
  const schema = { $ref: "#/components/schemas/Refusal" };
  return Object.fromEntries(
    Array.from(byStatus, ([status, codes]) => [
      status,
      {
        description: codes.map((code) => `\`${code}\``).join(", "),
        content: { "application/json": { schema } },
      },
    ]),
  );
}

function mapped<From, To>(
  record: Readonly<Record<string, From>>,
  change: (from: From) => To,
): Record<string, To> {
  return Object.fromEntries(Object.entries(record).map(([name, value]) => [name, change(value)]));
}
