import { useState } from "react";
import { useNavigate } from "react-router";
import { post } from "@/api/client";
import type { Option } from "@/api/types";
import { useText, wordFor } from "@/text";
import { ActButton } from "@/ui/ActButton";
import { FormModal } from "@/ui/FormModal";
import { path } from "@/util/path";

/** 提请审议终止: puts the end of a grant or an authorization before the mechanism, and opens the matter that follows. */
export function EndingButton({ state, subject }: { state: Option; subject: string }) {
  const t = useText();
  const navigate = useNavigate();
  const [asking, setAsking] = useState(false);
  return (
    <>
      <ActButton state={state} label={wordFor(t.ledger.acts, state.act)} run={async () => {}} onOpen={() => setAsking(true)} />
      {asking && (
        <FormModal<{ reason: string }>
          title={wordFor(t.ledger.acts, state.act)}
          danger
          lead={<p>{t.grant.endingLead}</p>}
          close={() => setAsking(false)}
          run={async ({ reason }) => {
            const matter = await post("/v1/endings", {}, { subject, reason });
            void navigate(path.matter(matter.id));
          }}
          fields={[{ name: "reason", label: t.grant.endingReason, kind: "area", need: true, max: 5000 }]}
        />
      )}
    </>
  );
}
