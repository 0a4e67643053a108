import { Tabs } from "antd";
import type { MatterPage, MatterStep } from "@/api/types";
import { useText } from "@/text";
import { DrawView } from "./DrawView";
import { Papers } from "./Papers";
import { Opinions } from "./parts";

/** Whether there is anything to read beside the form of a step. */
export function readable(page: MatterPage): boolean {
  return Boolean(page.matter.documents?.length) || (page.matter.steps ?? []).some((s) => s.opinions?.length);
}

/** What a decider reads while they write: the materials, what others said, how they came to sit here. */
export function Reading({ page, step }: { page: MatterPage; step: MatterStep }) {
  const t = useText();
  const steps = page.matter.steps ?? [];
  return (
    <Tabs
      size="small"
      aria-label={t.matter.reading}
      items={[
        { key: "documents", label: t.file.documents, children: <Papers matter={page.matter} /> },
        { key: "opinions", label: t.matter.sideBySide, children: <Opinions steps={steps.filter((s) => s.opinions?.length ?? s.past?.length)} bodies={page.bodies} /> },
        ...(step.draw ? [{ key: "draw", label: t.matter.drawTab, children: <DrawView matter={page.matter} steps={[step]} /> }] : []),
      ]}
    />
  );
}
