import { Descriptions, Table, Tag, Typography } from "antd";
import type { ReactNode } from "react";
import type { LetterIn } from "@/api/types";
import { useText, wordFor } from "@/text";
import { minute } from "@/util/day";

type Read = Record<string, unknown>;

/** What another node wrote is read field by field: a field that is not what it should be is left out. */
const text = (r: Read, name: string) => (typeof r[name] === "string" ? (r[name] as string) : undefined);
const count = (r: Read, name: string) => (typeof r[name] === "number" ? (r[name] as number) : undefined);
const part = (r: Read, name: string): Read => (typeof r[name] === "object" && r[name] !== null ? (r[name] as Read) : {});
const rows = (r: Read, name: string): Read[] => (Array.isArray(r[name]) ? (r[name] as unknown[]).filter((v): v is Read => typeof v === "object" && v !== null) : []);

function Facts({ facts }: { facts: [string, ReactNode][] }) {
  const given = facts.filter(([, value]) => value !== undefined && value !== "");
  return <Descriptions bordered size="small" column={1} items={given.map(([label, children]) => ({ key: label, label, children }))} />;
}

function EntryLetter({ record }: { record: Read }) {
  const t = useText();
  const content = part(record, "content");
  const channel = (name: string) => {
    const access = text(part(content, name), "access");
    return access && wordFor(name === "share" ? t.catalog.shareAccess : name === "open" ? t.catalog.access : t.catalog.operateAccess, access);
  };
  return (
    <>
      <Facts
        facts={[
          [t.link.title, text(content, "title")],
          [t.catalog.table, text(content, "table")],
          [t.link.holder, text(record, "holder")],
          [t.link.code, text(record, "holder_code")],
          [t.catalog.summary, text(content, "summary")],
          [t.notice.versions, count(record, "version") && t.notice.version(count(record, "version") ?? 0)],
          [t.notice.published, text(record, "published")],
          [t.catalog.share, channel("share")],
          [t.catalog.open, channel("open")],
          [t.catalog.operate, channel("operate")],
        ]}
      />
      <Table<Read>
        size="small"
        style={{ marginTop: 16 }}
        rowKey={(f) => text(f, "name") ?? ""}
        pagination={{ pageSize: 50, hideOnSinglePage: true, showSizeChanger: false }}
        dataSource={rows(content, "fields")}
        columns={[
          { title: t.common.fields, render: (_, f) => text(f, "title") },
          { title: t.link.fieldName, render: (_, f) => <Typography.Text code>{text(f, "name")}</Typography.Text> },
          { title: t.catalog.type, render: (_, f) => wordFor(t.catalog.types, text(f, "type")) },
        ]}
      />
    </>
  );
}

/** A letter as what it is: the entry, the authorization, the filing or the acknowledgement that it tells of. */
export function LetterContent({ letter }: { letter: LetterIn }) {
  const t = useText();
  const record = (letter.content ?? {}) as Read;
  switch (letter.kind) {
    case "entry":
      return <EntryLetter record={record} />;
    case "grant":
    case "authorization":
      return (
        <Facts
          facts={[
            [t.link.title, text(record, "title")],
            [t.link.org, text(record, "org")],
            [t.link.code, text(record, "org_code")],
            [t.authorization.level, text(record, "level") && wordFor(t.link.levels, text(record, "level"))],
            [t.notice.field, text(record, "field")],
            [t.scenario.purpose, text(record, "purpose")],
            [t.link.models, count(record, "models")],
            [t.grant.term, `${text(record, "from") ?? ""} – ${text(record, "until") ?? ""}`],
            [t.common.state, <Tag key="state">{wordFor(t.states, text(record, "state"))}</Tag>],
          ]}
        />
      );
    case "filing":
      return (
        <Facts
          facts={[
            [t.register.subject, text(record, "title")],
            [t.link.kind, wordFor(t.link.filingKinds, text(record, "kind"))],
            [t.link.org, text(record, "org")],
            [t.link.code, text(record, "org_code")],
            [t.register.number, text(record, "number")],
            [t.register.filed, text(record, "filed") && minute(text(record, "filed"))],
            [t.common.note, text(record, "note")],
          ]}
        />
      );
    case "filing.acknowledged":
      return (
        <Facts
          facts={[
            [t.register.receivedNumber, text(record, "number")],
            [t.link.office, text(record, "office")],
            [t.common.note, text(record, "note")],
          ]}
        />
      );
    default:
      // A kind that this node does not take: it was refused, and what came is shown as it came.
      return <pre style={{ whiteSpace: "pre-wrap" }}>{JSON.stringify(letter.content, null, 2)}</pre>;
  }
}
