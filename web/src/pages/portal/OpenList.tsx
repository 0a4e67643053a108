import { Button, Input, Skeleton } from "antd";
import { useSearchParams } from "react-router";
import { useOpenList } from "@/api/open";
import { useText } from "@/text";
import { PageHead } from "@/ui/FilePage";
import { EmptyState, ProblemPage } from "@/ui/ProblemView";
import { OpenCard } from "./OpenCard";
import "./home.css";

export default function OpenList() {
  const t = useText();
  const [search, setSearch] = useSearchParams();
  const q = search.get("q") ?? undefined;
  const list = useOpenList(q);
  return (
    <div className="portal-inner portal-page">
      <PageHead
        title={t.portal.openData}
        lead={t.portal.openLead}
        extra={
          <Input.Search
            allowClear
            defaultValue={q}
            placeholder={t.portal.searchHint}
            aria-label={t.common.search}
            style={{ width: 320 }}
            onSearch={(value) => setSearch(value ? { q: value } : {}, { replace: true })}
          />
        }
      />
      {list.loading && <Skeleton active />}
      {list.problem && <ProblemPage problem={list.problem} retry={list.refresh} />}
      {list.items?.length === 0 &&
        (q ? (
          <EmptyState title={t.list.emptyFiltered} hint={t.list.emptyFilteredHint} action={<Button onClick={() => setSearch({})}>{t.list.clear}</Button>} />
        ) : (
          <EmptyState title={t.portal.openEmpty} hint={t.portal.openEmptyHint} />
        ))}
      {list.items?.map((item) => (
        <OpenCard key={item.id} item={item} />
      ))}
      {list.more && (
        <Button onClick={list.more} loading={list.loadingMore} block>
          {t.common.more}
        </Button>
      )}
    </div>
  );
}
