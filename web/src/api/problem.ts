// The refusals and failures of the API (RFC 9457), as the server writes them.

/** The place in the law (依据) that a refusal, a deadline or a step rests on. */
export interface Cite {
  rule?: string;
  pack?: string;
  law?: string;
  article: string;
  quote?: string;
  message?: string;
}

/** One place in the caller's input that is wrong: a JSON path, a line of a file, a byte range of SQL text. */
export interface Spot {
  where?: string;
  code?: string;
  message: string;
  en?: string;
  hint?: string;
  start?: number;
  end?: number;
}

export interface ProblemBody {
  type?: string;
  title?: string;
  status?: number;
  detail?: string;
  code?: string;
  cites?: Cite[] | null;
  spots?: Spot[] | null;
  request_id?: string;
  /** What a generic HTTP layer reports about a malformed request. */
  errors?: { message?: string; location?: string }[] | null;
}

export type Code =
  | "invalid"
  | "unauthenticated"
  | "forbidden"
  | "not_found"
  | "conflict"
  | "unlawful"
  | "too_large"
  | "unavailable"
  | "unimplemented"
  | "internal"
  | "offline";

const codeOfStatus: Record<number, Code> = {
  400: "invalid",
  401: "unauthenticated",
  403: "forbidden",
  404: "not_found",
  409: "conflict",
  413: "too_large",
  422: "invalid",
  451: "unlawful",
  501: "unimplemented",
  502: "unavailable",
  503: "unavailable",
};

/** A request that was answered with a problem document, or not answered at all (`offline`). */
export class Problem extends Error {
  readonly code: Code;
  readonly status: number;
  readonly detail: string;
  readonly cites: Cite[];
  readonly spots: Spot[];
  readonly requestId?: string;

  constructor(body: ProblemBody, status: number) {
    super(body.detail ?? body.title ?? "");
    this.name = "Problem";
    this.status = status;
    this.code = (body.code as Code | undefined) ?? codeOfStatus[status] ?? "internal";
    this.detail = body.detail ?? body.title ?? "";
    this.cites = body.cites ?? [];
    this.spots = [
      ...(body.spots ?? []),
      ...(body.errors ?? []).map((e) => ({ where: e.location, message: e.message ?? "" })),
    ];
    this.requestId = body.request_id;
  }

  static offline(cause: unknown): Problem {
    const problem = new Problem({ code: "offline" }, 0);
    problem.cause = cause;
    return problem;
  }
}

/** Whatever was thrown, as a Problem. */
export function asProblem(error: unknown): Problem {
  if (error instanceof Problem) return error;
  return new Problem({ code: "internal", detail: error instanceof Error ? error.message : String(error) }, 0);
}
