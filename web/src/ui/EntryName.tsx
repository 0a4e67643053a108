import { useItem } from "@/api/hooks";

/** A resource by its title, whatever list it was chosen from. */
export function EntryName({ id }: { id: string }) {
  const page = useItem("/v1/catalog/{id}", { path: { id } });
  return <>{page.data?.entry.title ?? id}</>;
}
