import { Flex, Select } from "antd";
import { useItem } from "@/api/hooks";
import { useText } from "@/text";
import { EntrySelect } from "./EntrySelect";

/** A published resource and some of its items. */
export interface ChosenItems {
  resource: string;
  fields: string[];
}

interface Props {
  id?: string;
  value?: Partial<ChosenItems>;
  onChange?: (value: Partial<ChosenItems>) => void;
}

/** Chooses a resource, then items of it. */
export function EntryItems({ id, value = {}, onChange }: Props) {
  const t = useText();
  const entry = useItem("/v1/catalog/{id}", { path: { id: value.resource ?? "" } }, { enabled: Boolean(value.resource) });
  return (
    <Flex vertical gap={8}>
      <EntrySelect id={id} aria-label={t.common.resource} value={value.resource as never} onChange={(resource) => onChange?.({ resource: resource as string, fields: [] })} />
      <Select
        mode="multiple"
        aria-label={t.common.fields}
        placeholder={value.resource ? t.common.fields : t.catalog.pickFirst}
        disabled={!value.resource}
        loading={entry.isFetching}
        value={value.fields}
        onChange={(fields: string[]) => onChange?.({ ...value, fields })}
        showSearch={{ optionFilterProp: "label" }}
        options={entry.data?.entry.fields?.filter((f) => f.role !== "subject_key").map((f) => ({ value: f.name, label: f.title }))}
      />
    </Flex>
  );
}
