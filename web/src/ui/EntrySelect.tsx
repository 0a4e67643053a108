import { Select, type SelectProps } from "antd";
import { useDeferredValue, useState } from "react";
import { useItem } from "@/api/hooks";
import { useText } from "@/text";
import { EntryName } from "./EntryName";
import { ProblemView } from "./ProblemView";

interface Props extends Pick<SelectProps, "id" | "aria-label" | "mode"> {
  value?: never;
  onChange?: (value: unknown) => void;
}

/** Chooses published resources. A catalog may hold thousands: what is typed is looked for by the server. */
export function EntrySelect(given: Props) {
  const t = useText();
  const [words, setWords] = useState("");
  const q = useDeferredValue(words.trim());
  const found = useItem("/v1/catalog", { query: { q: q || undefined, state: "published", limit: 30 } });
  return (
    <Select
      {...given}
      placeholder={t.catalog.pick}
      loading={found.isFetching}
      showSearch={{ filterOption: false, onSearch: setWords }}
      labelRender={({ value }) => <EntryName id={String(value)} />}
      optionRender={({ data }) => (
        <span className="org-option">
          {data.label} <small>{data.holder}</small>
        </span>
      )}
      notFoundContent={found.error ? <ProblemView problem={found.error} /> : found.isPending ? t.common.loading : t.catalog.notFound(q)}
      options={found.data?.items?.map((e) => ({ value: e.id, label: e.title, holder: e.holder_name }))}
    />
  );
}
