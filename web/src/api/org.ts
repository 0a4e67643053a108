import { useItem } from "./hooks";

/** Names before codes: the organizations in the reader's sight by id; one that is not shows as its code. */
export function useOrgName(): (id: string) => string {
  const organizations = useItem("/v1/organizations", { query: { limit: 200 } });
  const me = useItem("/v1/me");
  return (id) => organizations.data?.items?.find((o) => o.id === id)?.name ?? (me.data?.org === id ? me.data.org_name : undefined) ?? id;
}
