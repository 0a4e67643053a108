// The only way to the server. Every answer that is not a success becomes a Problem; every act's receipt is noted.
import createClient, { type Middleware } from "openapi-fetch";
import { hex } from "@/util/bytes";
import type { paths } from "./__generated__/schema";
import { Problem, type ProblemBody } from "./problem";
import { noteReceipt } from "./receipts";

type Method = "get" | "post" | "put" | "delete";

/** The paths that take a method. */
export type PathWith<M extends Method> = {
  [P in keyof paths]: paths[P] extends { [K in M]: { responses: unknown } } ? P : never;
}[keyof paths];

type Operation<P extends keyof paths, M extends Method> = paths[P] extends { [K in M]: infer O } ? O : never;

/** What a successful answer carries. */
export type AnswerOf<P extends keyof paths, M extends Method> =
  Operation<P, M> extends { responses: { 200: { content: { "application/json": infer T } } } } ? T : undefined;

/** What a request carries. */
export type BodyOf<P extends keyof paths, M extends Method> =
  Operation<P, M> extends { requestBody: { content: { "application/json": infer T } } } ? T : undefined;

type Part<O, K extends "path" | "query"> = O extends { parameters: { [k in K]?: infer V } } ? (V extends undefined ? undefined : V) : undefined;

/** Where and which. */
export interface ParamsOf<P extends keyof paths, M extends Method> {
  path?: Part<Operation<P, M>, "path">;
  query?: Part<Operation<P, M>, "query">;
}

async function problemBody(response: Response): Promise<ProblemBody> {
  try {
    return (await response.json()) as ProblemBody;
  } catch {
    return { status: response.status };
  }
}

const truthful: Middleware = {
  async onResponse({ response }) {
    if (!response.ok) throw new Problem(await problemBody(response.clone()), response.status);
    noteReceipt(response.headers.get("Yunei-Receipt"));
  },
  onError({ error }) {
    return error instanceof Problem ? error : Problem.offline(error);
  },
};

// A list in a query is one value with commas, as the server reads it; repeated names would be read as the first alone.
const client = createClient<paths>({
  baseUrl: window.location.origin,
  credentials: "same-origin",
  querySerializer: { array: { style: "form", explode: false } },
});
client.use(truthful);

// Not randomUUID, which browsers keep for secure contexts: an office network may serve the console over plain http.
function freshKey(): string {
  return hex(crypto.getRandomValues(new Uint8Array(16)));
}

/** An absent filter is left out of the URL. */
function filled(query: object | undefined): Record<string, unknown> | undefined {
  return query && Object.fromEntries(Object.entries(query).filter(([, value]) => value !== undefined && value !== ""));
}

interface Extra {
  headers?: Record<string, string>;
  body?: unknown;
  bodySerializer?: (body: never) => BodyInit;
  parseAs?: "json" | "blob";
}

type Send = (path: string, init: unknown) => Promise<{ data?: unknown; response: Response }>;

// The types of a call are settled by the functions below; inside, one call serves them all.
async function send(method: Method, path: string, params: { path?: unknown; query?: unknown }, extra: Extra = {}) {
  const call = { get: client.GET, post: client.POST, put: client.PUT, delete: client.DELETE }[method] as unknown as Send;
  return call(path, { params: { path: params.path, query: filled(params.query as object | undefined) }, ...extra });
}

export async function get<P extends PathWith<"get">>(path: P, params: ParamsOf<P, "get"> = {}): Promise<AnswerOf<P, "get">> {
  return (await send("get", path, params)).data as AnswerOf<P, "get">;
}

/** Acts and drafts. The idempotency key makes a double click, or a retry after a lost answer, one act. */
export async function post<P extends PathWith<"post">>(
  path: P,
  params: ParamsOf<P, "post">,
  ...[body]: BodyOf<P, "post"> extends undefined ? [] : [BodyOf<P, "post">]
): Promise<AnswerOf<P, "post">> {
  return (await send("post", path, params, { body, headers: { "Idempotency-Key": freshKey() } })).data as AnswerOf<P, "post">;
}

export async function put<P extends PathWith<"put">>(path: P, params: ParamsOf<P, "put">, body: BodyOf<P, "put">): Promise<AnswerOf<P, "put">> {
  return (await send("put", path, params, { body })).data as AnswerOf<P, "put">;
}

export async function remove<P extends PathWith<"delete">>(path: P): Promise<void> {
  await send("delete", path, {});
}

/** An act whose input is a file, sent as it is. */
export async function upload<P extends PathWith<"post">>(path: P, params: ParamsOf<P, "post">, file: Blob, type: string): Promise<AnswerOf<P, "post">> {
  const extra = { body: file, bodySerializer: (body: never) => body as Blob, headers: { "Content-Type": type, "Idempotency-Key": freshKey() } };
  return (await send("post", path, params, extra)).data as AnswerOf<P, "post">;
}

/** A file kept for a later act, under the digest of its bytes. */
export async function keepFile(file: File): Promise<string> {
  const form = new FormData();
  form.append("file", file);
  const { data } = await send("post", "/v1/files", {}, { body: form, bodySerializer: (body: never) => body as FormData });
  return (data as AnswerOf<"/v1/files", "post">).digest;
}

/** An act whose answer is a file: it is saved under the server's name, and its receipt is noted like any other. */
export async function download<P extends PathWith<"post">>(path: P, params: ParamsOf<P, "post">, name: string): Promise<void> {
  const { data, response } = await send("post", path, params, { parseAs: "blob", headers: { "Idempotency-Key": freshKey() } });
  const link = document.createElement("a");
  link.href = URL.createObjectURL(data as Blob);
  link.download = /filename="([^"]+)"/.exec(response.headers.get("Content-Disposition") ?? "")?.[1] ?? name;
  link.click();
  URL.revokeObjectURL(link.href);
}
