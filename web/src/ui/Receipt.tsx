import { CheckCircleFilled, CloseCircleFilled, SafetyCertificateOutlined } from "@ant-design/icons";
import { Alert, Button, Collapse, Drawer, Skeleton, Space, Typography } from "antd";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { loadReceipt, pinnedKey } from "@/api/ledger";
import { asProblem } from "@/api/problem";
import { useText } from "@/text";
import { tone } from "@/theme";
import { canVerify, type Verdict, verifyReceipt } from "@/verify/receipt";
import { ProblemView } from "./ProblemView";

function Checks({ verdict }: { verdict: Verdict }) {
  const t = useText();
  return (
    <ul className="receipt-checks">
      {verdict.checks.map((c) => (
        <li key={c.check}>
          {c.ok ? <CheckCircleFilled style={{ color: tone.good }} aria-hidden /> : <CloseCircleFilled style={{ color: tone.bad }} aria-hidden />}
          <div>
            {t.receipt.checks[c.check]}
            <div className="receipt-detail">{c.detail}</div>
          </div>
        </li>
      ))}
    </ul>
  );
}

function save(name: string, body: unknown) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([JSON.stringify(body, null, 1)], { type: "application/json" }));
  link.download = name;
  link.click();
  URL.revokeObjectURL(link.href);
}

/** The proof of one entry, computed here. */
export function ReceiptProof({ seq }: { seq: number }) {
  const t = useText();
  const query = useQuery({
    queryKey: ["receipt", seq],
    queryFn: async () => {
      const document = await loadReceipt(seq);
      return { document, verdict: canVerify() ? await verifyReceipt(document, pinnedKey(document.key)) : undefined };
    },
    retry: (count, error) => count < 5 && asProblem(error).code === "unavailable",
  });
  if (query.error) {
    return asProblem(query.error).code === "unavailable" ? (
      <Alert type="info" showIcon title={t.receipt.pending} action={<Button onClick={() => void query.refetch()}>{t.receipt.verify}</Button>} />
    ) : (
      <ProblemView problem={query.error} />
    );
  }
  if (!query.data) return <Skeleton active title={{ width: 260 }} />;
  const { document, verdict } = query.data;
  return (
    <>
      {verdict ? (
        <>
          <Alert type={verdict.ok ? "success" : "error"} showIcon title={verdict.ok ? t.receipt.ok : t.receipt.bad} />
          <Checks verdict={verdict} />
          <Typography.Paragraph type="secondary">{t.receipt.local}</Typography.Paragraph>
        </>
      ) : (
        <Alert type="warning" showIcon title={t.receipt.insecure} />
      )}
      <Button icon={<SafetyCertificateOutlined aria-hidden />} onClick={() => save(`receipt-${seq}.json`, document)}>
        {t.receipt.download}
      </Button>
      <Collapse
        ghost
        style={{ marginTop: 12 }}
        items={[
          {
            key: "entry",
            label: t.receipt.entry,
            children: <pre className="receipt-text">{JSON.stringify(verdict?.entry, null, 2)}</pre>,
          },
          { key: "checkpoint", label: t.receipt.checkpoint, children: <pre className="receipt-text">{document.checkpoint}</pre> },
        ]}
      />
    </>
  );
}

/** The receipt, everywhere the same: a quiet line that opens the proof. */
export function Receipt({ seq }: { seq: number }) {
  const t = useText();
  const [open, setOpen] = useState(false);
  return (
    <>
      <Button type="link" size="small" className="receipt" icon={<SafetyCertificateOutlined aria-hidden />} onClick={() => setOpen(true)}>
        {t.receipt.line(seq)}
      </Button>
      <Drawer title={<Space>{t.receipt.title(seq)}</Space>} open={open} onClose={() => setOpen(false)} size={560} destroyOnHidden>
        <ReceiptProof seq={seq} />
      </Drawer>
    </>
  );
}
