import { useItem } from "@/api/hooks";
import { useText } from "@/text";
import { Citations } from "./Citation";
import { Panel } from "./FilePage";
import { Procedure } from "./Procedure";
import { packSteps } from "./steps";

/** How an application of one kind will be decided, shown before it is filed. */
export function PackProcedure({ kind }: { kind: string }) {
  const t = useText();
  const procedure = useItem("/v1/regime/procedures/{id}", { path: { id: kind } });
  // Where the law in force has no such procedure, filing says so; here there is nothing to draw.
  if (!procedure.data) return null;
  return (
    <Panel title={t.procedure.ahead(procedure.data.title)} extra={<Citations cites={[procedure.data.cite]} />}>
      <Procedure steps={packSteps(procedure.data, t)} label={procedure.data.title} />
    </Panel>
  );
}
