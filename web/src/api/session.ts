import { useQueryClient } from "@tanstack/react-query";
import { post, remove } from "./client";
import { useItem } from "./hooks";
import type { Me } from "./types";

/** Who is signed in; `undefined` while asking, `null` for nobody. */
export function useSession(): Me | null | undefined {
  const query = useItem("/v1/session");
  if (query.isError) return null;
  return query.data && (query.data.me ?? null);
}

export function useSignIn() {
  const client = useQueryClient();
  return async (login: string, password: string) => {
    const { me } = await post("/v1/session", {}, { login, password });
    client.clear();
    return me;
  };
}

export function useSignOut() {
  const client = useQueryClient();
  return async () => {
    await remove("/v1/session");
    client.clear();
  };
}
