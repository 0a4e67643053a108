import { Tag } from "antd";
import { useItem } from "@/api/hooks";

/** A resource by its title, whatever list it was chosen from. */
export function EntryName({ id }: { id: string }) {
  const page = useItem("/v1/catalog/{id}", { path: { id } });
  return <>{page.data?.entry.title ?? id}</>;
}

/** Items of a resource by their titles. */
export function EntryFields({ id, fields }: { id: string; fields: readonly string[] | null | undefined }) {
  const page = useItem("/v1/catalog/{id}", { path: { id } });
  return (
    <>
      {fields?.map((name) => (
        <Tag key={name}>{page.data?.entry.fields?.find((f) => f.name === name)?.title ?? name}</Tag>
      ))}
    </>
  );
}
