// The only way to the server. Every answer that is not a success becomes a Problem; every act's receipt is noted.
import { hex } from "@/util/bytes";
import { Problem, type ProblemBody } from "./problem";
import { noteReceipt } from "./receipts";

export interface Params {
  path?: Record<string, string | number>;
  query?: Record<string, string | number | boolean | undefined>;
}

function url(template: string, params: Params): string {
  const filled = template.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(String(params.path?.[name] ?? "")));
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(params.query ?? {})) {
    if (value !== undefined && value !== "") query.set(name, String(value));
  }
  const text = query.toString();
  return text ? `${filled}?${text}` : filled;
}

async function request(method: string, template: string, params: Params, body?: unknown, key?: string, type?: string): Promise<Response> {
  const headers: Record<string, string> = { Accept: "application/json, application/problem+json" };
  if (key) headers["Idempotency-Key"] = key;
  if (type) headers["Content-Type"] = type;
  let payload: BodyInit | undefined;
  if (body instanceof FormData || body instanceof Blob) payload = body;
  else if (body !== undefined) {
    headers["Content-Type"] = "application/json";
    payload = JSON.stringify(body);
  }
  let response: Response;
  try {
    response = await fetch(url(template, params), { method, headers, body: payload, credentials: "same-origin" });
  } catch (error) {
    throw Problem.offline(error);
  }
  if (!response.ok) throw new Problem(await problemBody(response), response.status);
  noteReceipt(response.headers.get("Yunei-Receipt"));
  return response;
}

async function problemBody(response: Response): Promise<ProblemBody> {
  try {
    return (await response.json()) as ProblemBody;
  } catch {
    return { status: response.status };
  }
}

async function answer<T>(response: Response): Promise<T> {
  if (response.status === 204) return undefined as T;
  return (await response.json()) as T;
}

export async function get<T>(template: string, params: Params = {}): Promise<T> {
  return answer<T>(await request("GET", template, params));
}

// Not randomUUID, which browsers keep for secure contexts: an office network may serve the console over plain http.
function freshKey(): string {
  return hex(crypto.getRandomValues(new Uint8Array(16)));
}

/** Acts and drafts. The idempotency key makes a double click, or a retry after a lost answer, one act. */
export async function post<T = unknown>(template: string, params: Params, body?: unknown, key = freshKey()): Promise<T> {
  return answer<T>(await request("POST", template, params, body ?? {}, key));
}

/** An act whose input is a file, sent as it is. */
export async function upload<T>(template: string, params: Params, file: Blob, type: string): Promise<T> {
  return answer<T>(await request("POST", template, params, file, freshKey(), type));
}

export async function put<T = unknown>(template: string, params: Params, body: unknown): Promise<T> {
  return answer<T>(await request("PUT", template, params, body));
}

export async function remove(template: string, params: Params = {}): Promise<void> {
  await request("DELETE", template, params);
}


/** An act whose answer is a file: it is saved under the server's name, and its receipt is noted like any other. */
export async function download(template: string, params: Params, name: string): Promise<void> {
  const response = await request("POST", template, params, {}, freshKey());
  const link = document.createElement("a");
  link.href = URL.createObjectURL(await response.blob());
  link.download = /filename="([^"]+)"/.exec(response.headers.get("Content-Disposition") ?? "")?.[1] ?? name;
  link.click();
  URL.revokeObjectURL(link.href);
}
