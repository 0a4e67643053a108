import { FontSizeOutlined } from "@ant-design/icons";
import { Button, Modal, Segmented, Skeleton, Tag } from "antd";
import { useState } from "react";
import { useOutletContext } from "react-router";
import { post } from "@/api/client";
import { useAct, useList } from "@/api/hooks";
import type { ConsentItem, Me, Seen } from "@/api/types";
import { useText, wordFor } from "@/text";
import { EmptyState, ProblemView } from "@/ui/ProblemView";
import { minute } from "@/util/day";
import "./my.css";

function Use({ seen }: { seen: Seen }) {
  const t = useText();
  return (
    <article className="my-card">
      <header>
        <b>{seen.organization}</b>
        <time>{minute(seen.at)}</time>
      </header>
      <p>
        {t.my.usedFor} <b>{seen.title}</b>
      </p>
      <dl>
        <dt>{t.my.looked}</dt>
        <dd>{seen.fields?.join("、")}</dd>
        <dt>{t.my.told}</dt>
        <dd>{seen.outputs?.join("；")}</dd>
        <dt>{t.my.under}</dt>
        <dd>
          {seen.number}（{t.my.useNo(seen.use)}）
        </dd>
      </dl>
    </article>
  );
}

function Consent({ consent }: { consent: ConsentItem }) {
  const t = useText();
  const [asking, setAsking] = useState(false);
  const withdraw = useAct(
    () => post("/v1/consents/{id}/withdraw", { path: { id: consent.id } }),
    () => setAsking(false),
  );
  const { terms } = consent;
  const open = ["valid", "not_yet", "suspended"].includes(consent.standing);
  return (
    <article className={open ? "my-card" : "my-card my-past"}>
      <header>
        <b>{terms.recipients?.map((r) => r.name).join("、")}</b>
        <Tag color={open ? "success" : "default"}>{wordFor(t.my.standings, consent.standing)}</Tag>
      </header>
      <p>{terms.purpose.text}</p>
      <dl>
        <dt>{t.my.may}</dt>
        <dd>{terms.data?.flatMap((d) => d.fields?.map((f) => f.title) ?? []).join("、")}</dd>
        <dt>{t.my.gets}</dt>
        <dd>{terms.outputs?.map((o) => o.text).join("；")}</dd>
        <dt>{t.my.term}</dt>
        <dd>
          {terms.from} – {terms.until}
        </dd>
        <dt>{t.my.used}</dt>
        <dd>{t.my.usedOf(consent.uses, terms.max_uses)}</dd>
      </dl>
      {open && (
        <Button danger size="large" block onClick={() => setAsking(true)}>
          {t.my.withdraw}
        </Button>
      )}
      <Modal
        open={asking}
        title={t.my.withdrawTitle}
        okText={t.my.withdraw}
        okButtonProps={{ danger: true, loading: withdraw.isPending, size: "large" }}
        cancelButtonProps={{ size: "large" }}
        onOk={() => withdraw.mutate(undefined)}
        onCancel={() => setAsking(false)}
      >
        <p style={{ lineHeight: 1.9 }}>{t.my.withdrawLead(terms.recipients?.[0]?.name ?? "")}</p>
        {withdraw.error && <ProblemView problem={withdraw.error} />}
      </Modal>
    </article>
  );
}

export default function MyData() {
  const t = useText();
  const me = useOutletContext<Me>();
  const [tab, setTab] = useState<"uses" | "consents">("uses");
  const [large, setLarge] = useState(false);
  const uses = useList("/v1/me/calls");
  const consents = useList("/v1/consents");
  const valid = consents.items?.filter((c) => c.standing === "valid").length ?? 0;
  const list = tab === "uses" ? uses : consents;
  return (
    <div className={large ? "my my-large" : "my"}>
      <header className="my-head">
        <div>
          <h1>{t.shell.menuMy}</h1>
          <p>{t.my.hello(me.name)}</p>
        </div>
        <Button ghost icon={<FontSizeOutlined aria-hidden />} onClick={() => setLarge(!large)} aria-pressed={large}>
          {large ? t.my.normal : t.my.large}
        </Button>
      </header>
      <div className="my-counts">
        <div>
          <b>{uses.items?.length ?? 0}</b>
          {t.my.usesCount}
        </div>
        <div>
          <b>{valid}</b>
          {t.my.validCount}
        </div>
      </div>
      <Segmented
        block
        size="large"
        value={tab}
        onChange={setTab}
        options={[
          { value: "uses", label: t.my.who },
          { value: "consents", label: t.my.consents },
        ]}
      />
      {list.problem && <ProblemView problem={list.problem} />}
      {list.loading && <Skeleton active />}
      {tab === "uses" && uses.items?.length === 0 && <EmptyState title={t.my.noUses} hint={t.my.noUsesHint} />}
      {tab === "consents" && consents.items?.length === 0 && <EmptyState title={t.my.noConsents} hint={t.my.noConsentsHint} />}
      {tab === "uses" ? uses.items?.map((s) => <Use key={s.id} seen={s} />) : consents.items?.map((c) => <Consent key={c.id} consent={c} />)}
      {list.more && (
        <Button block onClick={list.more} loading={list.loadingMore}>
          {t.common.more}
        </Button>
      )}
    </div>
  );
}
