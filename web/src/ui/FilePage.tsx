import { Breadcrumb, Flex, Tabs, Typography } from "antd";
import type { ReactNode } from "react";
import { Link, useSearchParams } from "react-router";
import "./file.css";

export interface FileTab {
  key: string;
  label: ReactNode;
  content: ReactNode;
}

interface Props {
  trail: { title: string; to?: string }[];
  title: ReactNode;
  code?: string;
  /** What the page is for, where that is not plain from its title. */
  lead?: ReactNode;
  state?: ReactNode;
  clock?: ReactNode;
  /** Facts one wants to see without a click. */
  facts?: { label: string; value: ReactNode }[];
  acts?: ReactNode;
  /** Between head and tabs: a diagram, a notice. */
  banner?: ReactNode;
  tabs: FileTab[];
}

/** The file (办件 or object): state and clock in the head, the acts at the top right, the open tab in the URL. */
export function FilePage(props: Props) {
  const [search, setSearch] = useSearchParams();
  const wanted = search.get("tab");
  const active = props.tabs.some((tab) => tab.key === wanted) ? wanted! : props.tabs[0]?.key;
  return (
    <div className="file">
      <header className="file-head">
        <Breadcrumb items={props.trail.map((item) => ({ title: item.to ? <Link to={item.to}>{item.title}</Link> : item.title }))} />
        <Flex justify="space-between" align="flex-start" gap={16} wrap>
          <div className="file-title">
            <Typography.Title level={1}>{props.title}</Typography.Title>
            <span className="file-state">
              {props.state}
              {props.clock}
            </span>
          </div>
          <Flex gap={8} wrap className="file-acts">
            {props.acts}
          </Flex>
        </Flex>
        {props.lead && (
          <Typography.Paragraph type="secondary" className="file-lead">
            {props.lead}
          </Typography.Paragraph>
        )}
        {props.facts && (
          <dl className="file-facts">
            {props.facts
              .filter((f) => f.value !== undefined && f.value !== "" && f.value !== null)
              .map((f) => (
                <div key={f.label}>
                  <dt>{f.label}</dt>
                  <dd>{f.value}</dd>
                </div>
              ))}
          </dl>
        )}
      </header>
      {props.banner}
      <div className="file-body">
        {props.tabs.length === 1 ? (
          <div style={{ paddingTop: 16 }}>{props.tabs[0]?.content}</div>
        ) : (
          <Tabs
            activeKey={active}
            onChange={(key) =>
              setSearch(
                (before) => {
                  before.set("tab", key);
                  return before;
                },
                { replace: true },
              )
            }
            items={props.tabs.map((tab) => ({ key: tab.key, label: tab.label, children: tab.content }))}
          />
        )}
      </div>
    </div>
  );
}

/** The head of a list or form page. */
export function PageHead({ title, lead, extra }: { title: ReactNode; lead?: ReactNode; extra?: ReactNode }) {
  return (
    <Flex justify="space-between" align="flex-end" gap={16} wrap className="page-head">
      <div>
        <Typography.Title level={1}>{title}</Typography.Title>
        {lead && <Typography.Paragraph type="secondary">{lead}</Typography.Paragraph>}
      </div>
      <Flex gap={8} wrap>
        {extra}
      </Flex>
    </Flex>
  );
}

/** A titled white area. */
export function Panel({ title, extra, children, flush }: { title?: ReactNode; extra?: ReactNode; children: ReactNode; flush?: boolean }) {
  return (
    <section className={flush ? "panel panel-flush" : "panel"}>
      {title && (
        <Flex justify="space-between" align="center" className="panel-head">
          <h2>{title}</h2>
          <Flex gap={10} align="center" wrap>
            {extra}
          </Flex>
        </Flex>
      )}
      <div className="panel-body">{children}</div>
    </section>
  );
}
