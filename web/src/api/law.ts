import { useItem } from "./hooks";

/** The law this deployment runs under. */
export function useRegime() {
  return useItem("/v1/regime");
}

export function useArticle(pack: string | undefined, at: string | undefined) {
  return useItem("/v1/regime/packs/{id}/article", { path: { id: pack ?? "" }, query: { at: at ?? "" } }, { enabled: Boolean(pack && at) });
}

/** The regulation's own title of a role, where the pack gives one. */
export function useRoleTitle(): (role: string | undefined) => string | undefined {
  const regime = useRegime();
  // The server answers a role that no pack names by its slug.
  return (role) => (role && regime.data?.roles[role] !== role ? regime.data?.roles[role] : undefined);
}
