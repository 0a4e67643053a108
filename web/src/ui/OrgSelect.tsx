import { Select, type SelectProps } from "antd";
import { useDeferredValue, useState } from "react";
import { useItem } from "@/api/hooks";
import { useOrgName } from "@/api/org";
import { useText } from "@/text";
import { ProblemView } from "./ProblemView";

interface Props extends Pick<SelectProps<string>, "id" | "value" | "onChange" | "style" | "placeholder" | "allowClear" | "aria-label"> {
  /** Left out of the list, such as one's own. */
  except?: string;
}

/** Chooses an organization. The register may hold thousands: what is typed is looked for by the server, in names and codes. */
export function OrgSelect({ except, value, ...given }: Props) {
  const t = useText();
  const orgName = useOrgName();
  const [words, setWords] = useState("");
  const q = useDeferredValue(words.trim());
  const found = useItem("/v1/organizations", { query: { q: q || undefined, limit: 30 } });
  const items = (found.data?.items ?? []).filter((o) => o.id !== except).map((o) => ({ value: o.id, label: o.name, uscc: o.uscc }));
  // The chosen one keeps its name whatever is looked for.
  const options = value && !q && !items.some((o) => o.value === value) ? [{ value, label: orgName(value), uscc: "" }, ...items] : items;
  return (
    <Select<string, (typeof options)[number]>
      {...given}
      value={value}
      placeholder={given.placeholder ?? t.org.pick}
      loading={found.isFetching}
      showSearch={{ filterOption: false, onSearch: setWords }}
      labelRender={({ value: id }) => orgName(String(id))}
      optionRender={({ data }) => (
        <span className="org-option">
          {data.label} <small>{data.uscc}</small>
        </span>
      )}
      notFoundContent={found.error ? <ProblemView problem={found.error} /> : found.isPending ? t.common.loading : t.org.notFound(q)}
      options={options}
    />
  );
}
