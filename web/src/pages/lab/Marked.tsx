import { useQuery } from "@tanstack/react-query";
import { Watermark } from "antd";
import type { ReactNode } from "react";
import { post } from "@/api/client";
import { useItem } from "@/api/hooks";
import type { Problem } from "@/api/problem";
import { useText } from "@/text";
import { ButtonLink } from "@/ui/ButtonLink";
import { ProblemView } from "@/ui/ProblemView";
import { minute } from "@/util/day";

/** A stay in a space: entering opens its session, and every screen says whose it is and since when. */
export function Marked({ space, children }: { space: string; children: ReactNode }) {
  const stay = useQuery<Awaited<ReturnType<typeof enter>>, Problem>({ queryKey: ["enter", space], queryFn: () => enter(space), staleTime: Infinity });
  const t = useText();
  const mark = stay.data && [stay.data.watermark, minute(stay.data.session.opened)];
  const lawful = stay.error?.code === "unlawful";
  const own = useItem("/v1/undertaking", {}, { enabled: lawful });
  if (stay.error && lawful) {
    const sign = own.data && !own.data.signed && (
      <ButtonLink to="/training?tab=undertaking" size="small">{t.training.undertaking}</ButtonLink>
    );
    return <ProblemView problem={stay.error} action={sign} />;
  }
  return (
    <Watermark content={mark ?? ""} font={{ color: "rgba(0, 0, 0, 0.09)", fontSize: 13 }} gap={[140, 110]} style={{ overflow: "visible" }}>
      {children}
    </Watermark>
  );
}

const enter = (space: string) => post("/v1/spaces/{id}/sessions", { path: { id: space } });
