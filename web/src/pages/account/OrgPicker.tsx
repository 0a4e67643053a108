import { useSearchParams } from "react-router";
import type { Me } from "@/api/types";
import { useText } from "@/text";
import { OrgSelect } from "@/ui/OrgSelect";

const overseers = ["data-bureau", "platform-operator", "auditor", "government", "coordination-mechanism", "upper-authority"];

/** Those who decide and supervise see every organization; the others their own. */
export function sees(me: Me): boolean {
  return me.roles?.some((r) => overseers.includes(r)) ?? false;
}

/** The organization whose people are shown, in the URL. */
export function useWhose(me: Me): string {
  const [search] = useSearchParams();
  return (sees(me) && search.get("org")) || (me.org ?? "");
}

export function OrgPicker({ me }: { me: Me }) {
  const t = useText();
  const whose = useWhose(me);
  const [, setSearch] = useSearchParams();
  if (!sees(me)) return null;
  return (
    <OrgSelect
      aria-label={t.people.whose}
      style={{ width: 320 }}
      placeholder={t.people.whose}
      value={whose || undefined}
      onChange={(org) =>
        setSearch(
          (before) => {
            before.set("org", org);
            return before;
          },
          { replace: true },
        )
      }
    />
  );
}
