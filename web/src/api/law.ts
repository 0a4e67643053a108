import { useItem } from "./hooks";

/** The law this deployment runs under. */
export function useRegime() {
  return useItem("/v1/regime");
}

/** The kinds of matter that the loaded law knows; undefined until they are told, none where they cannot be. */
export function useKinds(): readonly string[] | undefined {
  const regime = useRegime();
  return regime.error ? [] : (regime.data?.kinds ?? undefined);
}

/** A pack's title by id and digest ("quanzhou-2024-05-17@sha256:…"); one that is not loaded any more keeps its id. */
export function useLawTitle(): (version: string) => string {
  const packs = useRegime().data?.packs;
  return (version) => {
    const id = version.split("@")[0] ?? version;
    return packs?.find((p) => p.id === id)?.title ?? id;
  };
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
