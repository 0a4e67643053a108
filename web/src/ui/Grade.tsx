import { Tag } from "antd";
import type { Grade as GradeOf } from "@/api/types";
import { useText } from "@/text";

/** The name of a grade as the catalog writes it: 一般数据 3 级. */
export function useGradeName(): (grade: GradeOf | undefined) => string {
  const t = useText();
  return (grade) => {
    if (!grade?.national) return t.grade.none;
    if (grade.national === "ordinary") return t.grade.ordinary(grade.level ?? 1);
    return grade.national === "important" ? t.grade.important : t.grade.core;
  };
}

const colors: Record<number, string> = { 1: "green", 2: "cyan", 3: "gold", 4: "volcano" };

export function Grade({ grade, short }: { grade?: GradeOf; short?: boolean }) {
  const t = useText();
  const name = useGradeName();
  const color = grade?.national === "ordinary" ? colors[grade.level ?? 1] : grade?.national ? "red" : undefined;
  if (short && grade?.national === "ordinary") {
    return <Tag color={color}>{`${t.grade.short(grade.level ?? 1)}${grade.sensitive ? t.grade.shortSensitive : ""}`}</Tag>;
  }
  return (
    <>
      <Tag color={color}>{name(grade)}</Tag>
      {grade?.sensitive && <Tag color="magenta">{t.grade.sensitive}</Tag>}
    </>
  );
}
