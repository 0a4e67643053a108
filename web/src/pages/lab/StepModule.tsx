import { CloseOutlined, UploadOutlined } from "@ant-design/icons";
import { Button, Flex, Popover, Tag, Tooltip, Typography, Upload } from "antd";
import { post } from "@/api/client";
import { useAct } from "@/api/hooks";
import { useText } from "@/text";
import { ProblemView } from "@/ui/ProblemView";
import { StepReport } from "@/ui/StepReport";

async function base64Of(file: Blob): Promise<string> {
  const bytes = new Uint8Array(await file.arrayBuffer());
  let binary = "";
  for (const b of bytes) binary += String.fromCharCode(b);
  return btoa(binary);
}

/** The module of a draft's step: read when it is uploaded, named by its digest from then on. */
export function StepModule({ space, module, change }: { space: string; module?: string; change: (hash?: string) => void }) {
  const t = useText();
  const add = useAct(
    async (file: File) => post("/v1/spaces/{id}/modules", { path: { id: space } }, { name: file.name, bytes: await base64Of(file) }),
    (kept) => change(kept.hash),
  );
  const report = add.data?.hash === module ? add.data?.report : undefined;
  const digest = <Typography.Text code>{module?.slice(7, 19)}…</Typography.Text>;
  return (
    <section className="lab-step" aria-label={t.step.module}>
      <Flex gap={8} align="center" wrap>
        <Upload accept=".wasm,application/wasm" showUploadList={false} beforeUpload={(file) => (add.mutate(file), false)}>
          <Tooltip title={t.step.uploadHint}>
            <Button size="small" icon={<UploadOutlined aria-hidden />} loading={add.isPending}>
              {t.step.upload}
            </Button>
          </Tooltip>
        </Upload>
        {module ? (
          <Tag>
            {report ? (
              <Popover title={t.step.report} content={<div style={{ width: 420 }}><StepReport compact report={report} /></div>}>
                {add.data?.name} {digest}
              </Popover>
            ) : (
              <>
                {t.step.module} {digest}
              </>
            )}
            <Button size="small" type="text" icon={<CloseOutlined aria-hidden />} aria-label={t.step.remove} onClick={() => change(undefined)} />
          </Tag>
        ) : (
          <Typography.Text type="secondary">{t.step.noModule}</Typography.Text>
        )}
      </Flex>
      {add.error && <ProblemView problem={add.error} />}
    </section>
  );
}
